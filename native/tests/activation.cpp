#include "check.h"

namespace vitral::test {
namespace {

// Less than a vector, a vector and a bit, and more than one block.
constexpr Index kSizes[] = {1, 5, 16, 19, 9'001};

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double normal_density(double x) { return std::exp(-x * x / 2) / std::sqrt(2 * 3.14159265358979323846); }
double normal_distribution(double x) { return std::erfc(-x / std::sqrt(2.0)) / 2; }

// y = forward(x) and dx = dy slope(x), for numbers from -6 to 6.
template <class Forward, class Backward, class F, class Slope>
void expect(Forward forward, Backward backward, F f, Slope slope) {
  for (const Index n : kSizes) {
    Buffer<float> x = numbers(n), y(n), dx(n), expected_y(n), expected_dx(n);
    const Buffer<float> dy = numbers(n, 2);
    for (Index i = 0; i < n; ++i) {
      x[i] *= 6;
      expected_y[i] = static_cast<float>(f(x[i]));
      expected_dx[i] = static_cast<float>(dy[i] * slope(x[i]));
    }
    forward(x, n, y);
    CHECK(close(y, expected_y, 1e-6));
    backward(dy, x, y, n, dx);
    CHECK(close(dx, expected_dx, 2e-6));
  }
}

template <class F, class Slope>
void expect_activation(Activation activation, F f, Slope slope) {
  expect([=](const float* x, Index n, float* y) { kernels().activation_forward(activation, x, n, y); },
         [=](const float* dy, const float*, const float* y, Index n, float* dx) {
           kernels().activation_backward_from_output(activation, dy, y, n, dx);
         },
         f, slope);
}

TEST(activations_that_are_known_from_their_output) {
  expect_activation(Activation::linear, [](double x) { return x; }, [](double) { return 1; });
  expect_activation(Activation::relu, [](double x) { return x > 0 ? x : 0; }, [](double x) { return x > 0 ? 1 : 0; });
  expect_activation(Activation::sigmoid, sigmoid, [](double x) { return sigmoid(x) * sigmoid(-x); });
  expect_activation(Activation::tanh, [](double x) { return std::tanh(x); },
                    [](double x) { return 1 - std::tanh(x) * std::tanh(x); });
}

TEST(relu_with_options) {
  expect([](const float* x, Index n, float* y) { kernels().relu_forward(x, n, 0.5f, 3, 1, y); },
         [](const float* dy, const float* x, const float*, Index n, float* dx) {
           kernels().relu_backward(dy, x, n, 0.5f, 3, 1, dx);
         },
         [](double x) { return x > 3 ? 3 : x > 1 ? x : (x - 1) / 2; },
         [](double x) { return x >= 3 ? 0 : x > 1 ? 1 : 0.5; });
}

TEST(elu) {
  expect([](const float* x, Index n, float* y) { kernels().elu_forward(x, n, 2, y); },
         [](const float* dy, const float* x, const float* y, Index n, float* dx) {
           kernels().elu_backward(dy, x, y, n, 2, dx);
         },
         [](double x) { return x > 0 ? x : 2 * std::expm1(x); }, [](double x) { return x > 0 ? 1 : 2 * std::exp(x); });
}

TEST(silu_and_softplus) {
  expect([](const float* x, Index n, float* y) { kernels().silu_forward(x, n, y); },
         [](const float* dy, const float* x, const float*, Index n, float* dx) {
           kernels().silu_backward(dy, x, n, dx);
         },
         [](double x) { return x * sigmoid(x); }, [](double x) { return sigmoid(x) * (1 + x * sigmoid(-x)); });
  expect([](const float* x, Index n, float* y) { kernels().softplus_forward(x, n, y); },
         [](const float* dy, const float* x, const float*, Index n, float* dx) {
           kernels().softplus_backward(dy, x, n, dx);
         },
         [](double x) { return std::log1p(std::exp(x)); }, sigmoid);
}

TEST(gelu) {
  expect([](const float* x, Index n, float* y) { kernels().gelu_forward(x, n, false, y); },
         [](const float* dy, const float* x, const float*, Index n, float* dx) {
           kernels().gelu_backward(dy, x, n, false, dx);
         },
         [](double x) { return x * normal_distribution(x); },
         [](double x) { return normal_distribution(x) + x * normal_density(x); });
  const double k = std::sqrt(2 / 3.14159265358979323846);
  expect([](const float* x, Index n, float* y) { kernels().gelu_forward(x, n, true, y); },
         [](const float* dy, const float* x, const float*, Index n, float* dx) {
           kernels().gelu_backward(dy, x, n, true, dx);
         },
         [=](double x) { return x / 2 * (1 + std::tanh(k * (x + 0.044715 * x * x * x))); },
         [=](double x) {
           const double t = std::tanh(k * (x + 0.044715 * x * x * x));
           return (1 + t) / 2 + x / 2 * (1 - t * t) * k * (1 + 3 * 0.044715 * x * x);
         });
}

TEST(softmax_and_its_logarithm) {
  for (const Index columns : {1, 2, 10, 16, 33, 300}) {
    const Index rows = 37, n = rows * columns;
    const Buffer<float> x = numbers(n), dy = numbers(n, 2);
    Buffer<float> y(n), dx(n), log_y(n), log_dx(n), right_y(n), right_dx(n), right_log_y(n), right_log_dx(n);
    for (Index begin = 0; begin < n; begin += columns) {
      const Index end = begin + columns;
      double total = 0, weighted = 0, sum = 0;
      for (Index i = begin; i < end; ++i) total += std::exp(x[i]);
      for (Index i = begin; i < end; ++i) {
        right_y[i] = static_cast<float>(std::exp(x[i]) / total);
        right_log_y[i] = static_cast<float>(x[i] - std::log(total));
        weighted += dy[i] * right_y[i];
        sum += dy[i];
      }
      for (Index i = begin; i < end; ++i) {
        right_dx[i] = static_cast<float>(right_y[i] * (dy[i] - weighted));
        right_log_dx[i] = static_cast<float>(dy[i] - right_y[i] * sum);
      }
    }
    kernels().softmax_forward(x, rows, columns, y);
    CHECK(close(y, right_y, 1e-6));
    kernels().softmax_backward(dy, y, rows, columns, dx);
    CHECK(close(dx, right_dx, 2e-6));
    kernels().log_softmax_forward(x, rows, columns, log_y);
    CHECK(close(log_y, right_log_y, 2e-6));
    kernels().log_softmax_backward(dy, log_y, rows, columns, log_dx);
    CHECK(close(log_dx, right_log_dx, 5e-6));
  }
}

}  // namespace
}  // namespace vitral::test
