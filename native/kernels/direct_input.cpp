// The gradient of a convolution's input, of any kernel size, stride, dilation and number of groups: a convolution of
// the output's gradient for each phase of the stride.
#include "kernels/activated.h"
#include "kernels/kernels.h"
#include "kernels/loop.h"
#include "kernels/window.h"
#include "kernels/window_product.h"

namespace vitral::VITRAL_ISA {
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
      : c(c), offsets(c.taps() * c.group_filters()),
        group_size(packed_size(c.taps() * c.group_filters(), c.group_channels())), space(c.groups * group_size),
        phases_space(c.stride_y * c.stride_x * static_cast<Index>(sizeof(PhaseTaps) / 4)) {
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
    return space + group * group_size + number * kPanel * c.taps() * c.group_filters() +
           taps.first * round_up(columns, L);
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
  const bool pad = vertical.lowest != 0 || vertical.count != c.rows || horizontal.lowest != 0 || width != c.columns;

  for_each_piece(c.n, c.multiply_adds(), [&](Index image) {
    const Workspace padded(pad ? vertical.count * width * c.filters : 0), unpooled(gradients.room_for(1));
    const Images given = gradients.images(image, 1, unpooled);
    const float* windows = given[image];
    if (pad) {
      given.part(image, vertical.lowest, vertical.count, horizontal.lowest, width, padded);
      windows = padded;
    }
    for (Index number = 0; number < c.stride_y * c.stride_x; ++number) {
      const PhaseTaps& taps = kernel.phases()[number];
      // Rows whose pixels lie at equal distances: all of them, or one.
      const Index rows = c.stride_y == 1 && c.stride_x == 1 ? taps.y.count : 1;
      for (Index group = 0; group < c.groups; ++group)
        for (Index panel = 0; panel < panels; ++panel)
          for (Index row = 0; row < taps.y.count; row += rows) {
            const Index columns = panel_width(gc, panel), pixel = c.stride_x * c.channels;
            const Index first = ((image * c.height + taps.y.first + row * c.stride_y) * c.width + taps.x.first) *
                                    c.channels + group * gc + panel * kPanel;
            const WindowRows where{windows + row * width * c.filters + group * c.group_filters(), rows, taps.x.count,
                                   c.filters, width * c.filters};
            multiply_windows(where, kernel.offsets.data() + taps.first, taps.count, kernel.panel(group, panel, taps),
                             columns, {dx + first, pixel, nullptr, 0, 0, false});
            if (input_activation != Activation::linear)
              for (Index at = first; at < first + rows * taps.x.count * pixel; at += pixel)
                pass_through(input_activation, x + at, columns, dx + at);
          }
    }
  });
}

}  // namespace vitral::VITRAL_ISA
