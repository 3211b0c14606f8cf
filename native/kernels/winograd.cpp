// 3x3 convolution by Winograd's algorithm, for some 16 channels and more; the formulas are in winograd.h.
//
// Tiles are worked on in blocks whose transforms stay in the second-level cache: transform the inputs of a block, one
// matrix product for each entry of the transformed tile, transform the products back.
#include "kernels/activated.h"
#include "kernels/kept.h"
#include "kernels/loop.h"
#include "kernels/winograd_tiles.h"

namespace vitral::VITRAL_ISA {
namespace {

constexpr Index kSmallestBlock = 48;

// Columns of a matrix as vectors: columns[i] holds the first `rows` values of column i, for the first `count` columns.
VITRAL_INLINE void load_transposed(const float* from, Index stride, Index rows, Index count, Vec (&columns)[L]) {
  for (Index i = 0; i < L; ++i) columns[i] = i < rows ? load_up_to(from + i * stride, count) : Vec{};
  transpose(columns);
}

// The transformed kernel G g G^T: for each panel of results, one plane (steps, width) for each entry. `transposed`
// makes the kernel of the input's gradient: taps turned round, channels and filters exchanged.
template <class W>
class TransformedKernel {
 public:
  static constexpr int entries = entries_of<W>;

  TransformedKernel(const float* w, Index channels, Index filters, bool transposed)
      : w_(w), channels_(channels), filters_(filters), transposed_(transposed), steps_(transposed ? filters : channels),
        results_(transposed ? channels : filters) {}

  Index size() const { return entries * packed_size(steps_, results_); }
  Index panels() const { return ceil_div(results_, kPanel); }
  Index width(Index panel) const { return round_up(panel_width(results_, panel), L); }
  // Where a panel's plane lies in the values that `make` makes.
  Index place(Index panel, int entry) const {
    return panel * kPanel * steps_ * entries + entry * steps_ * width(panel);
  }

