// 3x3 convolution with stride 1 by Winograd's algorithm, for some 16 channels and more; the formulas are in winograd.h.
//
// Tiles are worked on in blocks whose transforms stay in the second-level cache: transform the inputs of a block, one
// matrix product for each entry of the transformed tile, transform the products back.
#include "kernels/activated.h"
#include "kernels/kept.h"
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
constexpr Index kSmallestBlock = 48;
// What a block's transforms may take of the second-level cache.
constexpr Index kBlockFloats = 320 << 10;
constexpr Index kFewestBlocks = 16;
// Every block reads the whole transformed kernel.
constexpr Index kFewestTiles = 25;
// Planes of a power of two in size would all compete for the same places in the cache.
constexpr Index kPlaneGap = 16;
// The kernel's gradient is summed up in parts, each over some of the tiles; parts depend on the shape alone, so that
// the result does not depend on the number of threads.
constexpr Index kMostParts = 8;
constexpr Index kLargestParts = 10 << 20;  // floats

// The tiles that cover y, in blocks of at most `largest`: of whole images where `whole_images` asks for it.
template <int M>
struct Tiles {
  Tiles(const Convolution& c, Index largest, bool whole_images)
      : per_column(ceil_div(c.rows, M)), per_row(ceil_div(c.columns, M)), count(c.n * per_image()),
        block(whole_images ? per_image() * max(1, min(largest / per_image(), c.n / kFewestBlocks))
                           : min(largest, max(kFewestTiles, round_up(count / kFewestBlocks, 6)))),
        blocks(ceil_div(count, block)) {}

  struct Place {
    Index image, row, column;  // of the tile's first output
  };
  Place operator[](Index tile) const {
    const Index in_image = tile % per_image();
    return {tile / per_image(), in_image / per_row * M, in_image % per_row * M};
  }

  Index per_image() const { return per_column * per_row; }

  Index per_column, per_row, count, block, blocks;
};

// A square of S x S pixels, all channels, whose first pixel is at (row, column). Where it lies partly outside of the
// image a copy with zeros is made in `room`.
template <int S>
struct Square {
  const float* from;
  Index pitch;

  Square(const Images& images, Index image, Index row, Index column, float* room)
      : from(images[image] + (row * images.width + column) * images.channels), pitch(images.width * images.channels) {
    if (row >= 0 && column >= 0 && row + S <= images.height && column + S <= images.width) return;
    images.part(image, row, S, column, S, room);
    from = room;
    pitch = S * images.channels;
  }
};

