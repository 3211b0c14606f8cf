#include <algorithm>

#include "check.h"

namespace vitral::test {
namespace {

struct Shape {
  Index height, width, kernel, stride, dilation;
  bool same;
};
// Tiles and blocks that hang over the border, windows that overlap and leave gaps, padding on one side only.
constexpr Shape kSquares[] = {
    {3, 3, 3, 1, 1, false}, {3, 3, 3, 1, 1, true}, {4, 6, 3, 1, 1, true},
    {7, 5, 3, 1, 1, true},  {6, 9, 3, 1, 1, false}, {8, 8, 3, 1, 1, true},
};
constexpr Shape kOthers[] = {
    {9, 8, 3, 2, 1, true},  {9, 7, 3, 1, 2, false}, {6, 6, 3, 1, 2, true},  {7, 9, 5, 1, 1, true},
    {9, 9, 5, 2, 1, false}, {5, 4, 1, 1, 1, true},  {7, 8, 1, 2, 1, false}, {6, 5, 2, 1, 1, true},
    {8, 9, 2, 3, 1, false}, {9, 5, 3, 3, 2, true},  {3, 4, 5, 1, 1, true},  {8, 6, 4, 2, 1, true},
};

struct Depth {
  Index channels, filters, groups = 1;
};
constexpr Depth kDepths[] = {{1, 16}, {3, 3}, {3, 65}, {16, 17}, {17, 16}, {33, 1}, {33, 33}, {65, 33}};
constexpr Depth kGrouped[] = {{4, 6, 2}, {17, 17, 17}, {6, 12, 6}, {32, 32, 2}, {34, 66, 2}, {99, 3, 3}};
constexpr Depth kDepthwise[] = {{1, 1, 1}, {2, 2, 2}, {3, 3, 3}, {7, 7, 7},  {8, 8, 8},
                               {37, 37, 37}, {3, 6, 3}, {5, 15, 5}, {17, 34, 17}};

Convolution convolution_of(const Shape& s, const Depth& depth, Index n) {
  const auto padding = [&](Index size) {
    const Index covered = (size - 1) / s.stride * s.stride + (s.kernel - 1) * s.dilation + 1;
    return s.same ? std::max<Index>(0, covered - size) : 0;
  };
  const auto count = [&](Index size) {
    return (size + padding(size) - (s.kernel - 1) * s.dilation - 1) / s.stride + 1;
  };
  return {n, s.height, s.width, depth.channels, count(s.height), count(s.width), depth.filters, s.kernel, s.kernel,
          s.stride, s.stride, s.dilation, s.dilation, padding(s.height) / 2, padding(s.width) / 2, depth.groups};
}

// Calls body(x, w, y) with the places of the two factors of every product, and of the sum to which it goes.
template <class Body>
void for_each_product(const Convolution& c, Body body) {
  for (Index n = 0; n < c.n; ++n)
    for (Index i = 0; i < c.rows; ++i)
      for (Index j = 0; j < c.columns; ++j)
        for (Index u = 0; u < c.kernel_height; ++u)
          for (Index v = 0; v < c.kernel_width; ++v) {
            const Index row = i * c.stride_y - c.top + u * c.dilation_y;
            const Index column = j * c.stride_x - c.left + v * c.dilation_x;
            if (row < 0 || row >= c.height || column < 0 || column >= c.width) continue;
            const Index x = ((n * c.height + row) * c.width + column) * c.channels;
            const Index w = (u * c.kernel_width + v) * c.group_channels() * c.filters;
            const Index y = ((n * c.rows + i) * c.columns + j) * c.filters;
            for (Index f = 0; f < c.filters; ++f) {
              const Index first = f / c.group_filters() * c.group_channels();
              for (Index k = 0; k < c.group_channels(); ++k) body(x + first + k, w + k * c.filters + f, y + f);
            }
          }
}

// The place in the image of the winner, 0 to 3, of a window of the pooled image.
Index place_of(const Convolution& c, Index window, Index winner) {
  const Index f = window % c.filters, pixel = window / c.filters;
  const Index column = pixel % (c.columns / 2) * 2 + winner % 2, row = pixel / (c.columns / 2) * 2 + winner / 2;
  return (row * c.columns + column) * c.filters + f;  // rows are counted through all images
}

// One convolution, what it should give, and what it is given.
struct Expected {
  Expected(const Convolution& convolution, Activation activation, bool pool)
      : c(convolution), activation(activation), pool(pool), x(numbers(c.n * c.height * c.width * c.channels)),
        w(numbers(c.kernel_size(), 2)), bias(numbers(c.filters, 3)), z(c.n * c.rows * c.columns * c.filters),
        dz(numbers(pool ? z.size() / 4 : z.size(), 4)) {
    for (Index i = 0; i < z.size(); ++i) z[i] = bias[i % c.filters];
    for_each_product(c, [&](Index from, Index tap, Index to) { z[to] += double{x[from]} * w[tap]; });
  }

