// Windows on images. Shared by all instruction sets, so there are no functions here.
#pragma once

#include <cstdint>

namespace vitral {

// Along one axis, window i covers the pixels from i * stride - before on, as far as they are in the image; every
// window has at least one.
struct WindowAxis {
  std::int64_t size;    // pixels of the image
  std::int64_t window;  // pixels of a window
  std::int64_t stride;
  std::int64_t before;  // padding before the image
  std::int64_t count;   // windows
};

struct Windows {
  WindowAxis rows, columns;
};

}  // namespace vitral
