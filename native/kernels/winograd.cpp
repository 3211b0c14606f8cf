// 3x3 convolution with stride 1 by Winograd's algorithm, for some 16 channels and more; the formulas are in winograd.h.
//
// Tiles are worked on in blocks whose transforms stay in the second-level cache: transform the inputs of a block, one
// matrix product for each entry of the transformed tile, transform the products back.
#include "kernels/activated.h"
#include "kernels/kernels.h"
#include "kernels/loop.h"
#include "kernels/matmul.h"
#include "kernels/memory.h"
#include "kernels/parts.h"
#include "kernels/winograd.h"
#include "kernels/window.h"

namespace vitral::VITRAL_ISA {
namespace {

constexpr Index kLargestBlock = 96;  // tiles
constexpr Index kFewestBlocks = 16;
// Planes of a power of two in size would all compete for the same places in the cache.
constexpr Index kPlaneGap = 16;
// As in direct.cpp: parts by shape alone.
constexpr Index kParts = 8;
constexpr Index kLargestParts = 8 << 20;  // floats

// Images and the tiles that cover y.
template <int M>
struct Tiles {
  explicit Tiles(const Convolution& c)
      : per_column(ceil_div(c.rows, M)), per_row(ceil_div(c.columns, M)), count(c.n * per_column * per_row),
        block(min(kLargestBlock, max(6, round_up(count / kFewestBlocks, 6)))), blocks(ceil_div(count, block)) {}

  struct Place {
    Index image, row, column;  // of the tile's first output
  };
  Place operator[](Index tile) const {
    const Index in_image = tile % (per_column * per_row);
    return {tile / (per_column * per_row), in_image / per_row * M, in_image % per_row * M};
  }

  Index per_column, per_row, count, block, blocks;
};

// A square of S x S pixels, all channels, whose first pixel is at (row, column). Where it lies partly outside of the
// image a copy with zeros is made in `room`.
template <int S>
struct Square {
  const float* from;
  Index pitch;

  Square(const float* image, Index height, Index width, Index channels, Index row, Index column, float* room)
      : from(image + (row * width + column) * channels), pitch(width * channels) {
    if (row >= 0 && column >= 0 && row + S <= height && column + S <= width) return;
    padded_part(image, height, width, channels, row, S, column, S, room);
    from = room;
    pitch = S * channels;
  }
};

template <int S>
VITRAL_INLINE void load_square(const Square<S>& square, Index channels, Index channel, Vec (&values)[S * S]) {
  const float* from = square.from + channel;
  if (channels - channel >= L) {
#pragma GCC unroll 8
    for (int row = 0; row < S; ++row)
#pragma GCC unroll 8
      for (int column = 0; column < S; ++column) values[row * S + column] = load(from + row * square.pitch + column * channels);
    return;
  }
  for (int row = 0; row < S; ++row)
    for (int column = 0; column < S; ++column)
      values[row * S + column] = load_part(from + row * square.pitch + column * channels, channels - channel);
}

// The entries of one tile, `plane` floats apart.
template <int Count>
VITRAL_INLINE void store_planes(const Vec (&values)[Count], float* to, Index plane) {
#pragma GCC unroll 36
  for (int i = 0; i < Count; ++i) store(to + i * plane, values[i]);
}

// B^T d B of the tiles [first, last) of x: one plane (tiles, width) for each entry, width the channels in whole vectors.
template <int M>
void transform_inputs(const Convolution& c, const Tiles<M>& tiles, const float* x, Index first, Index last, Index plane,
                      float* to) {
  using W = Winograd<M>;
  const Index width = round_up(c.channels, L);
  const Workspace room(W::inputs * W::inputs * c.channels);
  for (Index t = first; t < last; ++t, to += width) {
    const auto place = tiles[t];
    const Square<W::inputs> square(x + place.image * c.height * c.width * c.channels, c.height, c.width, c.channels,
                                   place.row - c.top, place.column - c.left, room);
    for (Index channel = 0; channel < c.channels; channel += L) {
      Vec d[W::inputs * W::inputs], transformed[W::inputs * W::inputs];
      load_square(square, c.channels, channel, d);
      along_both_axes<W::inputs, W::inputs>(d, transformed, W::input);
      store_planes(transformed, to + channel, plane);
    }
  }
}

// A dz A^T of the tiles [first, last), of the filters [filter, filter + count): planes (tiles, width).
template <int M>
void transform_gradients(const Convolution& c, const Tiles<M>& tiles, const float* dz, Index first, Index last,
                         Index filter, Index count, Index plane, float* to) {
  using W = Winograd<M>;
  const Index width = round_up(count, L);
  const Workspace room(W::outputs * W::outputs * c.filters);
  for (Index t = first; t < last; ++t, to += width) {
    const auto place = tiles[t];
    const Square<W::outputs> square(dz + place.image * c.rows * c.columns * c.filters, c.rows, c.columns, c.filters,
                                    place.row, place.column, room);
    for (Index f = 0; f < count; f += L) {
      Vec dy[W::outputs * W::outputs], transformed[W::inputs * W::inputs];
      load_square(square, c.filters, filter + f, dy);
      along_both_axes<W::outputs, W::inputs>(dy, transformed, W::output_adjoint);
      store_planes(transformed, to + f, plane);
    }
  }
}

// The transformed kernel G g G^T: for each panel of results, one plane (steps, width) for each entry. `transposed`
// makes the kernel of the input's gradient: taps turned round, channels and filters exchanged.
template <int M>
class TransformedKernel {
 public:
  using W = Winograd<M>;
  static constexpr int entries = W::inputs * W::inputs;