  double derivative(Index i) const {
    switch (activation) {
      case Activation::relu: return x[i] > 0 ? 1 : 0;
      case Activation::sigmoid: return double{x[i]} * (1 - x[i]);
      case Activation::tanh: return 1 - double{x[i]} * x[i];
      default: return 1;
    }
  }

  Convolution c;
  Activation activation;  // of y, and the one that made x
  bool pool;
  Buffer<float> x, w, bias;
  Buffer<double> z;
  Buffer<float> dz;
};

template <class Forward, class WeightGradient, class InputGradient>
void check_algorithm(const Expected& e, double tolerance, Forward forward, WeightGradient weight_gradient,
                     InputGradient input_gradient) {
  const Convolution& c = e.c;
  const bool relu = e.activation == Activation::relu;
  const double lowest = relu ? 0.0 : -1e30;
  Buffer<float> y(e.dz.size(), 7), dw(c.kernel_size(), 7), db(c.filters, 7), dx(e.x.size(), 7);
  Buffer<std::uint8_t> winners(e.pool ? y.size() : 0, 9);
  std::uint8_t* places = e.pool ? static_cast<std::uint8_t*>(winners) : nullptr;

  forward(c, e.x, e.w, e.bias, relu, y, places);
  Buffer<double> expected_y(y.size()), dz(e.z.size()), expected_dw(dw.size()), expected_db(c.filters),
      expected_dx(dx.size());
  for (Index i = 0; i < y.size(); ++i) {
    if (!e.pool) {
      expected_y[i] = std::max(lowest, e.z[i]);
      dz[i] = e.dz[i];
    } else {
      const auto value_of = [&](Index winner) { return std::max(lowest, e.z[place_of(c, i, winner)]); };
      const double most = std::max({value_of(0), value_of(1), value_of(2), value_of(3)});
      expected_y[i] = most;
      CHECK(winners[i] < 4);
      if (winners[i] >= 4) return;
      // Any of those that are equal, by rounding or since ReLU made them 0.
      CHECK(close(value_of(winners[i]), most, tolerance));
      dz[place_of(c, i, winners[i])] = e.dz[i];
    }
  }
  CHECK(close(y, expected_y, tolerance));

  weight_gradient(c, e.x, e.dz, places, dw, db);
  input_gradient(c, e.dz, places, e.w, e.x, e.activation, dx);
  for_each_product(c, [&](Index from, Index tap, Index to) {
    expected_dw[tap] += e.x[from] * dz[to];
    expected_dx[from] += e.w[tap] * dz[to];
  });
  for (Index i = 0; i < dz.size(); ++i) expected_db[i % c.filters] += dz[i];
  for (Index i = 0; i < dx.size(); ++i) expected_dx[i] *= e.derivative(i);
  CHECK(close(dw, expected_dw, tolerance));
  CHECK(close(db, expected_db, tolerance));
  CHECK(close(dx, expected_dx, tolerance));
}

constexpr double kDirect = 3e-5, kTiles = 1e-3;  // Winograd's transforms cost digits

void check_chosen(const Expected& e) {
  check_algorithm(
      e, kTiles,
      [](const Convolution& c, const float* x, const float* w, const float* bias, bool relu, float* y,
         std::uint8_t* winners) {
        kernels().convolution(c, x, w, bias, relu ? Activation::relu : Activation::linear, y, winners);
      },
      kernels().convolution_weight_gradient, kernels().convolution_input_gradient);
}

void check_direct(const Expected& e) {
  check_algorithm(e, kDirect, kernels().direct_convolution, kernels().direct_weight_gradient,
                  kernels().direct_input_gradient);
}

void check_winograd(const Expected& e, int m) {
  check_algorithm(
      e, kTiles,
      [m](const Convolution& c, const float* x, const float* w, const float* bias, bool relu, float* y,
          std::uint8_t* winners) { kernels().winograd_convolution(c, m, x, w, bias, relu, y, winners); },
      [m](const Convolution& c, const float* x, const float* dz, const std::uint8_t* winners, float* dw, float* db) {
        kernels().winograd_weight_gradient(c, m, x, dz, winners, dw, db);
      },
      [m](const Convolution& c, const float* dz, const std::uint8_t* winners, const float* w, const float* x,
          Activation input_activation, float* dx) {
        kernels().winograd_input_gradient(c, m, dz, winners, w, x, input_activation, dx);
      });
}

void check_depthwise(const Expected& e) {
  if (e.pool) return;
  check_algorithm(
      e, kDirect,
      [](const Convolution& c, const float* x, const float* w, const float* bias, bool relu, float* y, std::uint8_t*) {
        kernels().depthwise_convolution(c, x, w, bias, relu, y);
      },
      [](const Convolution& c, const float* x, const float* dz, const std::uint8_t*, float* dw, float* db) {
        kernels().depthwise_weight_gradient(c, x, dz, dw, db);
      },
      [](const Convolution& c, const float* dz, const std::uint8_t*, const float* w, const float* x,
         Activation input_activation, float* dx) {
        kernels().depthwise_input_gradient(c, dz, w, x, input_activation, dx);
      });
}

// Calls body(expected) for the shapes and depths, with one and with three images, activations in turn, and with
// pooling where it is possible.
template <Index shapes, Index depths, class Body>
void for_each_case(const Shape (&shape)[shapes], const Depth (&depth)[depths], Body body) {
  constexpr Activation activations[] = {Activation::relu, Activation::linear, Activation::tanh, Activation::sigmoid};
  Index number = 0;
  for (const Shape& s : shape)
    for (const Depth& d : depth) {
      const Convolution c = convolution_of(s, d, number % 3 == 0 ? 3 : 1);
      const Activation activation = activations[++number % 4];
      body(Expected(c, activation, false));
      if (c.rows % 2 == 0 && c.columns % 2 == 0) body(Expected(c, activation, true));
    }
}

TEST(convolutions_by_each_algorithm) {
  for_each_case(kSquares, kDepths, [](const Expected& e) {
    check_chosen(e);
    check_direct(e);
    check_winograd(e, 2);
    check_winograd(e, 4);
  });
}

TEST(convolutions_with_strides_dilation_and_other_kernels) { for_each_case(kOthers, kDepths, check_chosen); }

TEST(convolutions_in_groups) {
  for_each_case(kSquares, kGrouped, check_direct);
  for_each_case(kOthers, kGrouped, check_chosen);
}

TEST(convolutions_of_each_channel) {
  for_each_case(kSquares, kDepthwise, check_depthwise);
  for_each_case(kOthers, kDepthwise, check_depthwise);
  check_depthwise(Expected(convolution_of({22, 26, 3, 2, 1, true}, {40, 40, 40}, 19), Activation::relu, false));
}

// Several blocks of an image, and blocks of several images.
TEST(convolutions_in_blocks) {
  for (const bool pool : {false, true}) {
    const Convolution wide = convolution_of({22, 26, 3, 1, 1, true}, {17, 19}, 2);
    const Convolution many = convolution_of({4, 6, 3, 1, 1, true}, {16, 17}, 37);
    for (const Convolution& c : {wide, many}) {
      const Expected e(c, Activation::relu, pool);
      check_direct(e);
      check_winograd(e, 2);
      check_winograd(e, 4);
    }
  }
}

// With stride 2 and enough images, Winograd's tiles for it; the second one's hang over the border.
TEST(convolutions_in_strided_tiles) {
  for (const bool pool : {false, true})
    check_chosen(Expected(convolution_of({12, 16, 3, 2, 1, true}, {16, 17}, 19), Activation::relu, pool));
  check_chosen(Expected(convolution_of({13, 15, 3, 2, 1, true}, {33, 70}, 37), Activation::tanh, false));
}

TEST(convolution_with_every_activation_and_without_bias) {
  for (const Depth& depth : {Depth{3, 5}, Depth{16, 17}}) {
    const Expected e(convolution_of({7, 9, 3, 1, 1, true}, depth, 2), Activation::linear, false);
    for (const Activation activation : {Activation::linear, Activation::relu, Activation::sigmoid, Activation::tanh}) {
      Buffer<float> y(e.z.size(), 7);
      Buffer<double> expected(e.z.size());
      kernels().convolution(e.c, e.x, e.w, nullptr, activation, y, nullptr);
      for (Index i = 0; i < y.size(); ++i) {
        const double z = e.z[i] - e.bias[i % e.c.filters];
        expected[i] = activation == Activation::relu      ? std::max(0.0, z)
                      : activation == Activation::sigmoid ? 1 / (1 + std::exp(-z))
                      : activation == Activation::tanh    ? std::tanh(z)
                                                          : z;
      }
      CHECK(close(y, expected, kTiles));
    }
    Buffer<float> dw(e.c.kernel_size()), again(e.c.kernel_size()), db(e.c.filters);
    kernels().convolution_weight_gradient(e.c, e.x, e.dz, nullptr, dw, db);
    kernels().convolution_weight_gradient(e.c, e.x, e.dz, nullptr, again, nullptr);
    CHECK(close(again, dw, 0));
  }
}

}  // namespace
}  // namespace vitral::test
