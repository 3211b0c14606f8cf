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

// With few filters a vector would be half empty: then two neighboring windows of a row make one window that is a step
// wider, and the kernel stands in it twice, once for each. Results lie in memory as before.
bool pairs(const Convolution& c) {
  return c.filters <= L / 2 && c.columns % 2 == 0 && c.groups == 1 && c.dilation_x == 1;
}

Convolution paired(const Convolution& c) {
  Convolution pair = c;
  pair.columns /= 2, pair.filters *= 2, pair.stride_x *= 2, pair.kernel_width += c.stride_x;
  return pair;
}

// The kernel of the pair from w, and its bias behind it.
void pair_kernel(const Convolution& c, const float* w, const float* bias, float* to) {
  const Convolution pair = paired(c);
  std::memset(to, 0, (pair.kernel_size() + pair.filters) * sizeof(float));
  for (Index second = 0; second < 2; ++second) {
    for (Index u = 0; u < c.kernel_height; ++u)
      for (Index i = 0; i < c.kernel_width * c.channels; ++i)
        std::memcpy(to + ((u * pair.kernel_width + second * c.stride_x) * c.channels + i) * pair.filters + second * c.filters,
                    w + (u * c.kernel_width * c.channels + i) * c.filters, c.filters * sizeof(float));
    if (bias != nullptr)
      std::memcpy(to + pair.kernel_size() + second * c.filters, bias, c.filters * sizeof(float));
  }
}

// The gradients of a kernel and its bias from those of its pair.
void unpair_kernel(const Convolution& c, const float* pair_dw, const float* pair_db, float* dw, float* db) {
  const Convolution pair = paired(c);
  for (Index u = 0; u < c.kernel_height; ++u)
    for (Index i = 0; i < c.kernel_width * c.channels; ++i) {
      const float* first = pair_dw + (u * pair.kernel_width * c.channels + i) * pair.filters;
      const float* second = first + c.stride_x * c.channels * pair.filters + c.filters;
      float* to = dw + (u * c.kernel_width * c.channels + i) * c.filters;
      for (Index f = 0; f < c.filters; ++f) to[f] = first[f] + second[f];
    }
  if (db != nullptr)
    for (Index f = 0; f < c.filters; ++f) db[f] = pair_db[f] + pair_db[c.filters + f];
}

Index padded_columns(const Convolution& c) { return (c.columns - 1) * c.stride_x + (c.kernel_width - 1) * c.dilation_x + 1; }
Index padded_rows(const Convolution& c, Index rows) {
  return (rows - 1) * c.stride_y + (c.kernel_height - 1) * c.dilation_y + 1;
}

bool needs_padding(const Convolution& c) {
  return c.top > 0 || c.left > 0 || padded_rows(c, c.rows) > c.height || padded_columns(c) > c.width;
}

// Where windows lie: row after row of `columns` windows, `step` values apart, the rows `pitch` values apart.
struct WindowRows {
  const float* first;
  Index rows, columns, step, pitch;
};

// Windows make consecutive rows of the result.
void multiply_windows(const WindowRows& where, const std::int32_t* offsets, Index size, const float* panel,
                      Index columns, Result result) {
  constexpr Index kAtOnce = 96;  // divisible by the heights of most tiles
  // Steps of the panel that stay in the nearest cache while all windows pass.
  constexpr Index kSteps = 160;
  const float* windows[kAtOnce];
  const bool clip = result.relu;
  const Index blocks = max(1, ceil_div(size, kSteps));  // without steps the results are still written
  const Index count = where.rows * where.columns;
  const float* row = where.first;
  Index column = 0;
  for (Index first = 0; first < count; first += kAtOnce) {
    const Index here = min(kAtOnce, count - first);
    for (Index i = 0; i < here; ++i) {
      windows[i] = row + column * where.step;
      if (++column == where.columns) column = 0, row += where.pitch;
    }
    Result part = result.from_row(first);
    for (Index block = 0; block < blocks; ++block) {
      const Index begin = size * block / blocks, end = size * (block + 1) / blocks;
      part.relu = clip && block == blocks - 1;
      multiply_panel(here, columns, Stepped{windows, offsets + begin}, panel + begin * round_up(columns, L),
                     round_up(columns, L), end - begin, part);
      part.start = part.data, part.start_stride = part.stride;
    }
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

// `pooled` is the convolution as its user knows it, to which the pooling belongs.
void convolve(const Convolution& c, const Convolution& pooled, const float* x, const float* w, const float* bias,
              bool relu, float* y, std::uint8_t* winners) {
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
        const WindowRows where{from + group * c.group_channels(), rows, c.columns, c.stride_x * c.channels,
                               c.stride_y * width * c.channels};
        multiply_windows(where, offsets.data(), kernel.steps, kernel.panel(group, panel),
                         panel_width(c.group_filters(), panel),
                         {to + filter, c.filters, bias == nullptr ? nullptr : bias + filter, 0, 0, relu});
      }
    if (winners != nullptr) {
      const Index to_pooled = (image * c.rows + row) / 2 * (pooled.columns / 2) * pooled.filters;
      pool_by_two(unpooled, rows, pooled.columns, pooled.filters, y + to_pooled, winners + to_pooled);
    }
  });
}

}  // namespace

