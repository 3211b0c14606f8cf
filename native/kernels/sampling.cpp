// Images seen through affine maps. Compiled without contraction, so that places, and what is nearest to them, are those
// of the reference in float32.
#include <cmath>

#include "kernels/kernels.h"
#include "kernels/loop.h"

namespace vitral::VITRAL_ISA {
namespace {

// One of the pixels, along one axis, that an output is made of; -1 for the fill value.
struct Tap {
  Index place;
  float weight;
};

VITRAL_INLINE Index into_image(Index index, Index size, Beyond beyond) {
  if (index >= 0 && index < size) return index;
  switch (beyond) {
    case Beyond::wrap: return (index % size + size) % size;
    case Beyond::nearest: return index < 0 ? 0 : size - 1;
    case Beyond::constant: return -1;
    case Beyond::reflect: break;
  }
  const Index turned = (index % (2 * size) + 2 * size) % (2 * size);
  return min(turned, 2 * size - 1 - turned);
}

// Places so far away have no neighbor of their own among floats; nor has NaN.
VITRAL_INLINE Index whole(float x) {
  constexpr float kFar = 1e9f;
  return static_cast<Index>(x > -kFar ? (x < kFar ? x : kFar) : -kFar);
}

VITRAL_INLINE void nearest_tap(const Sampling& s, float place, Index size, Tap& tap) {
  tap = {into_image(whole(std::trunc(place + std::copysign(0.5f, place))), size, s.beyond), 1};
}

VITRAL_INLINE void two_taps(const Sampling& s, float place, Index size, Tap (&taps)[2]) {
  const float below = std::floor(place), part = place - below;
  const Index index = whole(below);
  taps[0] = {into_image(index, size, s.beyond), 1 - part};
  taps[1] = {into_image(index + 1, size, s.beyond), part};
}

// Calls body(output pixel, rows, columns, taps of each axis) for the pixels of an image.
template <Index taps, class Body>
VITRAL_INLINE void for_each_pixel(const Sampling& s, const float* map, Body&& body) {
  for (Index v = 0; v < s.height; ++v)
    for (Index u = 0; u < s.width; ++u) {
      const float x = static_cast<float>(u), y = static_cast<float>(v);
      const float across = map[0] * x + map[2] + map[1] * y, down = map[4] * y + map[5] + map[3] * x;
      Tap rows[taps], columns[taps];
      if constexpr (taps == 1) {
        nearest_tap(s, down, s.height, rows[0]);
        nearest_tap(s, across, s.width, columns[0]);
      } else {
        two_taps(s, down, s.height, rows);
        two_taps(s, across, s.width, columns);
      }
      body((v * s.width + u) * s.channels, rows, columns);
    }
}

VITRAL_INLINE bool is_inside(const Tap& row, const Tap& column) { return row.place >= 0 && column.place >= 0; }
VITRAL_INLINE Index pixel_of(const Sampling& s, const Tap& row, const Tap& column) {
  return (row.place * s.width + column.place) * s.channels;
}

template <class Body>
void for_each_image(const Sampling& s, Body&& body) {
  constexpr double kWorkPerPixel = 40;
  for_each_piece(s.samples, kWorkPerPixel * static_cast<double>(s.samples * s.height * s.width), body);
}

}  // namespace

void affine_sample2d(const Sampling& s, const float* x, const float* maps, float* y) {
  const Index size = s.height * s.width * s.channels;
  for_each_image(s, [&](Index image) {
    const float* const from = x + image * size;
    float* const to = y + image * size;
    const auto value = [&](const Tap& row, const Tap& column, Index c) VITRAL_INLINED {
      return is_inside(row, column) ? from[pixel_of(s, row, column) + c] : s.fill;
    };
    if (!s.bilinear)
      return for_each_pixel<1>(s, maps + 6 * image, [&](Index at, const Tap* rows, const Tap* columns) VITRAL_INLINED {
        for (Index c = 0; c < s.channels; ++c) to[at + c] = value(rows[0], columns[0], c);
      });
    for_each_pixel<2>(s, maps + 6 * image, [&](Index at, const Tap* rows, const Tap* columns) VITRAL_INLINED {
      for (Index c = 0; c < s.channels; ++c)
        to[at + c] = value(rows[0], columns[0], c) * (rows[0].weight * columns[0].weight) +
                     value(rows[0], columns[1], c) * (rows[0].weight * columns[1].weight) +
                     value(rows[1], columns[0], c) * (rows[1].weight * columns[0].weight) +
                     value(rows[1], columns[1], c) * (rows[1].weight * columns[1].weight);
    });
  });
}

void affine_sample2d_backward(const Sampling& s, const float* dy, const float* maps, float* dx) {
  const Index size = s.height * s.width * s.channels;
  for_each_image(s, [&](Index image) {
    const float* const from = dy + image * size;
    float* const to = dx + image * size;
    std::memset(to, 0, static_cast<std::size_t>(size) * sizeof(float));
    const auto spread = [&](Index at, const Tap& row, const Tap& column) VITRAL_INLINED {
      if (!is_inside(row, column)) return;
      float* const pixel = to + pixel_of(s, row, column);
      for (Index c = 0; c < s.channels; ++c) pixel[c] += from[at + c] * (row.weight * column.weight);
    };
    if (!s.bilinear)
      return for_each_pixel<1>(s, maps + 6 * image, [&](Index at, const Tap* rows, const Tap* columns) VITRAL_INLINED {
        spread(at, rows[0], columns[0]);
      });
    for_each_pixel<2>(s, maps + 6 * image, [&](Index at, const Tap* rows, const Tap* columns) VITRAL_INLINED {
      for (Index i = 0; i < 4; ++i) spread(at, rows[i / 2], columns[i % 2]);
    });
  });
}

}  // namespace vitral::VITRAL_ISA
