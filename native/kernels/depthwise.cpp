// Convolution of each channel by itself. There are so few multiplications for each value that memory is the limit:
// images are read where they lie, channels side by side, and windows that hang over the border leave those taps out.
#include "kernels/activated.h"
#include "kernels/kernels.h"
#include "kernels/lanes.h"
#include "kernels/loop.h"
#include "kernels/memory.h"
#include "kernels/parts.h"
#include "kernels/strands.h"

namespace vitral::VITRAL_ISA {
namespace {

constexpr Index kBlock = 16384;  // values of a piece
constexpr Index kPlaces = 4;     // results that share a load of the weights
constexpr Index kParts = 8;      // of a sum over all images; they depend on the shape alone

// Along one axis, from which places of a source a result is made. Forward all results meet all taps of the kernel;
// the adjoint's are in as many phases as the stride has pixels, and those of one phase meet the same taps.
struct Axis {
  Index kernel, stride, dilation, before, sources, results;
  bool adjoint;

  Index phases() const { return adjoint ? stride : 1; }
};

// The taps of a phase: tap + t * tap_step, t < count, of the phase's result number q, which has the place
// q * step + place + t * place_step of the source.
struct Taps {
  Index tap, tap_step, count, place, place_step, step;
};

Taps taps_of(const Axis& a, Index phase) {
  if (!a.adjoint) return {0, 1, a.kernel, -a.before, a.dilation, a.stride};
  Index first = 0, step = 1;
  while (first < a.kernel && (phase + a.before - first * a.dilation) % a.stride != 0) ++first;
  while (step * a.dilation % a.stride != 0) ++step;
  return {first,
          step,
          ceil_div(a.kernel - first, step),
          (phase + a.before - first * a.dilation) / a.stride,
          -step * a.dilation / a.stride,
          1};
}

// The taps [begin, end) of a result that lie in the source.
struct Range {
  Index begin, end;
  Index size() const { return end - begin; }
};

Range inside(const Taps& taps, Index number, Index sources) {
  const auto outside = [&](Index t) {
    const Index place = number * taps.step + taps.place + t * taps.place_step;
    return place < 0 || place >= sources;
  };
  Range range{0, taps.count};
  while (range.begin < range.end && outside(range.begin)) ++range.begin;
  while (range.end > range.begin && outside(range.end - 1)) --range.end;
  return range;
}

// A weighted sum of source pixels for each result: the convolution, and its adjoint, which is the input's gradient.
struct Gathering {
  Axis vertical, horizontal;
  Index channels;
  const float* source;
  const float* w;
  const float* start;  // what sums begin with, for each channel; null for 0
  bool relu;
  float* results;
};

// P results of one row, `number` of their phase and the following ones, which all have the same taps.
template <class V, Index P>
VITRAL_INLINE void gather_places(V, const Gathering& g, const Taps& vertical, Range rows, const float* source,
                                 const Taps& horizontal, Range columns, Index number, float* to) {
  const Index channels = g.channels, step = horizontal.step * channels, to_step = g.horizontal.phases() * channels;
  const float* from = source + (number * horizontal.step + horizontal.place) * channels;
  for_each_vector<V::count>(channels, [&](Index c) VITRAL_INLINED {
    typename V::Floats sums[P];
    for (Index p = 0; p < P; ++p) sums[p] = g.start == nullptr ? typename V::Floats{} : V::load(g.start + c);
    for (Index t = rows.begin; t < rows.end; ++t) {
      const float* row = from + t * vertical.place_step * g.horizontal.sources * channels + c;
      const float* w = g.w + (vertical.tap + t * vertical.tap_step) * g.horizontal.kernel * channels + c;
      for (Index s = columns.begin; s < columns.end; ++s) {
        const typename V::Floats weight = V::load(w + (horizontal.tap + s * horizontal.tap_step) * channels);
        const float* pixel = row + s * horizontal.place_step * channels;
        for (Index p = 0; p < P; ++p) sums[p] += V::load(pixel + p * step) * weight;
      }
    }
    for (Index p = 0; p < P; ++p) {
      const typename V::Floats none{};
      V::store(to + p * to_step + c, g.relu ? (sums[p] < none ? none : sums[p]) : sums[p]);
    }
  });
}

template <class V>
VITRAL_INLINE void gather_row(V v, const Gathering& g, Index image, Index result, float* to) {
  const Axis &y = g.vertical, &x = g.horizontal;
  const Index number = result / y.phases();
  const Taps vertical = taps_of(y, result % y.phases());
  const Range rows = inside(vertical, number, y.sources);
  const Index first = image * y.sources + number * vertical.step + vertical.place;
  const float* source = g.source + first * x.sources * g.channels;
  for (Index phase = 0; phase < x.phases(); ++phase) {
    const Taps horizontal = taps_of(x, phase);
    const Index count = ceil_div(x.results - phase, x.phases());
    for (Index q = 0; q < count;) {
      const Range columns = inside(horizontal, q, x.sources);
      float* const place = to + (phase + q * x.phases()) * g.channels;
      const bool alike = q + kPlaces <= count && columns.size() == horizontal.count &&
                         inside(horizontal, q + kPlaces - 1, x.sources).size() == horizontal.count;
      if (alike)
        gather_places<V, kPlaces>(v, g, vertical, rows, source, horizontal, columns, q, place);
      else
        gather_places<V, 1>(v, g, vertical, rows, source, horizontal, columns, q, place);
      q += alike ? kPlaces : 1;
    }
  }
}

// finish(begin, count) is called for every row of results while it is still in the cache.
template <class Finish>
void gather(const Gathering& g, Index images, double multiply_adds, Finish finish) {
  const Index rows = images * g.vertical.results, values = g.horizontal.results * g.channels;
  with_lanes(g.channels, [&](auto v) {
    for_each_block(rows, ceil_div(kBlock, values), 2 * multiply_adds / static_cast<double>(rows),
                   [&](Index begin, Index end) {
                     for (Index row = begin; row < end; ++row) {
                       gather_row(v, g, row / g.vertical.results, row % g.vertical.results, g.results + row * values);
                       finish(row * values, values);
                     }
                   });
  });
}

// Several filters for each channel are those of as many channels of the same values.
Convolution widened(const Convolution& c) {
  Convolution wide = c;
  wide.channels = wide.groups = c.filters;
  return wide;
}

bool has_one_filter_each(const Convolution& c) { return c.channels == c.filters; }
Index wide_size(const Convolution& c) { return has_one_filter_each(c) ? 0 : c.n * c.height * c.width * c.filters; }

// Calls body(channel of a pixel, its first place among as many as it has filters), in blocks.
template <class Body>
void for_each_channel(const Convolution& c, Body&& body) {
  const Index size = c.n * c.height * c.width * c.channels, times = c.filters / c.channels;
  for_each_block(size, kBlock, static_cast<double>(times), [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) body(i, i * times);
  });
}

void repeat_channels(const Convolution& c, const float* x, float* wide) {
  const Index times = c.filters / c.channels;
  for_each_channel(c, [=](Index i, Index first) {
    for (Index k = 0; k < times; ++k) wide[first + k] = x[i];
  });
}

void sum_channels(const Convolution& c, const float* wide, float* dx) {
  const Index times = c.filters / c.channels;
  for_each_channel(c, [=](Index i, Index first) {
    float sum = wide[first];
    for (Index k = 1; k < times; ++k) sum += wide[first + k];
    dx[i] = sum;
  });
}

}  // namespace

