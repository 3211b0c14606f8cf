// Convolution of any kernel size, stride, dilation and number of groups, without copying windows: where a window's
// values lie in the padded image is a table, the same for every window.
#include "kernels/activated.h"
#include "kernels/kernels.h"
#include "kernels/loop.h"
#include "kernels/matmul.h"
#include "kernels/memory.h"
#include "kernels/parts.h"
#include "kernels/window.h"

namespace vitral::VITRAL_ISA {
namespace {

constexpr Index kMostRowsOfTable = 16;
// A gradient is summed up in parts, each over some of the images; parts depend on the shape alone, so that the result
// does not depend on the number of threads.
constexpr Index kParts = 8;
constexpr Index kLargestParts = 8 << 20;  // floats

// A list of whole numbers in pooled memory.
class Table {
 public:
  explicit Table(Index size) : space_(size) {}
  std::int32_t& operator[](Index i) { return data()[i]; }
  std::int32_t* data() const { return reinterpret_cast<std::int32_t*>(static_cast<float*>(space_)); }

 private:
  Workspace space_;
};

// Offsets of a window's values in an image of `width` columns: tap after tap, channel after channel of one group.
void window_offsets(const Convolution& c, Index width, Table& table) {
  Index i = 0;
  for (Index u = 0; u < c.kernel_height; ++u)
    for (Index v = 0; v < c.kernel_width; ++v)
      for (Index channel = 0; channel < c.group_channels(); ++channel)
        table[i++] = static_cast<std::int32_t>((u * c.dilation_y * width + v * c.dilation_x) * c.channels + channel);
}

Index padded_columns(const Convolution& c) { return (c.columns - 1) * c.stride_x + (c.kernel_width - 1) * c.dilation_x + 1; }
Index padded_rows(const Convolution& c, Index rows) {
  return (rows - 1) * c.stride_y + (c.kernel_height - 1) * c.dilation_y + 1;
}

bool needs_padding(const Convolution& c) {
  return c.top > 0 || c.left > 0 || padded_rows(c, c.rows) > c.height || padded_columns(c) > c.width;
}

// `count` windows, of which where(i) is the first value; they make consecutive rows of the result.
template <class Where>
void multiply_windows(Index count, Where where, const std::int32_t* offsets, Index size, const float* panel,
                      Index columns, Result result) {
  constexpr Index kAtOnce = 48;  // divisible by the heights of most tiles
  const float* windows[kAtOnce];
  for (Index first = 0; first < count; first += kAtOnce) {
    const Index here = min(kAtOnce, count - first);
    for (Index i = 0; i < here; ++i) windows[i] = where(first + i);
    multiply_panel(here, columns, Stepped{windows, offsets}, panel, round_up(columns, L), size,
                   result.from_row(first));
  }
}

// The kernel (taps, group channels, filters), as panels of each group's filters.
struct PackedKernel {
  PackedKernel(const Convolution& c, const float* w)
      : steps(c.taps() * c.group_channels()), group_size(packed_size(steps, c.group_filters())),
        space(c.groups * group_size) {
    const Index panels = ceil_div(c.group_filters(), kPanel);
    for_each_piece(c.groups * panels, 4.0 * static_cast<double>(c.kernel_size()), [&](Index piece) {
      const Index group = piece / panels, panel = piece % panels;
      pack_panel(w + group * c.group_filters() + panel * kPanel, c.filters, 0, steps,
                 panel_width(c.group_filters(), panel), space + group * group_size + panel * kPanel * steps);
    });
  }
  const float* panel(Index group, Index number) const {
    return packed_panel(space + group * group_size, steps, number);
  }
  Index steps, group_size;
  Workspace space;
};

// Max pooling of one block of rows, 2x2.
void pool_by_two(const float* z, Index rows, Index columns, Index channels, float* y, std::uint8_t* winners) {
  with_lanes(channels, [&](auto lanes) VITRAL_INLINED {
    using V = decltype(lanes);
    for (Index row = 0; row < rows; row += 2)
      for (Index column = 0; column < columns; column += 2, y += channels, winners += channels) {
        const float* above = z + (row * columns + column) * channels;
        const float* below = above + columns * channels;
        for_each_vector<V::count>(channels, [&](Index i) VITRAL_INLINED {
          typename V::Ints winner;
          V::store(y + i, largest_of_four(V::load(above + i), V::load(above + channels + i), V::load(below + i),
                                          V::load(below + channels + i), winner));
          V::store(winners + i, winner);
        });
      }
  });
}

}  // namespace

void direct_convolution(const Convolution& c, const float* x, const float* w, const float* bias, bool relu, float* y,
                        std::uint8_t* winners) {
  const PackedKernel kernel(c, w);
  const Images images{x, c.height, c.width, c.channels};
  const bool pad = needs_padding(c);
  const Index width = pad ? padded_columns(c) : c.width;
  Table offsets(kernel.steps);
  window_offsets(c, width, offsets);
  const Index panels = ceil_div(c.group_filters(), kPanel);

  // Rows of y in a block: a whole image, or less where there are few images; pairs of rows, for the pooling.
  const Index block = min(c.rows, max(2, c.n * c.rows / 32 * 2));
  const Index blocks = ceil_div(c.rows, block);
  for_each_piece(c.n * blocks, 2 * c.multiply_adds(), [&](Index piece) {
    const Index image = piece / blocks, row = piece % blocks * block, rows = min(block, c.rows - row);
    const Index size = rows * c.columns * c.filters;
    const Workspace padded(pad ? padded_rows(c, rows) * width * c.channels : 0), unpooled(winners == nullptr ? 0 : size);
    const float* from = images[image] + row * c.stride_y * width * c.channels;
    if (pad) {
      images.part(image, row * c.stride_y - c.top, padded_rows(c, rows), -c.left, width, padded);
      from = padded;
    }
    float* to = winners == nullptr ? y + (image * c.rows + row) * c.columns * c.filters : unpooled;
    for (Index group = 0; group < c.groups; ++group)
      for (Index panel = 0; panel < panels; ++panel) {
        const Index filter = group * c.group_filters() + panel * kPanel;
        const auto where = [&](Index i) {
          return from + ((i / c.columns * c.stride_y) * width + i % c.columns * c.stride_x) * c.channels +
                 group * c.group_channels();
        };
        multiply_windows(rows * c.columns, where, offsets.data(), kernel.steps, kernel.panel(group, panel),
                         panel_width(c.group_filters(), panel),
                         {to + filter, c.filters, bias == nullptr ? nullptr : bias + filter, 0, 0, relu});
      }
    if (winners != nullptr) {
      const Index pooled = (image * c.rows + row) / 2 * (c.columns / 2) * c.filters;
      pool_by_two(unpooled, rows, c.columns, c.filters, y + pooled, winners + pooled);
    }
  });
}

// dW[tap, channel, f] = sum over windows of x[window + tap, channel] dz[window, f]; db[f] = sum of dz[., f].
void direct_weight_gradient(const Convolution& c, const float* x, const float* dz, const std::uint8_t* winners,
                            float* dw, float* db) {
  const Images images{x, c.height, c.width, c.channels};
  const Gradients gradients{dz, winners, c.rows, c.columns, c.filters};
  const bool pad = needs_padding(c);
  const Index width = pad ? padded_columns(c) : c.width, height = pad ? padded_rows(c, c.rows) : c.height;
  const Index values = c.taps() * c.group_channels(), windows = c.rows * c.columns;
  Table offsets(values), positions(windows);
  window_offsets(c, width, offsets);
  for (Index i = 0; i < windows; ++i)
    positions[i] = static_cast<std::int32_t>((i / c.columns * c.stride_y * width + i % c.columns * c.stride_x) *
                                             c.channels);

  const Index size = values * c.filters, bias_size = round_up(c.filters, L);
  const Index parts = max(1, min(min(kParts, c.n), kLargestParts / size));
  const Workspace sums(parts * size), bias_sums(parts * bias_size);
  const Index panels = ceil_div(c.group_filters(), kPanel);
  for_each_piece(parts, 2 * c.multiply_adds(), [&](Index part) {
    float* total = sums + part * size;
    float* bias_total = bias_sums + part * bias_size;
    std::memset(total, 0, size * sizeof(float));
    std::memset(bias_total, 0, bias_size * sizeof(float));
    const Workspace padded(pad ? height * width * c.channels : 0);
    // Vectors are read from dz, whole ones: the last pixel's may reach beyond its filters.
    const Workspace copy(windows * c.filters + L);
    std::memset(copy + windows * c.filters, 0, L * sizeof(float));
    for (Index image = c.n * part / parts; image < c.n * (part + 1) / parts; ++image) {
      const float* from = images[image];
      if (pad) {
        images.part(image, -c.top, height, -c.left, width, padded);
        from = padded;
      }
      const float* gradient = gradients.images(image, 1, copy)[image];
      if (gradient != copy && (c.filters % L != 0 || c.group_filters() % L != 0)) {
        std::memcpy(copy, gradient, windows * c.filters * sizeof(float));
        gradient = copy;
      }
      for (Index f = 0; f < c.filters; f += L) {
        Vec sum = load(bias_total + f);
        for (Index i = 0; i < windows; ++i) sum += load(gradient + i * c.filters + f);
        store(bias_total + f, sum);
      }
      for (Index group = 0; group < c.groups; ++group)
        for (Index panel = 0; panel < panels; ++panel) {
          const Index filter = group * c.group_filters() + panel * kPanel;
          for (Index first = 0; first < values; first += kMostRowsOfTable * 3) {
            const Index count = min(kMostRowsOfTable * 3, values - first);
            const float* rows[kMostRowsOfTable * 3];
            for (Index i = 0; i < count; ++i) rows[i] = from + offsets[first + i] + group * c.group_channels();
            float* to = total + first * c.filters + filter;
            multiply_panel(count, panel_width(c.group_filters(), panel), Stepped{rows, positions.data()},
                           gradient + filter, c.filters, windows, {to, c.filters, to, c.filters, 0, false});
          }
        }
    }
  });
  add_parts(sums, parts, size, dw);
  if (db != nullptr) {
    const Workspace total(bias_size);
    add_parts(bias_sums, parts, bias_size, total);
    std::memcpy(db, total, c.filters * sizeof(float));
  }
}

namespace {

// Along one axis: the pixels of x whose distance from the border leaves the same remainder by the stride meet the same
// taps of the kernel, and for all of them the window is `distance` away from their own number.
struct Phase {
  Index first, count;  // pixels first, first + stride, ...
};

Phase phase(Index remainder, Index stride, Index before, Index size) {
  const Index first = ((remainder - before) % stride + stride) % stride;
  return {first, first < size ? (size - first - 1) / stride + 1 : 0};
}

bool meets(Index tap, Index dilation, Index remainder, Index stride) { return tap * dilation % stride == remainder; }

Index distance(const Phase& phase, Index before, Index tap, Index dilation, Index stride) {
  return (phase.first + before - tap * dilation) / stride;
}

// The windows that any pixel along an axis meets: from `lowest` on, `count` of them, some outside of y.
struct Reach {
  Index lowest, count;
};

Reach reach(Index size, Index kernel, Index stride, Index dilation, Index before) {
  Index lowest = 0, highest = 0;
  for (Index remainder = 0; remainder < stride; ++remainder) {
    const Phase p = phase(remainder, stride, before, size);
    for (Index tap = 0; tap < kernel; ++tap)
      if (p.count > 0 && meets(tap, dilation, remainder, stride)) {
        const Index d = distance(p, before, tap, dilation, stride);
        lowest = min(lowest, d);
        highest = max(highest, d + p.count - 1);
      }
  }
  return {lowest, highest - lowest + 1};
}

}  // namespace

// dx[pixel, channel] = sum over the taps that meet it of W[tap, channel, f] dz[window, f]: for each phase of the stride
// a convolution of dz with some of the taps.
void direct_input_gradient(const Convolution& c, const float* dz, const std::uint8_t* winners, const float* w,
                           const float* x, Activation input_activation, float* dx) {
  const Gradients gradients{dz, winners, c.rows, c.columns, c.filters};
  const Reach vertical = reach(c.height, c.kernel_height, c.stride_y, c.dilation_y, c.top);
  const Reach horizontal = reach(c.width, c.kernel_width, c.stride_x, c.dilation_x, c.left);
  const Index gc = c.group_channels(), gf = c.group_filters(), width = horizontal.count;
  const Index panels = ceil_div(gc, kPanel);

  for (Index ry = 0; ry < c.stride_y; ++ry)
    for (Index rx = 0; rx < c.stride_x; ++rx) {
      const Phase py = phase(ry, c.stride_y, c.top, c.height), px = phase(rx, c.stride_x, c.left, c.width);
      if (py.count == 0 || px.count == 0) continue;

      Table offsets(c.taps() * gf + 1);
      const Workspace kernel(c.groups * packed_size(c.taps() * gf, gc));
      Index steps = 0;
      for (Index u = 0; u < c.kernel_height; ++u)
        for (Index v = 0; v < c.kernel_width; ++v)
          if (meets(u, c.dilation_y, ry, c.stride_y) && meets(v, c.dilation_x, rx, c.stride_x)) {
            const Index window = (distance(py, c.top, u, c.dilation_y, c.stride_y) - vertical.lowest) * width +
                                 distance(px, c.left, v, c.dilation_x, c.stride_x) - horizontal.lowest;
            for (Index f = 0; f < gf; ++f) offsets[steps++] = static_cast<std::int32_t>(window * c.filters + f);
          }
      for_each_piece(c.groups * panels, 8.0 * static_cast<double>(steps * gc * c.groups), [&](Index piece) {
        const Index group = piece / panels, panel = piece % panels, columns = panel_width(gc, panel);
        float* to = kernel + group * packed_size(steps, gc) + panel * kPanel * steps;
        for (Index u = 0; u < c.kernel_height; ++u)
          for (Index v = 0; v < c.kernel_width; ++v)
            if (meets(u, c.dilation_y, ry, c.stride_y) && meets(v, c.dilation_x, rx, c.stride_x)) {
              const Index tap = u * c.kernel_width + v;
              pack_transposed(w + (tap * gc + panel * kPanel) * c.filters + group * gf, c.filters, 0, gf, columns, to);
              to += packed_size(gf, columns);
            }
      });

      for_each_piece(c.n, 2 * c.multiply_adds(), [&](Index image) {
        const Workspace padded(vertical.count * width * c.filters), unpooled(gradients.room_for(1));
        gradients.images(image, 1, unpooled).part(image, vertical.lowest, vertical.count, horizontal.lowest, width, padded);
        for (Index group = 0; group < c.groups; ++group)
          for (Index panel = 0; panel < panels; ++panel)
            for (Index i = 0; i < py.count; ++i) {
              const Index channel = group * gc + panel * kPanel, columns = panel_width(gc, panel);
              const Index at = ((image * c.height + py.first + i * c.stride_y) * c.width + px.first) * c.channels + channel;
              const Index step = c.stride_x * c.channels;
              const float* from = padded + i * width * c.filters + group * gf;
              multiply_windows(px.count, [&](Index j) { return from + j * c.filters; }, offsets.data(), steps,
                               packed_panel(kernel + group * packed_size(steps, gc), steps, panel), columns,
                               {dx + at, step, nullptr, 0, 0, false});
              if (input_activation != Activation::linear)
                for (Index j = 0; j < px.count; ++j)
                  pass_through(input_activation, x + at + j * step, columns, dx + at + j * step);
            }
      });
    }
}

}  // namespace vitral::VITRAL_ISA
