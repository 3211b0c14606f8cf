// Sums that were cut into parts, put together in order.
#pragma once

#include "kernels/loop.h"

namespace vitral::VITRAL_ISA {
namespace {

// total[i] = the sum of parts[part][i]; `parts` holds `count` arrays of `size` values.
inline void add_parts(const float* parts, Index count, Index size, float* total) {
  constexpr Index kBlock = 4096;
  for_each_block(size, kBlock, static_cast<double>(count), [=](Index begin, Index end) {
    for (Index i = begin; i < end; i += L) {
      const Index here = end - i;
      Vec sum = load_up_to(parts + i, here);
      for (Index part = 1; part < count; ++part) sum += load_up_to(parts + part * size + i, here);
      store_up_to(total + i, sum, here);
    }
  });
}

}  // namespace
}  // namespace vitral::VITRAL_ISA
