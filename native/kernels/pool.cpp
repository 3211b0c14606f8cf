// Pooling: each window of an image becomes one value per channel.
//
// Both directions compute every result once, from all that goes into it: no array is filled with zeros first, and
// pieces never write to the same place.
#include "kernels/activation.h"
#include "kernels/kernels.h"
#include "kernels/lanes.h"
#include "kernels/loop.h"

namespace vitral::VITRAL_ISA {
namespace {

// Values of the image that are worth handing to a thread.
constexpr Index kPiece = 16384;

struct Range {
  Index begin, end;
  Index size() const { return end - begin; }
};

// The pixels of window i, and how many of its places lie before the image.
VITRAL_INLINE Range pixels(const WindowAxis& axis, Index i) {
  const Index begin = i * axis.stride - axis.before;
  return {max(begin, 0), min(begin + axis.window, axis.size)};
}
VITRAL_INLINE Index places_before(const WindowAxis& axis, Index i) { return max(axis.before - i * axis.stride, 0); }

// Calls body(sample, row), `rows` rows of a sample, each of which touches so many values.
template <class Body>
VITRAL_INLINE void for_each_row(Index samples, Index rows, Index values, Body&& body) {
  for_each_block(samples * rows, ceil_div(kPiece, values), static_cast<double>(values), [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) body(i / rows, i % rows);
  });
}

// The largest of a window's values and its place, the first where several are equal. A NaN is larger than any number,
// and the first NaN counts.
template <class V>
VITRAL_INLINE void largest(V, const float* corner, Index rows, Index columns, Index row_step, Index column_step,
                           Index place, Index places_in_row, float* y, std::uint8_t* winner) {
  typename V::Floats best = V::load(corner);
  typename V::Ints where = typename V::Ints{} + static_cast<std::int32_t>(place);
  for (Index r = 0; r < rows; ++r) {
    for (Index c = 0; c < columns; ++c) {
      const typename V::Floats value = V::load(corner + r * row_step + c * column_step);
      const auto larger = ~(value <= best) & (best == best);
      best = larger ? value : best;
      where = larger ? typename V::Ints{} + static_cast<std::int32_t>(place + r * places_in_row + c) : where;
    }
  }
  V::store(y, best);
  V::store(winner, where);
}

template <class V>
VITRAL_INLINE void mean(V, const float* corner, Index rows, Index columns, Index row_step, Index column_step,
                        float* y) {
  typename V::Floats total{};
  for (Index r = 0; r < rows; ++r) {
    typename V::Floats of_row{};
    for (Index c = 0; c < columns; ++c) of_row += V::load(corner + r * row_step + c * column_step);
    total += of_row;
  }
  V::store(y, total / static_cast<float>(rows * columns));
}

// What the pixels of a window get of its gradient, for a vector of channels: of_window reads it once, `offset` is where
// the window's value is in y; at_place says what is for one place; at_pixel comes last, when all windows are added.
struct MaxGradient {
  const float* dy;
  const float* y;
  const std::uint8_t* winner;
  Activation activation;

  template <class V>
  struct OfWindow {
    typename V::Floats dy;
    typename V::Ints winner;
  };

  // y is the input at the place of the maximum, and nowhere else does any gradient arrive: so the derivative of the
  // activation that made the input is taken here.
  template <class V>
  VITRAL_INLINE OfWindow<V> of_window(V, const MaxGradient& g, Index offset, Index) {
    typename V::Floats dy = V::load(g.dy + offset);
    if (g.activation != Activation::linear) dy = derivative_from_output(g.activation, dy, V::load(g.y + offset));
    return {dy, V::load(g.winner + offset)};
  }
  template <class V>
  VITRAL_INLINE typename V::Floats at_place(V, const OfWindow<V>& window, Index place) {
    return window.winner == static_cast<std::int32_t>(place) ? window.dy : typename V::Floats{};
  }
  template <class V>
  VITRAL_INLINE typename V::Floats at_pixel(V, const MaxGradient&, typename V::Floats sum, Index) {
    return sum;
  }
};

struct MeanGradient {
  const float* dy;
  const float* x;
  Activation activation;

