// Convolution of any kernel size, stride, dilation and number of groups, without copying windows: where a window's
// values lie in the padded image is a table, the same for every window.
#include "kernels/kernels.h"
#include "kernels/loop.h"
#include "kernels/pairs.h"
#include "kernels/parts.h"
#include "kernels/window.h"
#include "kernels/window_product.h"

namespace vitral::VITRAL_ISA {
namespace {

constexpr Index kMostRowsOfTable = 16;
// A gradient is summed up in parts, each over some of the images; parts depend on the shape alone, so that the result
// does not depend on the number of threads.
constexpr Index kParts = 8;
constexpr Index kLargestParts = 8 << 20;  // floats
// Gradients of windows that stay in the nearest cache while all values of the windows pass, in floats: half of it.
constexpr Index kGradientsInCache = 6 << 10;

// Offsets of a window's values in an image of `width` columns: tap after tap, channel after channel of one group.
void window_offsets(const Convolution& c, Index width, Table& table) {
  Index i = 0;
  for (Index u = 0; u < c.kernel_height; ++u)
    for (Index v = 0; v < c.kernel_width; ++v)
      for (Index channel = 0; channel < c.group_channels(); ++channel)
        table[i++] = static_cast<std::int32_t>((u * c.dilation_y * width + v * c.dilation_x) * c.channels + channel);
}

Index padded_columns(const Convolution& c) {
  return (c.columns - 1) * c.stride_x + (c.kernel_width - 1) * c.dilation_x + 1;
}
Index padded_rows(const Convolution& c, Index rows) {
  return (rows - 1) * c.stride_y + (c.kernel_height - 1) * c.dilation_y + 1;
}

bool needs_padding(const Convolution& c) {
  return c.top > 0 || c.left > 0 || padded_rows(c, c.rows) > c.height || padded_columns(c) > c.width;
}

// The kernel (taps, group channels, filters), as panels of each group's filters. A kernel that is one whole panel is
// used as it lies.
struct PackedKernel {
  PackedKernel(const Convolution& c, const float* w)
      : steps(c.taps() * c.group_channels()), group_size(packed_size(steps, c.group_filters())),
        as_stored(c.groups == 1 && c.filters <= kPanel && c.filters % L == 0),
        space(as_stored ? 0 : c.groups * group_size), panels(as_stored ? w : space) {
    if (as_stored) return;
    const Index count = ceil_div(c.group_filters(), kPanel);
    for_each_piece(c.groups * count, 4.0 * static_cast<double>(c.kernel_size()), [&](Index piece) {
      const Index group = piece / count, panel = piece % count;
      pack_panel(w + group * c.group_filters() + panel * kPanel, c.filters, 0, steps,
                 panel_width(c.group_filters(), panel), space + group * group_size + panel * kPanel * steps);
    });
  }
  const float* panel(Index group, Index number) const {
    return packed_panel(panels + group * group_size, steps, number);
  }
  Index steps, group_size;
  bool as_stored;
  Workspace space;
  const float* panels;
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
  for_each_piece(c.n * blocks, c.multiply_adds(), [&](Index piece) {
    const Index image = piece / blocks, row = piece % blocks * block, rows = min(block, c.rows - row);
    const Index size = rows * c.columns * c.filters;
    const Workspace padded(pad ? padded_rows(c, rows) * width * c.channels : 0);
    const Workspace unpooled(winners == nullptr ? 0 : size);
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
  const Index most = max(1, kGradientsInCache / round_up(c.filters, L));
  const Index at_once = ceil_div(windows, max(1, ceil_div(windows, most)));
  for_each_piece(parts, c.multiply_adds(), [&](Index part) {
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
      for (Index begin = 0; begin < windows; begin += at_once) {
        const Index count = min(at_once, windows - begin);
        const float* here = gradient + begin * c.filters;
        for (Index f = 0; f < c.filters; f += L) {
          Vec sum = load(bias_total + f);
          for (Index i = 0; i < count; ++i) sum += load(here + i * c.filters + f);
          store(bias_total + f, sum);
        }
        for (Index group = 0; group < c.groups; ++group)
          for (Index panel = 0; panel < panels; ++panel) {
            const Index filter = group * c.group_filters() + panel * kPanel;
            for (Index first = 0; first < values; first += kMostRowsOfTable * 3) {
              const Index rows_here = min(kMostRowsOfTable * 3, values - first);
              const float* rows[kMostRowsOfTable * 3];
              for (Index i = 0; i < rows_here; ++i) rows[i] = from + offsets[first + i] + group * c.group_channels();
              float* to = total + first * c.filters + filter;
              multiply_panel(rows_here, panel_width(c.group_filters(), panel), Stepped{rows, positions.data() + begin},
                             here + filter, c.filters, count, {to, c.filters, to, c.filters, 0, false});
            }
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

}  // namespace vitral::VITRAL_ISA