void depthwise_convolution(const Convolution& c, const float* x, const float* w, const float* bias, bool relu,
                           float* y) {
  const Workspace wide(wide_size(c));
  if (!has_one_filter_each(c)) {
    repeat_channels(c, x, wide);
    return depthwise_convolution(widened(c), wide, w, bias, relu, y);
  }
  gather({{c.kernel_height, c.stride_y, c.dilation_y, c.top, c.height, c.rows, false},
          {c.kernel_width, c.stride_x, c.dilation_x, c.left, c.width, c.columns, false},
          c.channels, x, w, bias, relu, y},
         c.n, c.multiply_adds(), [](Index, Index) {});
}

void depthwise_input_gradient(const Convolution& c, const float* dz, const float* w, const float* x,
                              Activation input_activation, float* dx) {
  const Workspace wide(wide_size(c));
  if (!has_one_filter_each(c)) {
    depthwise_input_gradient(widened(c), dz, w, nullptr, Activation::linear, wide);
    sum_channels(c, wide, dx);
    if (input_activation != Activation::linear)
      for_each_block(c.n * c.height * c.width * c.channels, kBlock, 2, [=](Index begin, Index end) {
        pass_through(input_activation, x + begin, end - begin, dx + begin);
      });
    return;
  }
  gather({{c.kernel_height, c.stride_y, c.dilation_y, c.top, c.rows, c.height, true},
          {c.kernel_width, c.stride_x, c.dilation_x, c.left, c.columns, c.width, true},
          c.channels, dz, w, nullptr, false, dx},
         c.n, c.multiply_adds(), [=](Index begin, Index count) {
           if (input_activation != Activation::linear) pass_through(input_activation, x + begin, count, dx + begin);
         });
}