  template <class V>
  VITRAL_INLINE typename V::Floats of_window(V, const MeanGradient& g, Index offset, Index size) {
    return V::load(g.dy + offset) * (1.0f / static_cast<float>(size));
  }
  template <class V>
  VITRAL_INLINE typename V::Floats at_place(V, typename V::Floats share, Index) {
    return share;
  }
  template <class V>
  VITRAL_INLINE typename V::Floats at_pixel(V, const MeanGradient& g, typename V::Floats sum, Index pixel) {
    return g.activation == Activation::linear ? sum
                                              : derivative_from_output(g.activation, sum, V::load(g.x + pixel));
  }
};

VITRAL_INLINE void fill_with_zeros(float* begin, float* end) {
  if (begin < end) std::memset(begin, 0, static_cast<std::size_t>(end - begin) * sizeof(float));
}

// Windows side by side: each pixel gets what comes from its one window. `rows` and `columns` are the window's size.
template <class V, class Gradient>
VITRAL_INLINE void spread(V v, const Gradient& gradient, Index channels, Index offset, Index place,
                          Index places_in_row, Index rows, Index columns, Index corner, Index row_step, float* dx) {
  for_each_vector<V::count>(channels, [&](Index c) {
    const auto window = Gradient::of_window(v, gradient, offset + c, rows * columns);
    for (Index r = 0; r < rows; ++r) {
      for (Index k = 0; k < columns; ++k) {
        const Index pixel = corner + r * row_step + k * channels + c;
        const auto part = Gradient::at_place(v, window, place + r * places_in_row + k);
        V::store(dx + pixel, Gradient::at_pixel(v, gradient, part, pixel));
      }
    }
  });
}

template <class V, class Gradient>
VITRAL_INLINE void spread_windows(V v, const Windows& w, const Gradient& gradient, Index samples, Index channels,
                                  float* dx) {
  const Index row_step = w.columns.size * channels;
  for_each_row(samples, w.rows.count, w.rows.window * row_step, [&](Index sample, Index row) {
    const Range rows = pixels(w.rows, row);
    const Index image = sample * w.rows.size * row_step;
    Range columns{};
    for (Index column = 0; column < w.columns.count; ++column) {
      columns = pixels(w.columns, column);
      const Index offset = ((sample * w.rows.count + row) * w.columns.count + column) * channels;
      const Index place = places_before(w.rows, row) * w.columns.window + places_before(w.columns, column);
      const Index corner = image + rows.begin * row_step + columns.begin * channels;
      if (rows.size() == 2 && columns.size() == 2)  // by far the most frequent size
        spread(v, gradient, channels, offset, place, w.columns.window, 2, 2, corner, row_step, dx);
      else
        spread(v, gradient, channels, offset, place, w.columns.window, rows.size(), columns.size(), corner, row_step,
               dx);
    }
    // What is left at the end lies in no window.
    for (Index r = rows.begin; r < rows.end; ++r)
      fill_with_zeros(dx + image + r * row_step + columns.end * channels, dx + image + (r + 1) * row_step);
    if (row == w.rows.count - 1)
      fill_with_zeros(dx + image + rows.end * row_step, dx + image + w.rows.size * row_step);
  });
}

// The windows in which a pixel lies, for pixels that come in ascending order.
struct Covering {
  const WindowAxis& axis;
  Index begin = 0, end = 0;

