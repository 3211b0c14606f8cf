// Vectors of floats, as wide as the instruction set's registers, through the compiler's vector extension: no
// intrinsics, so the same text serves SSE2, AVX2, AVX-512 and NEON.
//
// Everything here has internal linkage: a function that was compiled for AVX-512 must never be merged with one of the
// same name compiled for the baseline. For the same reason kernels use no templates of the standard library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#define VITRAL_INLINED __attribute__((always_inline))
#define VITRAL_INLINE static inline VITRAL_INLINED

namespace vitral::VITRAL_ISA {
namespace {

using Index = std::int64_t;

constexpr Index L = VITRAL_LANES;

typedef float Vec __attribute__((vector_size(VITRAL_LANES * 4)));
typedef std::int32_t IntVec __attribute__((vector_size(VITRAL_LANES * 4)));
typedef std::uint8_t ByteVec __attribute__((vector_size(VITRAL_LANES)));
// The same without alignment, for memory.
typedef float FreeVec __attribute__((vector_size(VITRAL_LANES * 4), aligned(4), may_alias));
typedef std::uint8_t FreeByteVec __attribute__((vector_size(VITRAL_LANES), aligned(1), may_alias));

VITRAL_INLINE Vec load(const float* p) { return *reinterpret_cast<const FreeVec*>(p); }
VITRAL_INLINE void store(float* p, Vec v) { *reinterpret_cast<FreeVec*>(p) = v; }

// The first n of L values; the others are 0.
VITRAL_INLINE Vec load_part(const float* p, Index n) {
  Vec v{};
  std::memcpy(&v, p, static_cast<std::size_t>(n) * 4);
  return v;
}
VITRAL_INLINE void store_part(float* p, Vec v, Index n) { std::memcpy(p, &v, static_cast<std::size_t>(n) * 4); }

VITRAL_INLINE Vec load_up_to(const float* p, Index n) { return n >= L ? load(p) : load_part(p, n); }
VITRAL_INLINE void store_up_to(float* p, Vec v, Index n) { n >= L ? store(p, v) : store_part(p, v, n); }

VITRAL_INLINE Vec all(float x) {
  Vec v;
  for (Index i = 0; i < L; ++i) v[i] = x;
  return v;
}

// Written so that NaN goes through: a comparison with NaN is false.
VITRAL_INLINE Vec relu(Vec x) { return x < Vec{} ? Vec{} : x; }

VITRAL_INLINE float sum(Vec v) {
  // In halves, always in the same order.
  float lanes[L];
  std::memcpy(lanes, &v, sizeof v);
  for (Index width = L / 2; width > 0; width /= 2)
    for (Index i = 0; i < width; ++i) lanes[i] += lanes[i + width];
  return lanes[0];
}

VITRAL_INLINE Index min(Index a, Index b) { return a < b ? a : b; }
VITRAL_INLINE Index max(Index a, Index b) { return a > b ? a : b; }
VITRAL_INLINE Index ceil_div(Index a, Index b) { return (a + b - 1) / b; }
VITRAL_INLINE Index round_up(Index a, Index b) { return ceil_div(a, b) * b; }

}  // namespace
}  // namespace vitral::VITRAL_ISA