namespace {

// What one row of results adds to the gradient of one tap: the sum of x dz over the columns where the tap lies inside.
template <class V>
VITRAL_INLINE void tap_gradient(V, const Convolution& c, Index tap, const float* x, const float* dz, float* sums) {
  const Index shift = tap * c.dilation_x - c.left, step = c.stride_x * c.channels;
  const Index begin = ceil_div(max(0, -shift), c.stride_x);
  const Index end = shift < c.width ? min(c.columns, (c.width - 1 - shift) / c.stride_x + 1) : 0;
  for_each_vector<V::count>(c.channels, [&](Index channel) VITRAL_INLINED {
    typename V::Floats strands[4]{};
    const float *const from = x + shift * c.channels + channel, *const gradient = dz + channel;
    in_four_strands(begin, end, [&](Index k, Index j) VITRAL_INLINED {
      strands[k] += V::load(from + j * step) * V::load(gradient + j * c.channels);
    });
    V::store(sums + channel, together(strands));
  });
}

void add(const float* values, Index count, float* total) {
  for (Index i = 0; i < count; i += L)
    store_up_to(total + i, load_up_to(total + i, count - i) + load_up_to(values + i, count - i), count - i);
}

}  // namespace

// dW[tap, channel] = sum over windows of x[window + tap, channel] dz[window, channel]; db = sum of dz.
void depthwise_weight_gradient(const Convolution& c, const float* x, const float* dz, float* dw, float* db) {
  const Workspace wide(wide_size(c));
  if (!has_one_filter_each(c)) {
    repeat_channels(c, x, wide);
    return depthwise_weight_gradient(widened(c), wide, dz, dw, db);
  }
  const Index size = c.kernel_size(), row_size = c.kernel_width * c.channels, parts = min(kParts, c.n);
  const Axis vertical{c.kernel_height, c.stride_y, c.dilation_y, c.top, c.height, c.rows, false};
  const Taps taps = taps_of(vertical, 0);
  const Workspace sums(parts * size);
  with_lanes(c.channels, [&](auto v) {
    for_each_piece(parts, c.multiply_adds(), [&](Index part) {
      const Workspace of_row(size);
      float* total = sums + part * size;
      std::memset(total, 0, static_cast<std::size_t>(size) * sizeof(float));
      for (Index row = c.n * part / parts * c.rows; row < c.n * (part + 1) / parts * c.rows; ++row) {
        const Index image = row / c.rows, i = row % c.rows;
        const float* gradient = dz + row * c.columns * c.channels;
        const Range range = inside(taps, i, c.height);
        for (Index u = range.begin; u < range.end; ++u) {
          const Index y = i * c.stride_y + u * c.dilation_y - c.top;
          const float* pixels = x + (image * c.height + y) * c.width * c.channels;
          for (Index tap = 0; tap < c.kernel_width; ++tap)
            tap_gradient(v, c, tap, pixels, gradient, of_row + u * row_size + tap * c.channels);
        }
        add(of_row + range.begin * row_size, range.size() * row_size, total + range.begin * row_size);
      }
    });
  });
  add_parts(sums, parts, size, dw);
  if (db != nullptr) sum_of_rows(dz, c.n * c.rows * c.columns, c.channels, db);
}

}  // namespace vitral::VITRAL_ISA