  void make(float* to) const {
    // Squares of L steps and L results, since `transposed` turns them over.
    for_each_piece(ceil_div(steps_, L), 100.0 * static_cast<double>(channels_ * filters_), [&](Index piece) {
      const Index first = piece * L, steps = min(L, steps_ - first);
      for (Index result = 0; result < results_; result += L) {
        Vec g[9][L];
        for (int tap = 0; tap < 9; ++tap)
          if (transposed_)
            load_transposed(w_ + ((8 - tap) * channels_ + result) * filters_ + first, filters_, results_ - result,
                            steps, g[tap]);
          else
            for (Index i = 0; i < steps; ++i)
              g[tap][i] = load_up_to(w_ + (tap * channels_ + first + i) * filters_ + result, results_ - result);
        const Index panel = result / kPanel;
        for (Index i = 0; i < steps; ++i) {
          Vec taps[9], transformed[entries];
          for (int tap = 0; tap < 9; ++tap) taps[tap] = g[tap][i];
          along_both_axes<3, W::transformed>(taps, transformed, W::kernel);
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
      const Index kind = ((channels_ * 64 + L) * 8 + W::transformed) * 8 + W::outputs;
      const Kept values(kind, w_, 9 * channels_ * filters_, size(),
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
template <class W, bool whole>
VITRAL_INLINE void put_tile(const Convolution& c, const Sink& sink, const typename Tiles<W>::Place& place, Index f,
                            const Vec (&out)[W::outputs * W::outputs]) {
  constexpr int M = W::outputs;
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
template <class W>
void convolve(const Convolution& c, const Gradients& x, const TransformedKernel<W>& kernel, const float* kernel_values,
              const Sink& sink) {
  constexpr int entries = entries_of<W>;
  const Index fit = kBlockFloats / ((c.channels + kPanel) * entries) / 6 * 6;
  const Tiles<W> tiles(c, max(kSmallestBlock, min(kLargestBlock, fit)), x.winners != nullptr);
  const Index in_width = round_up(c.channels, L);
  const Index in_plane = tiles.block * in_width + kPlaneGap, out_plane = tiles.block * kPanel + kPlaneGap;
  // Where one block holds all tiles, threads share out its results, each in half a panel: the inputs are then
  // transformed for each half again, which takes less than what it saves.
  const bool halves = tiles.blocks == 1 && threads() > 1;
  for_each_piece(halves ? 2 * kernel.panels() : tiles.blocks, c.multiply_adds(), [&](Index piece) {
    const Index first = halves ? 0 : piece * tiles.block, last = min(tiles.count, first + tiles.block);
    const Index image = tiles[first].image, images = tiles[last - 1].image - image + 1;
    const Workspace inputs(entries * in_plane), products(entries * out_plane), unpooled(x.room_for(images));
    transform_inputs(c, tiles, x.images(image, images, unpooled), first, last, in_plane, inputs);
    const auto columns = [&](Index panel, Index begin, Index end) {
      const Index width = kernel.width(panel), count = end - begin;
      for (int e = 0; e < entries; ++e)
        multiply_panel(last - first, count, ByRows{inputs + e * in_plane, in_width},
                       kernel_values + kernel.place(panel, e) + begin, width, c.channels,
                       {products + e * out_plane, count, nullptr, 0, 0, false});
      for (Index t = first; t < last; ++t) {
        const auto place = tiles[t];
        const bool inside = place.row + W::outputs <= c.rows && place.column + W::outputs <= c.columns;
        for (Index f = 0; f < count; f += L) {
          Vec m[entries], out[W::outputs * W::outputs];
#pragma GCC unroll 36
          for (int e = 0; e < entries; ++e) m[e] = load(products + e * out_plane + (t - first) * count + f);
          along_both_axes<W::transformed, W::outputs>(m, out, W::output);
          const Index filter = panel * kPanel + begin + f;
          if (inside && c.filters - filter >= L)
            put_tile<W, true>(c, sink, place, filter, out);
          else
            put_tile<W, false>(c, sink, place, filter, out);
        }
      }
    };
    if (halves) {
      const Index panel = piece / 2, width = kernel.width(panel), middle = round_up(width / 2, L);
      piece % 2 == 0 ? columns(panel, 0, middle) : columns(panel, middle, width);
    } else {
      for (Index panel = 0; panel < kernel.panels(); ++panel) columns(panel, 0, kernel.width(panel));
    }
  });
}

template <class W>
void convolve(const Convolution& c, const Gradients& x, const TransformedKernel<W>& kernel, const Sink& sink) {
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

}  // namespace

void winograd_convolution(const Convolution& c, int m, const float* x, const float* w, const float* bias, bool relu,
                          float* y, std::uint8_t* winners) {
  const Gradients images{x, nullptr, c.height, c.width, c.channels};
  const Sink sink{y, bias, relu, winners, nullptr, Activation::linear};
  if (c.stride_y == 2)
    convolve<Strided>(c, images, {w, c.channels, c.filters, false}, sink);
  else if (m == 4)
    convolve<Winograd<4>>(c, images, {w, c.channels, c.filters, false}, sink);
  else
    convolve<Winograd<2>>(c, images, {w, c.channels, c.filters, false}, sink);
}

void winograd_input_gradient(const Convolution& c, int m, const float* dz, const std::uint8_t* winners, const float* w,
                             const float* x, Activation input_activation, float* dx) {
  const Gradients gradients{dz, winners, c.rows, c.columns, c.filters};
  const Sink sink{dx, nullptr, false, nullptr, input_activation == Activation::linear ? nullptr : x, input_activation};
  if (m == 4)
    convolve<Winograd<4>>(turned(c), gradients, {w, c.channels, c.filters, true}, sink);
  else
    convolve<Winograd<2>>(turned(c), gradients, {w, c.channels, c.filters, true}, sink);
}

}  // namespace vitral::VITRAL_ISA
