// Vectors of floats, as wide as the instruction set's registers, through the compiler's vector extension: no
// intrinsics, so the same text serves SSE2, AVX2, AVX-512 and NEON.
//
// Everything here has internal linkage: a function that was compiled for AVX-512 must never be merged with one of the
// same name compiled for the baseline. For the same reason kernels use no templates of the standard library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "kernels/kernels.h"

#define VITRAL_INLINED __attribute__((always_inline))
#define VITRAL_INLINE static inline VITRAL_INLINED

namespace vitral::VITRAL_ISA {
namespace {

constexpr Index L = VITRAL_LANES;

typedef float Vec __attribute__((vector_size(VITRAL_LANES * 4)));
typedef std::int32_t IntVec __attribute__((vector_size(VITRAL_LANES * 4)));
typedef std::uint8_t ByteVec __attribute__((vector_size(VITRAL_LANES)));
// The same without alignment, for memory.
typedef float FreeVec __attribute__((vector_size(VITRAL_LANES * 4), aligned(4), may_alias));
typedef std::uint8_t FreeByteVec __attribute__((vector_size(VITRAL_LANES), aligned(1), may_alias));

VITRAL_INLINE Index min(Index a, Index b) { return a < b ? a : b; }
VITRAL_INLINE Index max(Index a, Index b) { return a > b ? a : b; }
VITRAL_INLINE Index ceil_div(Index a, Index b) { return (a + b - 1) / b; }
VITRAL_INLINE Index round_up(Index a, Index b) { return ceil_div(a, b) * b; }

VITRAL_INLINE Vec load(const float* p) { return *reinterpret_cast<const FreeVec*>(p); }
VITRAL_INLINE void store(float* p, Vec v) { *reinterpret_cast<FreeVec*>(p) = v; }

// The first n of L values; the others are 0. GCC makes one masked instruction of such a loop.
VITRAL_INLINE Vec load_part(const float* p, Index n) {
  const int count = static_cast<int>(n);
  float lanes[L];
  for (int i = 0; i < L; ++i) lanes[i] = i < count ? p[i] : 0.0f;
  return load(lanes);
}
VITRAL_INLINE void store_part(float* p, Vec v, Index n) {
  const int count = static_cast<int>(n);
  float lanes[L];
  store(lanes, v);
  for (int i = 0; i < L; ++i)
    if (i < count) p[i] = lanes[i];
}

VITRAL_INLINE Vec load_up_to(const float* p, Index n) { return n >= L ? load(p) : load_part(p, n); }
VITRAL_INLINE void store_up_to(float* p, Vec v, Index n) { n >= L ? store(p, v) : store_part(p, v, n); }

// Asks for values that will be needed soon.
VITRAL_INLINE void prefetch(const float* p, Index n) {
  constexpr Index kLine = 16;
  for (Index i = 0; i < n; i += kLine) __builtin_prefetch(p + i);
}

// Bytes as whole numbers, L of them or the first n. In two steps: GCC 12 takes them apart one by one otherwise.
typedef std::uint16_t HalfVec __attribute__((vector_size(VITRAL_LANES * 2)));
VITRAL_INLINE IntVec load_bytes(const std::uint8_t* p, Index n) {
  ByteVec bytes{};
  if (n >= L)
    bytes = *reinterpret_cast<const FreeByteVec*>(p);
  else
    std::memcpy(&bytes, p, static_cast<std::size_t>(n));
  return __builtin_convertvector(__builtin_convertvector(bytes, HalfVec), IntVec);
}
VITRAL_INLINE void store_bytes(std::uint8_t* p, IntVec v, Index n) {
  const ByteVec bytes = __builtin_convertvector(__builtin_convertvector(v, HalfVec), ByteVec);
  if (n >= L)
    *reinterpret_cast<FreeByteVec*>(p) = bytes;
  else
    std::memcpy(p, &bytes, static_cast<std::size_t>(n));
}

VITRAL_INLINE Vec all(float x) {
  Vec v;
  for (Index i = 0; i < L; ++i) v[i] = x;
  return v;
}

VITRAL_INLINE IntVec lane_numbers() {
  IntVec lanes;
  for (int i = 0; i < L; ++i) lanes[i] = i;
  return lanes;
}

// The first n of L lanes, and `rest` in the others.
VITRAL_INLINE Vec first(Vec v, Index n, float rest = 0.0f) {
  return lane_numbers() < static_cast<std::int32_t>(n) ? v : all(rest);
}

// x in lane i, and 0 in the others; i need not be the number of a lane.
VITRAL_INLINE Vec only_in_lane(Index i, float x) {
  return lane_numbers() == static_cast<std::int32_t>(i) ? all(x) : Vec{};
}

// Written so that NaN goes through: a comparison with NaN is false.
VITRAL_INLINE Vec relu(Vec x) { return x < Vec{} ? Vec{} : x; }

// Lane i of the result is lane i ^ width, width being a power of two.
template <int width>
VITRAL_INLINE Vec swapped(Vec v) {
#ifdef __clang__
  Vec result;
  for (int i = 0; i < L; ++i) result[i] = v[i ^ width];
  return result;
#else
  // GCC makes a shuffle of this only, clang of the loop.
  IntVec lanes;
  for (int i = 0; i < L; ++i) lanes[i] = i ^ width;
  return __builtin_shuffle(v, lanes);
#endif
}

// All lanes in one value: in halves, always in the same order.
template <class Function>
VITRAL_INLINE float reduced(Vec v, Function combine) {
  if constexpr (L >= 16) v = combine(v, swapped<8>(v));
  if constexpr (L >= 8) v = combine(v, swapped<4>(v));
  v = combine(v, swapped<2>(v));
  v = combine(v, swapped<1>(v));
  return v[0];
}
VITRAL_INLINE float sum(Vec v) {
  return reduced(v, [](Vec a, Vec b) { return a + b; });
}
VITRAL_INLINE float largest(Vec v) {
  return reduced(v, [](Vec a, Vec b) { return a > b ? a : b; });
}

// Two vectors like the teeth of a zipper: a0 b0 a1 b1 ..., the first half of it and the second.
#if defined(__clang__)
#define VITRAL_SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define VITRAL_SHUFFLE(a, b, ...) __builtin_shuffle(a, b, IntVec{__VA_ARGS__})
#endif
#if VITRAL_LANES == 16
VITRAL_INLINE Vec zip_first(Vec a, Vec b) {
  return VITRAL_SHUFFLE(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}
VITRAL_INLINE Vec zip_second(Vec a, Vec b) {
  return VITRAL_SHUFFLE(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}
#elif VITRAL_LANES == 8
VITRAL_INLINE Vec zip_first(Vec a, Vec b) { return VITRAL_SHUFFLE(a, b, 0, 8, 1, 9, 2, 10, 3, 11); }
VITRAL_INLINE Vec zip_second(Vec a, Vec b) { return VITRAL_SHUFFLE(a, b, 4, 12, 5, 13, 6, 14, 7, 15); }
#else
VITRAL_INLINE Vec zip_first(Vec a, Vec b) { return VITRAL_SHUFFLE(a, b, 0, 4, 1, 5); }
VITRAL_INLINE Vec zip_second(Vec a, Vec b) { return VITRAL_SHUFFLE(a, b, 2, 6, 3, 7); }
#endif

// L rows of L values become columns: zipped with the row half the square away, as often as halving L gives 1.
VITRAL_INLINE void transpose(Vec (&rows)[L]) {
#pragma GCC unroll 4
  for (Index width = L; width > 1; width /= 2) {
    Vec zipped[L];
#pragma GCC unroll 8
    for (Index i = 0; i < L / 2; ++i) {
      zipped[2 * i] = zip_first(rows[i], rows[i + L / 2]);
      zipped[2 * i + 1] = zip_second(rows[i], rows[i + L / 2]);
    }
#pragma GCC unroll 16
    for (Index i = 0; i < L; ++i) rows[i] = zipped[i];
  }
}


}  // namespace
}  // namespace vitral::VITRAL_ISA
