// Rows of an image with zeros around them, so that every window lies inside.
#pragma once

#include "kernels/convolution.h"
#include "kernels/simd.h"

namespace vitral::VITRAL_ISA {
namespace {

// Copies rows [first_row, first_row + rows) and columns [first_column, first_column + columns) of an image into `to`;
// what lies outside of the image is 0. Negative numbers lie above and to the left of it.
inline void padded_part(const float* image, Index height, Index width, Index channels, Index first_row, Index rows,
                        Index first_column, Index columns, float* to) {
  const Index from = max(0, first_column), until = max(from, min(width, first_column + columns));
  const Index before = (from - first_column) * channels, inside = (until - from) * channels;
  const Index pitch = columns * channels;
  for (Index r = 0; r < rows; ++r, to += pitch) {
    const Index row = first_row + r;
    if (row < 0 || row >= height || inside == 0) {
      std::memset(to, 0, pitch * sizeof(float));
      continue;
    }
    std::memset(to, 0, before * sizeof(float));
    std::memcpy(to + before, image + (row * width + from) * channels, inside * sizeof(float));
    std::memset(to + before + inside, 0, (pitch - before - inside) * sizeof(float));
  }
}

}  // namespace
}  // namespace vitral::VITRAL_ISA
