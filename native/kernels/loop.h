// A loop over pieces with a lambda as its body.
#pragma once

#include <type_traits>

#include "kernels/parallel.h"
#include "kernels/simd.h"

namespace vitral::VITRAL_ISA {
namespace {

// Multiply-adds, or values touched, from which on it is worth while to wake other threads.
constexpr double kWorthSharing = 200'000;

// Calls body(piece) for every piece; on this thread alone where all the work together is not worth sharing.
template <class Body>
void for_each_piece(Index count, double work, Body&& body) {
  if (work < kWorthSharing) {
    for (Index piece = 0; piece < count; ++piece) body(piece);
    return;
  }
  using Plain = std::remove_reference_t<Body>;
  run_pieces(
      count, [](void* context, std::int64_t piece) { (*static_cast<Plain*>(context))(piece); },
      const_cast<void*>(static_cast<const void*>(&body)));
}

// The same for a range of values in blocks of equal length: body(begin, end).
template <class Body>
void for_each_block(Index size, Index block, double work_per_value, Body&& body) {
  for_each_piece(ceil_div(size, block), work_per_value * static_cast<double>(size), [&](Index piece) {
    body(piece * block, min(size, (piece + 1) * block));
  });
}

}  // namespace
}  // namespace vitral::VITRAL_ISA