  TransformedKernel(const float* w, Index channels, Index filters, bool transposed)
      : steps_(transposed ? filters : channels), results_(transposed ? channels : filters),
        space_(entries * packed_size(steps_, results_)) {
    for_each_piece(steps_, 100.0 * static_cast<double>(channels * filters), [&](Index step) {
      for (Index result = 0; result < results_; result += L) {
        const Index count = min(L, results_ - result);
        Vec g[9], transformed[entries];
        for (int tap = 0; tap < 9; ++tap) {
          if (!transposed) {
            g[tap] = load_up_to(w + (tap * channels + step) * filters + result, count);
            continue;
          }
          const float* from = w + ((8 - tap) * channels + result) * filters + step;
          g[tap] = Vec{};
          for (Index i = 0; i < count; ++i) g[tap][i] = from[i * filters];
        }
        along_both_axes<3, W::inputs>(g, transformed, W::kernel);
        const Index panel = result / kPanel;
        store_planes(transformed, this->panel(panel, 0) + step * width(panel) + result % kPanel, steps_ * width(panel));
      }
    });
  }

  Index results() const { return results_; }
  Index panels() const { return ceil_div(results_, kPanel); }
  Index width(Index panel) const { return round_up(panel_width(results_, panel), L); }
  float* panel(Index number, int entry) const {
    return space_ + number * kPanel * steps_ * entries + entry * steps_ * width(number);
  }

