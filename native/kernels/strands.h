// Long sums in four strands, so that an addition need not wait for the one before it.
#pragma once

#include "kernels/simd.h"

namespace vitral::VITRAL_ISA {
namespace {

// Calls body(strand, i) for i from begin to end - 1.
template <class Body>
VITRAL_INLINE void in_four_strands(Index begin, Index end, Body&& body) {
  Index i = begin;
  for (; i + 4 <= end; i += 4) {
    body(0, i);
    body(1, i + 1);
    body(2, i + 2);
    body(3, i + 3);
  }
  for (; i < end; ++i) body(0, i);
}

template <class Floats>
VITRAL_INLINE Floats together(const Floats (&strands)[4]) {
  return (strands[0] + strands[1]) + (strands[2] + strands[3]);
}

}  // namespace
}  // namespace vitral::VITRAL_ISA