  void move_to(Index pixel) {
    while (begin < axis.count && pixels(axis, begin).end <= pixel) ++begin;
    while (end < axis.count && pixels(axis, end).begin <= pixel) ++end;
  }
};

// Windows that overlap or have gaps between them: each pixel collects from all windows that it lies in.
template <class V, class Gradient>
VITRAL_INLINE void collect_windows(V v, const Windows& w, const Gradient& gradient, Index samples, Index channels,
                                   float* dx) {
  const Index row_values = w.columns.size * channels;
  for_each_row(samples, w.rows.size, row_values, [&](Index sample, Index pixel_row) {
    Covering rows{w.rows}, columns{w.columns};
    rows.move_to(pixel_row);
    for (Index pixel_column = 0; pixel_column < w.columns.size; ++pixel_column) {
      columns.move_to(pixel_column);
      const Index pixel = (sample * w.rows.size + pixel_row) * row_values + pixel_column * channels;
      for_each_vector<V::count>(channels, [&](Index c) {
        typename V::Floats sum{};
        for (Index row = rows.begin; row < rows.end; ++row) {
          for (Index column = columns.begin; column < columns.end; ++column) {
            const Index place = (pixel_row - (row * w.rows.stride - w.rows.before)) * w.columns.window +
                                pixel_column - (column * w.columns.stride - w.columns.before);
            const Index offset = ((sample * w.rows.count + row) * w.columns.count + column) * channels + c;
            const Index size = pixels(w.rows, row).size() * pixels(w.columns, column).size();
            sum += Gradient::at_place(v, Gradient::of_window(v, gradient, offset, size), place);
          }
        }
        V::store(dx + pixel + c, Gradient::at_pixel(v, gradient, sum, pixel + c));
      });
    }
  });
}

template <class Gradient>
VITRAL_INLINE void pool_backward(const Windows& w, const Gradient& gradient, Index samples, Index channels,
                                 float* dx) {
  with_lanes(channels, [&](auto v) {
    if (w.rows.window == w.rows.stride && w.columns.window == w.columns.stride)
      spread_windows(v, w, gradient, samples, channels, dx);
    else
      collect_windows(v, w, gradient, samples, channels, dx);
  });
}

// Calls body(corner, rows, columns, place, offset, c) for every window and every vector of channels: where the window
// begins in x, how large it is, the number of its first place, and where its value belongs.
template <class V, class Body>
VITRAL_INLINE void for_each_window(V, const Windows& w, Index samples, Index channels, Body&& body) {
  const Index row_step = w.columns.size * channels;
  for_each_row(samples, w.rows.count, w.rows.window * row_step, [&](Index sample, Index row) {
    const Range rows = pixels(w.rows, row);
    for (Index column = 0; column < w.columns.count; ++column) {
      const Range columns = pixels(w.columns, column);
      const Index corner = (sample * w.rows.size + rows.begin) * row_step + columns.begin * channels;
      const Index place = places_before(w.rows, row) * w.columns.window + places_before(w.columns, column);
      const Index offset = ((sample * w.rows.count + row) * w.columns.count + column) * channels;
      for_each_vector<V::count>(channels, [&](Index c) {
        if (rows.size() == 2 && columns.size() == 2)  // by far the most frequent size
          body(corner + c, 2, 2, place, offset + c);
        else
          body(corner + c, rows.size(), columns.size(), place, offset + c);
      });
    }
  });
}

}  // namespace

void max_pool2d(const Windows& w, Index samples, Index channels, const float* x, float* y, std::uint8_t* winner) {
  with_lanes(channels, [&](auto v) {
    const auto body = [&](Index corner, Index rows, Index columns, Index place, Index offset) VITRAL_INLINED {
      largest(v, x + corner, rows, columns, w.columns.size * channels, channels, place, w.columns.window, y + offset,
              winner + offset);
    };
    for_each_window(v, w, samples, channels, body);
  });
}

void max_pool2d_backward(const Windows& w, Activation input_activation, Index samples, Index channels,
                         const float* dy, const float* y, const std::uint8_t* winner, float* dx) {
  pool_backward(w, MaxGradient{dy, y, winner, input_activation}, samples, channels, dx);
}

void average_pool2d(const Windows& w, Index samples, Index channels, const float* x, float* y) {
  with_lanes(channels, [&](auto v) {
    const auto body = [&](Index corner, Index rows, Index columns, Index, Index offset) VITRAL_INLINED {
      mean(v, x + corner, rows, columns, w.columns.size * channels, channels, y + offset);
    };
    for_each_window(v, w, samples, channels, body);
  });
}

void average_pool2d_backward(const Windows& w, Activation input_activation, Index samples, Index channels,
                             const float* dy, const float* x, float* dx) {
  pool_backward(w, MeanGradient{dy, x, input_activation}, samples, channels, dx);
}

}  // namespace vitral::VITRAL_ISA
