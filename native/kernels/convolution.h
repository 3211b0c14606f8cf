// The geometry of a convolution, the same for every algorithm and instruction set.
#pragma once

#include <cstdint>

namespace vitral {

struct Convolution {
  std::int64_t n, height, width, channels;  // x
  std::int64_t rows, columns, filters;      // y, the padding before: top and left
  std::int64_t kernel_height, kernel_width;
  std::int64_t stride_y, stride_x;
  std::int64_t dilation_y, dilation_x;
  std::int64_t top, left;
  std::int64_t groups;

  std::int64_t group_channels() const { return channels / groups; }
  std::int64_t group_filters() const { return filters / groups; }
  std::int64_t taps() const { return kernel_height * kernel_width; }
  std::int64_t kernel_size() const { return taps() * group_channels() * filters; }
  double multiply_adds() const {
    return static_cast<double>(n * rows * columns) * static_cast<double>(kernel_size());
  }
};

}  // namespace vitral