template <int S>
VITRAL_INLINE void load_square(const Square<S>& square, Index channels, Index channel, Vec (&values)[S * S]) {
  const float* from = square.from + channel;
  if (channels - channel >= L) {
#pragma GCC unroll 8
    for (int row = 0; row < S; ++row)
#pragma GCC unroll 8
      for (int column = 0; column < S; ++column)
        values[row * S + column] = load(from + row * square.pitch + column * channels);
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

// B^T d B of the tiles [first, last): one plane (tiles, width) for each entry, width the channels in whole vectors.
template <int M>
void transform_inputs(const Convolution& c, const Tiles<M>& tiles, const Images& x, Index first, Index last, Index plane,
                      float* to) {
  using W = Winograd<M>;
  const Workspace room(W::inputs * W::inputs * x.channels);
  for (Index t = first; t < last; ++t, to += round_up(x.channels, L)) {
    const auto place = tiles[t];
    const Square<W::inputs> square(x, place.image, place.row - c.top, place.column - c.left, room);
    for (Index channel = 0; channel < x.channels; channel += L) {
      Vec d[W::inputs * W::inputs], transformed[W::inputs * W::inputs];
      load_square(square, x.channels, channel, d);
      along_both_axes<W::inputs, W::inputs>(d, transformed, W::input);
      store_planes(transformed, to + channel, plane);
    }
  }
}

// The 2x2 pixels of each winner, which gets the gradient; those of places beyond the image are 0.
template <int M>
VITRAL_INLINE void load_unpooled(const Gradients& dz, const typename Tiles<M>::Place& place, Index f, Vec (&dy)[M * M]) {
#pragma GCC unroll 2
  for (int i = 0; i < M; i += 2)
#pragma GCC unroll 2
    for (int j = 0; j < M; j += 2) {
      const Index row = (place.row + i) / 2, column = (place.column + j) / 2;
      Vec value{};
      IntVec winner{};
      if (row < dz.height / 2 && column < dz.width / 2) {
        const Index at = ((place.image * (dz.height / 2) + row) * (dz.width / 2) + column) * dz.channels + f;
        value = load_up_to(dz.values + at, dz.channels - f);
        winner = load_bytes(dz.winners + at, dz.channels - f);
      }
#pragma GCC unroll 4
      for (int pixel = 0; pixel < 4; ++pixel)
        dy[(i + pixel / 2) * M + j + pixel % 2] = winner == pixel ? value : Vec{};
    }
}

// A dz A^T of the tiles [first, last), of the filters [filter, filter + count): planes (tiles, width).
template <int M>
void transform_gradients(const Tiles<M>& tiles, const Gradients& dz, Index first, Index last, Index filter, Index count,
                         Index plane, float* to) {
  using W = Winograd<M>;
  const Images images{dz.values, dz.height, dz.width, dz.channels};
  const Workspace room(W::outputs * W::outputs * dz.channels);
  for (Index t = first; t < last; ++t, to += round_up(count, L)) {
    const auto place = tiles[t];
    const auto transform = [&](auto load) VITRAL_INLINED {
      for (Index f = 0; f < count; f += L) {
        Vec dy[W::outputs * W::outputs], transformed[W::inputs * W::inputs];
        load(filter + f, dy);
        along_both_axes<W::outputs, W::inputs>(dy, transformed, W::output_adjoint);
        store_planes(transformed, to + f, plane);
      }
    };
    if (dz.winners != nullptr) {
      transform([&](Index f, auto& dy) VITRAL_INLINED { load_unpooled<M>(dz, place, f, dy); });
    } else {
      const Square<W::outputs> square(images, place.image, place.row, place.column, room);
      transform([&](Index f, auto& dy) VITRAL_INLINED { load_square(square, dz.channels, f, dy); });
    }
  }
}

// Columns of a matrix as vectors: columns[i] holds the first `rows` values of column i, for the first `count` columns.
VITRAL_INLINE void load_transposed(const float* from, Index stride, Index rows, Index count, Vec (&columns)[L]) {
  for (Index i = 0; i < L; ++i) columns[i] = i < rows ? load_up_to(from + i * stride, count) : Vec{};
  transpose(columns);
}

// The transformed kernel G g G^T: for each panel of results, one plane (steps, width) for each entry. `transposed`
// makes the kernel of the input's gradient: taps turned round, channels and filters exchanged.
template <int M>
class TransformedKernel {
 public:
  using W = Winograd<M>;
  static constexpr int entries = W::inputs * W::inputs;

  TransformedKernel(const float* w, Index channels, Index filters, bool transposed)
      : w_(w), channels_(channels), filters_(filters), transposed_(transposed), steps_(transposed ? filters : channels),
        results_(transposed ? channels : filters) {}

  Index size() const { return entries * packed_size(steps_, results_); }
  Index results() const { return results_; }
  Index panels() const { return ceil_div(results_, kPanel); }
  Index width(Index panel) const { return round_up(panel_width(results_, panel), L); }
  // Where a panel's plane lies in the values that `make` makes.
  Index place(Index panel, int entry) const { return panel * kPanel * steps_ * entries + entry * steps_ * width(panel); }

  void make(float* to) const {
    // Squares of L steps and L results, since `transposed` turns them over.
    for_each_piece(ceil_div(steps_, L), 100.0 * static_cast<double>(channels_ * filters_), [&](Index piece) {
      const Index first = piece * L, steps = min(L, steps_ - first);
      for (Index result = 0; result < results_; result += L) {
        Vec g[9][L];
        for (int tap = 0; tap < 9; ++tap)
          if (transposed_)
            load_transposed(w_ + ((8 - tap) * channels_ + result) * filters_ + first, filters_, results_ - result, steps,
                            g[tap]);
          else
            for (Index i = 0; i < steps; ++i)
              g[tap][i] = load_up_to(w_ + (tap * channels_ + first + i) * filters_ + result, results_ - result);
        const Index panel = result / kPanel;
        for (Index i = 0; i < steps; ++i) {
          Vec taps[9], transformed[entries];
          for (int tap = 0; tap < 9; ++tap) taps[tap] = g[tap][i];
          along_both_axes<3, W::inputs>(taps, transformed, W::kernel);
          store_planes(transformed, to + place(panel, 0) + (first + i) * width(panel) + result % kPanel,
                       steps_ * width(panel));
        }
      }
    });
  }

  // Calls use(values), with values that are kept from call to call where there are only few images to use them for.
  template <class Use>
  void with_values(Index images, Use use) const {
    constexpr Index kFewImages = 4;
    constexpr Index kLargest = 1 << 20;
    if (images <= kFewImages && size() <= kLargest && !transposed_) {
      const Kept values((channels_ * 64 + L) * 8 + M, w_, 9 * channels_ * filters_, size(),
                        [](void* self, float* to) { static_cast<const TransformedKernel*>(self)->make(to); },
                        const_cast<TransformedKernel*>(this));
      use(values.data());
      return;
    }
    const Workspace values(size());
    make(values);
    use(static_cast<const float*>(values));
  }

 private:
  const float* w_;
  Index channels_, filters_;
  bool transposed_;
  Index steps_, results_;
};

// What becomes of a tile's outputs on their way to memory.
struct Sink {
  float* y;
  const float* bias;
  bool clip;                   // ReLU
  std::uint8_t* winners;       // unless null: only the largest of each 2x2 pixels is kept, and which it was
  const float* outputs;        // unless null: of the activation whose derivative the values are multiplied by
  Activation input_activation;
};

// The outputs of one tile for up to L filters from f on. A whole tile and a whole vector take no decisions.
template <int M, bool whole>
VITRAL_INLINE void put_tile(const Convolution& c, const Sink& sink, const typename Tiles<M>::Place& place, Index f,
                            const Vec (&out)[M * M]) {
  const Index count = c.filters - f;
  const Index rows = whole ? M : min(M, c.rows - place.row), columns = whole ? M : min(M, c.columns - place.column);
  const Vec start = sink.bias == nullptr ? Vec{} : load_up_to(sink.bias + f, count);
  if (sink.winners != nullptr) {
#pragma GCC unroll 4
    for (int i = 0; i < M; i += 2)
#pragma GCC unroll 4
      for (int j = 0; j < M; j += 2) {
        if (!whole && (i >= rows || j >= columns)) continue;
        const Index to = ((place.image * c.rows + place.row + i) / 2 * (c.columns / 2) + (place.column + j) / 2) *
                             c.filters + f;
        IntVec winner;
        Vec value = largest_of_four(out[i * M + j], out[i * M + j + 1], out[(i + 1) * M + j], out[(i + 1) * M + j + 1],
                                    winner) + start;
        if (sink.clip) value = relu(value);
        whole ? store(sink.y + to, value) : store_up_to(sink.y + to, value, count);
        store_bytes(sink.winners + to, winner, whole ? L : count);
      }
    return;
  }
  const Index at = ((place.image * c.rows + place.row) * c.columns + place.column) * c.filters + f;
#pragma GCC unroll 4
  for (int i = 0; i < M; ++i)
#pragma GCC unroll 4
    for (int j = 0; j < M; ++j) {
      if (!whole && (i >= rows || j >= columns)) continue;
      const Index to = at + (i * c.columns + j) * c.filters;
      Vec value = out[i * M + j] + start;
      if (sink.clip) value = relu(value);
      if (sink.outputs != nullptr)
        value = derivative_from_output(sink.input_activation, value, load_up_to(sink.outputs + to, whole ? L : count));
      store_up_to(sink.y + to, value, whole ? L : count);
    }
}

// y = A^T [...] A; the gradient of x is the same convolution of dz, with the turned kernel.
template <int M>
void convolve(const Convolution& c, const Gradients& x, const TransformedKernel<M>& kernel, const float* kernel_values,
              const Sink& sink) {
  using W = Winograd<M>;
  constexpr int entries = W::inputs * W::inputs;
  const Index fit = kBlockFloats / ((c.channels + kPanel) * entries) / 6 * 6;
  const Tiles<M> tiles(c, max(kSmallestBlock, min(kLargestBlock, fit)), x.winners != nullptr);
  const Index in_width = round_up(c.channels, L);
  const Index in_plane = tiles.block * in_width + kPlaneGap, out_plane = tiles.block * kPanel + kPlaneGap;
  for_each_piece(tiles.blocks, 2 * c.multiply_adds(), [&](Index block) {
    const Index first = block * tiles.block, last = min(tiles.count, first + tiles.block);
    const Index image = tiles[first].image, images = tiles[last - 1].image - image + 1;
    const Workspace inputs(entries * in_plane), products(entries * out_plane), unpooled(x.room_for(images));
    transform_inputs(c, tiles, x.images(image, images, unpooled), first, last, in_plane, inputs);
    for (Index panel = 0; panel < kernel.panels(); ++panel) {
      const Index width = kernel.width(panel);
      for (int e = 0; e < entries; ++e)
        multiply_panel(last - first, width, ByRows{inputs + e * in_plane, in_width}, kernel_values + kernel.place(panel, e), width,
                       c.channels, {products + e * out_plane, width, nullptr, 0, 0, false});
      for (Index t = first; t < last; ++t) {
        const auto place = tiles[t];
        const bool inside = place.row + M <= c.rows && place.column + M <= c.columns;
        for (Index f = 0; f < width; f += L) {
          Vec m[entries], out[M * M];
#pragma GCC unroll 36
          for (int e = 0; e < entries; ++e) m[e] = load(products + e * out_plane + (t - first) * width + f);
          along_both_axes<W::inputs, M>(m, out, W::output);
          const Index filter = panel * kPanel + f;
          if (inside && c.filters - filter >= L)
            put_tile<M, true>(c, sink, place, filter, out);
          else
            put_tile<M, false>(c, sink, place, filter, out);
        }
      }
    }
  });
}

template <int M>
void convolve(const Convolution& c, const Gradients& x, const TransformedKernel<M>& kernel, const Sink& sink) {
  kernel.with_values(c.n, [&](const float* values) { convolve(c, x, kernel, values, sink); });
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
void weight_gradient(const Convolution& c, const Images& x, const Gradients& dz, float* dw, float* db) {
  using W = Winograd<M>;
  constexpr int entries = W::inputs * W::inputs;
  // Every block reads and writes all sums: the more of them, the more tiles are worth it.
  const Index largest = entries * c.channels * c.filters > kBlockFloats ? 4 * kLargestBlock : kLargestBlock;
  const Tiles<M> tiles(c, largest, false);
  const Index in_width = round_up(c.channels, L), out_width = round_up(c.filters, L);
  const Index in_plane = tiles.block * in_width + kPlaneGap, out_plane = tiles.block * kPanel + kPlaneGap;
  const Index size = entries * c.channels * out_width;
  const Index parts = max(1, min(min(kMostParts, tiles.blocks), kLargestParts / size));
  const Workspace sums(parts * size), bias_sums(parts * out_width);
  const Index panels = ceil_div(c.filters, kPanel);

  for_each_piece(parts, 2 * c.multiply_adds(), [&](Index part) {
    float* total = sums + part * size;
    float* bias_total = bias_sums + part * out_width;
    std::memset(bias_total, 0, out_width * sizeof(float));
    const Workspace inputs(entries * in_plane), transformed(entries * out_plane);
    const Index begin = tiles.blocks * part / parts, end = tiles.blocks * (part + 1) / parts;
    for (Index block = begin; block < end; ++block) {
      const Index first = block * tiles.block, last = min(tiles.count, first + tiles.block);
      transform_inputs(c, tiles, x, first, last, in_plane, inputs);
      for (Index panel = 0; panel < panels; ++panel) {
        const Index filter = panel * kPanel, count = panel_width(c.filters, panel), width = round_up(count, L);
        transform_gradients(tiles, dz, first, last, filter, count, out_plane, transformed);
        for (int e = 0; e < entries; ++e) {
          float* to = total + (panel * kPanel * entries + e * width) * c.channels;
          multiply_panel(c.channels, width, BySteps{inputs + e * in_plane, in_width}, transformed + e * out_plane, width,
                         last - first, {to, width, block == begin ? nullptr : to, width, 0, false});
        }
        // A's second row holds ones only, so this entry of A dz A^T is the sum of the tile.
        const float* tile_sums = transformed + (W::inputs + 1) * out_plane;
        for (Index f = 0; f < width; f += L) {
          Vec sum = load(bias_total + filter + f);
          for (Index t = 0; t < last - first; ++t) sum += load(tile_sums + t * width + f);
          store(bias_total + filter + f, sum);
        }
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
                          float* y, std::uint8_t* winners) {
  const Gradients images{x, nullptr, c.height, c.width, c.channels};
  const Sink sink{y, bias, relu, winners, nullptr, Activation::linear};
  m == 4 ? convolve<4>(c, images, {w, c.channels, c.filters, false}, sink)
         : convolve<2>(c, images, {w, c.channels, c.filters, false}, sink);
}

void winograd_weight_gradient(const Convolution& c, int m, const float* x, const float* dz, const std::uint8_t* winners,
                              float* dw, float* db) {
  const Images images{x, c.height, c.width, c.channels};
  const Gradients gradients{dz, winners, c.rows, c.columns, c.filters};
  m == 4 ? weight_gradient<4>(c, images, gradients, dw, db) : weight_gradient<2>(c, images, gradients, dw, db);
}

void winograd_input_gradient(const Convolution& c, int m, const float* dz, const std::uint8_t* winners, const float* w,
                             const float* x, Activation input_activation, float* dx) {
  const Gradients gradients{dz, winners, c.rows, c.columns, c.filters};
  const Sink sink{dx, nullptr, false, nullptr, input_activation == Activation::linear ? nullptr : x, input_activation};
  m == 4 ? convolve<4>(turned(c), gradients, {w, c.channels, c.filters, true}, sink)
         : convolve<2>(turned(c), gradients, {w, c.channels, c.filters, true}, sink);
}

}  // namespace vitral::VITRAL_ISA
