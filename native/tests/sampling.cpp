#include "check.h"

namespace vitral::test {
namespace {

constexpr float kFill = 3;

// The pixel's place along an axis of three pixels, or -1.
Index beyond_three(Index index, Beyond beyond) {
  constexpr Index kReflected[] = {0, 1, 2, 2, 1, 0};
  switch (beyond) {
    case Beyond::reflect: return kReflected[((index % 6) + 6) % 6];
    case Beyond::wrap: return ((index % 3) + 3) % 3;
    case Beyond::nearest: return index < 0 ? 0 : index > 2 ? 2 : index;
    case Beyond::constant: break;
  }
  return index < 0 || index > 2 ? -1 : index;
}

// Rows of three pixels, shifted: so each output is made of two pixels side by side.
TEST(images_seen_through_shifts) {
  for (const Beyond beyond : {Beyond::reflect, Beyond::wrap, Beyond::nearest, Beyond::constant})
    for (const Index channels : {1, 3, 5})
      for (const bool bilinear : {false, true})
        for (const float shift : {0.0f, 1.0f, -2.0f, 0.25f, -3.75f, 7.5f, -20.25f}) {
          const Sampling s{2, 1, 3, channels, bilinear, beyond, kFill};
          const Buffer<float> x = numbers(6 * channels), dy = numbers(6 * channels, 2);
          Buffer<float> maps(12), y(x.size(), 7), dx(x.size(), 7);
          for (Index image = 0; image < 2; ++image) {
            maps[6 * image] = maps[6 * image + 4] = 1;
            maps[6 * image + 2] = image == 0 ? 0 : shift;
          }
          kernels().affine_sample2d(s, x, maps, y);
          kernels().affine_sample2d_backward(s, dy, maps, dx);
          Buffer<double> expected_y(x.size()), expected_dx(x.size());
          for (Index image = 0; image < 2; ++image)
            for (Index u = 0; u < 3; ++u) {
              const double place = static_cast<double>(u) + (image == 0 ? 0 : shift);
              const double below = bilinear ? std::floor(place) : std::trunc(place + std::copysign(0.5, place));
              const double part = bilinear ? place - below : 0;
              for (Index side = 0; side < 2; ++side) {
                const Index from = beyond_three(static_cast<Index>(below) + side, beyond);
                const double weight = side == 0 ? 1 - part : part;
                for (Index c = 0; c < channels; ++c) {
                  const Index to = (image * 3 + u) * channels + c, at = (image * 3 + from) * channels + c;
                  expected_y[to] += weight * (from < 0 ? kFill : x[at]);
                  if (from >= 0) expected_dx[at] += weight * dy[to];
                }
              }
            }
          CHECK(close(y, expected_y));
          CHECK(close(dx, expected_dx));
        }
}

TEST(an_image_turned_by_a_quarter) {
  const Sampling s{1, 2, 2, 1, true, Beyond::reflect, 0};
  const float x[] = {0, 1, 2, 3}, maps[] = {0, -1, 1, 1, 0, 0}, expected[] = {1, 3, 0, 2};
  float y[4], dx[4];
  kernels().affine_sample2d(s, x, maps, y);
  kernels().affine_sample2d_backward(s, y, maps, dx);
  for (Index i = 0; i < 4; ++i) {
    CHECK(y[i] == expected[i]);
    CHECK(dx[i] == x[i]);
  }
}

TEST(places_that_are_no_numbers_lie_outside) {
  const Sampling s{1, 1, 1, 1, false, Beyond::constant, kFill};
  for (const float place : {1e30f, -1e30f, static_cast<float>(NAN), static_cast<float>(INFINITY)}) {
    const float x[] = {1}, maps[] = {0, 0, place, 0, 0, 0};
    float y[] = {0}, dx[] = {7};
    kernels().affine_sample2d(s, x, maps, y);
    kernels().affine_sample2d_backward(s, x, maps, dx);
    CHECK(y[0] == kFill);
    CHECK(dx[0] == 0);
  }
}

}  // namespace
}  // namespace vitral::test