void direct_convolution(const Convolution& c, const float* x, const float* w, const float* bias, bool relu, float* y,
                        std::uint8_t* winners) {
  if (!pairs(c)) return convolve(c, c, x, w, bias, relu, y, winners);
  const Convolution pair = paired(c);
  const Workspace kernel(pair.kernel_size() + pair.filters);
  pair_kernel(c, w, bias, kernel);
  convolve(pair, c, x, kernel, bias == nullptr ? nullptr : kernel + pair.kernel_size(), relu, y, winners);
}

namespace {

// dW[tap, channel, f] = sum over windows of x[window + tap, channel] dz[window, f]; db[f] = sum of dz[., f].
void weight_gradient(const Convolution& c, const float* x, const Gradients& gradients, float* dw, float* db) {
  const Images images{x, c.height, c.width, c.channels};
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

}  // namespace

void direct_weight_gradient(const Convolution& c, const float* x, const float* dz, const std::uint8_t* winners,
                            float* dw, float* db) {
  const Gradients gradients{dz, winners, c.rows, c.columns, c.filters};
  if (!pairs(c)) return weight_gradient(c, x, gradients, dw, db);
  const Convolution pair = paired(c);
  const Workspace sums(pair.kernel_size()), bias_sums(pair.filters);
  weight_gradient(pair, x, gradients, sums, bias_sums);
  unpair_kernel(c, sums, bias_sums, dw, db);
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

// The pixels of one phase of both axes, and the taps that they meet: the steps [first, first + count) of the tables.
struct PhaseTaps {
  Phase y, x;
  Index first, count;
};

// All taps in the order of their phases: where each one's window lies in the padded dz, and the kernel as panels of
// channels. The steps of a phase are its taps, each with all filters of a group.
struct PhasedKernel {
  PhasedKernel(const Convolution& c, const float* w, const Reach& vertical, const Reach& horizontal)
      : c(c), offsets(c.taps() * c.group_filters()), group_size(packed_size(c.taps() * c.group_filters(), c.group_channels())),
        space(c.groups * group_size), phases_space(c.stride_y * c.stride_x * static_cast<Index>(sizeof(PhaseTaps) / 4)) {
    const Index gf = c.group_filters(), gc = c.group_channels(), panels = ceil_div(gc, kPanel);
    Index step = 0;
    for (Index ry = 0; ry < c.stride_y; ++ry)
      for (Index rx = 0; rx < c.stride_x; ++rx) {
        PhaseTaps& phase_taps = phases()[ry * c.stride_x + rx];
        const Phase py = phase(ry, c.stride_y, c.top, c.height), px = phase(rx, c.stride_x, c.left, c.width);
        const Index first = step;
        for_each_tap(ry, rx, [&](Index u, Index v) {
          const Index window = (distance(py, c.top, u, c.dilation_y, c.stride_y) - vertical.lowest) * horizontal.count +
                               distance(px, c.left, v, c.dilation_x, c.stride_x) - horizontal.lowest;
          for (Index f = 0; f < gf; ++f) offsets[step++] = static_cast<std::int32_t>(window * c.filters + f);
        });
        phase_taps = {py, px, first, step - first};
      }
    for_each_piece(c.groups * panels, 8.0 * static_cast<double>(c.kernel_size()), [&](Index piece) {
      const Index group = piece / panels, panel = piece % panels, columns = panel_width(gc, panel);
      for (Index ry = 0; ry < c.stride_y; ++ry)
        for (Index rx = 0; rx < c.stride_x; ++rx) {
          float* to = this->panel(group, panel, phases()[ry * c.stride_x + rx]);
          for_each_tap(ry, rx, [&](Index u, Index v) {
            const Index tap = u * c.kernel_width + v;
            pack_transposed(w + (tap * gc + panel * kPanel) * c.filters + group * gf, c.filters, 0, gf, columns, to);
            to += packed_size(gf, columns);
          });
        }
    });
  }

  template <class Body>
  void for_each_tap(Index ry, Index rx, Body body) const {
    for (Index u = 0; u < c.kernel_height; ++u)
      for (Index v = 0; v < c.kernel_width; ++v)
        if (meets(u, c.dilation_y, ry, c.stride_y) && meets(v, c.dilation_x, rx, c.stride_x)) body(u, v);
  }

  PhaseTaps* phases() const { return reinterpret_cast<PhaseTaps*>(static_cast<float*>(phases_space)); }
  float* panel(Index group, Index number, const PhaseTaps& taps) const {
    const Index columns = panel_width(c.group_channels(), number);
    return space + group * group_size + number * kPanel * c.taps() * c.group_filters() + taps.first * round_up(columns, L);
  }

  const Convolution& c;
  Table offsets;
  Index group_size;
  Workspace space, phases_space;
};

}  // namespace

// dx[pixel, channel] = sum over the taps that meet it of W[tap, channel, f] dz[window, f]: for each phase of the stride
// a convolution of dz with some of the taps.
void direct_input_gradient(const Convolution& c, const float* dz, const std::uint8_t* winners, const float* w,
                           const float* x, Activation input_activation, float* dx) {
  const Gradients gradients{dz, winners, c.rows, c.columns, c.filters};
  const Reach vertical = reach(c.height, c.kernel_height, c.stride_y, c.dilation_y, c.top);
  const Reach horizontal = reach(c.width, c.kernel_width, c.stride_x, c.dilation_x, c.left);
  const PhasedKernel kernel(c, w, vertical, horizontal);
  const Index gc = c.group_channels(), width = horizontal.count, panels = ceil_div(gc, kPanel);

  for_each_piece(c.n, 2 * c.multiply_adds(), [&](Index image) {
    const Workspace padded(vertical.count * width * c.filters), unpooled(gradients.room_for(1));
    gradients.images(image, 1, unpooled).part(image, vertical.lowest, vertical.count, horizontal.lowest, width, padded);
    const Workspace pixels(c.height * c.width * min(gc, kPanel));
    for (Index number = 0; number < c.stride_y * c.stride_x; ++number) {
      const PhaseTaps& taps = kernel.phases()[number];
      for (Index group = 0; group < c.groups; ++group)
        for (Index panel = 0; panel < panels; ++panel) {
          const Index columns = panel_width(gc, panel), channel = group * gc + panel * kPanel;
          const WindowRows where{padded + group * c.group_filters(), taps.y.count, taps.x.count, c.filters,
                                 width * c.filters};
          // One after the other first, so that tiles are not cut at the ends of rows, then to their places.
          multiply_windows(where, kernel.offsets.data() + taps.first, taps.count,
                           kernel.panel(group, panel, taps), columns, {pixels, columns, nullptr, 0, 0, false});
          for (Index i = 0; i < taps.y.count; ++i)
            for (Index j = 0; j < taps.x.count; ++j) {
              const float* from = pixels + (i * taps.x.count + j) * columns;
              const Index to = ((image * c.height + taps.y.first + i * c.stride_y) * c.width + taps.x.first +
                                j * c.stride_x) * c.channels + channel;
              put(input_activation, from, x + to, columns, dx + to);
            }
        }
    }
  });
}

}  // namespace vitral::VITRAL_ISA