 private:
  Index steps_, results_;
  Workspace space_;
};

// y = A^T [...] A + bias, or the gradient of x, which is the same convolution of dz with the turned kernel.
// `outputs`, unless null, are those of the activation whose derivative the results are multiplied by.
template <int M>
void convolve(const Convolution& c, const float* x, const TransformedKernel<M>& kernel, const float* bias, bool clip,
              const float* outputs, Activation input_activation, float* y) {
  using W = Winograd<M>;
  constexpr int entries = W::inputs * W::inputs, results = W::outputs * W::outputs;
  const Tiles<M> tiles(c);
  const Index in_width = round_up(c.channels, L);
  const Index in_plane = tiles.block * in_width + kPlaneGap, out_plane = tiles.block * kPanel + kPlaneGap;
  for_each_piece(tiles.blocks, 2 * c.multiply_adds(), [&](Index block) {
    const Index first = block * tiles.block, last = min(tiles.count, first + tiles.block);
    const Workspace inputs(entries * in_plane), products(entries * out_plane);
    transform_inputs(c, tiles, x, first, last, in_plane, inputs);
    for (Index panel = 0; panel < kernel.panels(); ++panel) {
      const Index columns = panel_width(c.filters, panel), width = kernel.width(panel), filter = panel * kPanel;
      for (int e = 0; e < entries; ++e)
        multiply_panel(last - first, width, Strided{inputs + e * in_plane, in_width, 1}, kernel.panel(panel, e), width,
                       c.channels, {products + e * out_plane, width, nullptr, 0, 0, false});
      for (Index t = first; t < last; ++t) {
        const auto place = tiles[t];
        const Index at = ((place.image * c.rows + place.row) * c.columns + place.column) * c.filters + filter;
        const Index rows = min(M, c.rows - place.row), row_length = min(M, c.columns - place.column);
        for (Index f = 0; f < columns; f += L) {
          Vec m[entries], out[results];
#pragma GCC unroll 36
          for (int e = 0; e < entries; ++e) m[e] = load(products + e * out_plane + (t - first) * width + f);
          along_both_axes<W::inputs, W::outputs>(m, out, W::output);
          const Index count = columns - f;
          const Vec start = bias == nullptr ? Vec{} : load_up_to(bias + filter + f, count);
          for (Index i = 0; i < rows; ++i)
            for (Index j = 0; j < row_length; ++j) {
              const Index to = at + (i * c.columns + j) * c.filters + f;
              Vec value = out[i * W::outputs + j] + start;
              if (clip) value = relu(value);
              if (outputs != nullptr)
                value = derivative_from_output(input_activation, value, load_up_to(outputs + to, count));
              store_up_to(y + to, value, count);
            }
        }
      }
    }
  });
}

// The convolution by which the gradient of x comes from dz.
Convolution turned(const Convolution& c) {
  Convolution back = c;
  back.height = c.rows, back.width = c.columns, back.channels = c.filters;
  back.rows = c.height, back.columns = c.width, back.filters = c.channels;
  back.top = 2 - c.top, back.left = 2 - c.left;
  return back;
}

template <int M>
void weight_gradient(const Convolution& c, const float* x, const float* dz, float* dw, float* db) {
  using W = Winograd<M>;
  constexpr int entries = W::inputs * W::inputs;
  const Tiles<M> tiles(c);
  const Index in_width = round_up(c.channels, L), out_width = round_up(c.filters, L);
  const Index in_plane = tiles.block * in_width + kPlaneGap, out_plane = tiles.block * kPanel + kPlaneGap;
  const Index size = entries * c.channels * out_width;
  const Index parts = max(1, min(min(kParts, tiles.blocks), kLargestParts / size));
  const Workspace sums(parts * size), bias_sums(parts * out_width);
  const Index panels = ceil_div(c.filters, kPanel);

  for_each_piece(parts, 2 * c.multiply_adds(), [&](Index part) {
    float* total = sums + part * size;
    float* bias_total = bias_sums + part * out_width;
    std::memset(bias_total, 0, out_width * sizeof(float));
    const Workspace inputs(entries * in_plane), gradients(entries * out_plane);
    const Index begin = tiles.blocks * part / parts, end = tiles.blocks * (part + 1) / parts;
    for (Index block = begin; block < end; ++block) {
      const Index first = block * tiles.block, last = min(tiles.count, first + tiles.block);
      transform_inputs(c, tiles, x, first, last, in_plane, inputs);
      for (Index panel = 0; panel < panels; ++panel) {
        const Index filter = panel * kPanel, count = panel_width(c.filters, panel), width = round_up(count, L);
        transform_gradients(c, tiles, dz, first, last, filter, count, out_plane, gradients);
        for (int e = 0; e < entries; ++e) {
          float* to = total + (panel * kPanel * entries + e * width) * c.channels;
          multiply_panel(c.channels, width, Strided{inputs + e * in_plane, 1, in_width}, gradients + e * out_plane, width,
                         last - first, {to, width, block == begin ? nullptr : to, width, 0, false});
        }
        // A's second row holds ones only, so this entry of A dz A^T is the sum of the tile.
        const float* tile_sums = gradients + (W::inputs + 1) * out_plane;
        for (Index t = 0; t < last - first; ++t)
          for (Index f = 0; f < width; f += L)
            store(bias_total + filter + f, load(bias_total + filter + f) + load(tile_sums + t * width + f));
      }
    }
  });

  for_each_piece(c.channels, 4.0 * static_cast<double>(parts * size), [&](Index channel) {
    for (Index f = 0; f < c.filters; f += L) {
      const Index panel = f / kPanel, width = round_up(panel_width(c.filters, panel), L);
      Vec u[entries], g[9];
      for (int e = 0; e < entries; ++e) {
        const float* from = sums + (panel * kPanel * entries + e * width) * c.channels + channel * width + f % kPanel;
        u[e] = load(from);
        for (Index part = 1; part < parts; ++part) u[e] += load(from + part * size);
      }
      along_both_axes<W::inputs, 3>(u, g, W::kernel_adjoint);
      for (int tap = 0; tap < 9; ++tap)
        store_up_to(dw + (tap * c.channels + channel) * c.filters + f, g[tap], c.filters - f);
    }
  });
  if (db != nullptr) {
    const Workspace total(out_width);
    add_parts(bias_sums, parts, out_width, total);
    std::memcpy(db, total, c.filters * sizeof(float));
  }
}

}  // namespace

void winograd_convolution(const Convolution& c, int m, const float* x, const float* w, const float* bias, bool relu,
                          float* y) {
  if (m == 4)
    convolve<4>(c, x, TransformedKernel<4>(w, c.channels, c.filters, false), bias, relu, nullptr, Activation::linear, y);
  else
    convolve<2>(c, x, TransformedKernel<2>(w, c.channels, c.filters, false), bias, relu, nullptr, Activation::linear, y);
}

void winograd_weight_gradient(const Convolution& c, int m, const float* x, const float* dz, float* dw, float* db) {
  m == 4 ? weight_gradient<4>(c, x, dz, dw, db) : weight_gradient<2>(c, x, dz, dw, db);
}

void winograd_input_gradient(const Convolution& c, int m, const float* dz, const float* w, const float* x,
                             Activation input_activation, float* dx) {
  const float* outputs = input_activation == Activation::linear ? nullptr : x;
  if (m == 4)
    convolve<4>(turned(c), dz, TransformedKernel<4>(w, c.channels, c.filters, true), nullptr, false, outputs,
                input_activation, dx);
  else
    convolve<2>(turned(c), dz, TransformedKernel<2>(w, c.channels, c.filters, true), nullptr, false, outputs,
                input_activation, dx);
}

}  // namespace vitral::VITRAL_ISA
