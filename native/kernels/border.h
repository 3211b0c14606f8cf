#pragma once

#include <cstdint>

namespace vitral {

// Zeros around an image, in pixels.
struct Border {
  std::int64_t top, bottom, left, right;
};

}  // namespace vitral
