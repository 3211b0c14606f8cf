// Convolutions of few filters, two windows at a time.
#pragma once

#include "kernels/convolution.h"
#include "kernels/simd.h"

namespace vitral::VITRAL_ISA {
namespace {

// With few filters a vector would be half empty: then two neighboring windows of a row make one window that is a step
// wider, and the kernel stands in it twice, once for each. Results lie in memory as before.
// A zero of the kernel meets the pixels that only the other window sees, so a NaN or an infinity makes NaN of both.
inline bool pairs(const Convolution& c) {
  return c.filters <= L / 2 && c.columns % 2 == 0 && c.groups == 1 && c.dilation_x == 1;
}

inline Convolution paired(const Convolution& c) {
  Convolution pair = c;
  pair.columns /= 2, pair.filters *= 2, pair.stride_x *= 2, pair.kernel_width += c.stride_x;
  return pair;
}

// The kernel of the pair from w, and its bias behind it.
inline void pair_kernel(const Convolution& c, const float* w, const float* bias, float* to) {
  const Convolution pair = paired(c);
  std::memset(to, 0, (pair.kernel_size() + pair.filters) * sizeof(float));
  for (Index second = 0; second < 2; ++second) {
    for (Index u = 0; u < c.kernel_height; ++u)
      for (Index i = 0; i < c.kernel_width * c.channels; ++i)
        std::memcpy(to + ((u * pair.kernel_width + second * c.stride_x) * c.channels + i) * pair.filters +
                        second * c.filters,
                    w + (u * c.kernel_width * c.channels + i) * c.filters, c.filters * sizeof(float));
    if (bias != nullptr)
      std::memcpy(to + pair.kernel_size() + second * c.filters, bias, c.filters * sizeof(float));
  }
}

// The gradients of a kernel and its bias from those of its pair.
inline void unpair_kernel(const Convolution& c, const float* pair_dw, const float* pair_db, float* dw, float* db) {
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

}  // namespace
}  // namespace vitral::VITRAL_ISA
