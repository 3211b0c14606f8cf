// How images are seen through affine maps.
#pragma once

#include <cstdint>

namespace vitral {

// What lies beyond the edge of an image.
enum class Beyond : int { reflect, wrap, nearest, constant };

struct Sampling {
  std::int64_t samples, height, width, channels;
  bool bilinear;  // or the nearest pixel
  Beyond beyond;
  float fill;  // for constant
};

}  // namespace vitral
