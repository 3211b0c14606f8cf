// Vectors over the channels of a pixel. Images have few channels at times, fewer than a register has lanes: then
// narrower vectors are used.
#pragma once

#include "kernels/simd.h"

namespace vitral::VITRAL_ISA {
namespace {

// N channels in registers of R lanes. Bytes in memory are integers of a float's width in registers, so that one mask
// serves both.
template <Index N>
struct Lanes;

// Written out for each N, as GCC 12 does not convert vectors whose type depends on a template's parameter; and bytes
// become integers in two steps, as it takes four times as many instructions for one.
#define VITRAL_LANES_OF(N, R)                                                                     \
  template <>                                                                                     \
  struct Lanes<N> {                                                                               \
    static constexpr Index count = N;                                                             \
    typedef float Floats __attribute__((vector_size(R * 4)));                                     \
    typedef std::int32_t Ints __attribute__((vector_size(R * 4)));                                \
    typedef std::uint16_t Halves __attribute__((vector_size(R * 2)));                             \
    typedef std::uint8_t Bytes __attribute__((vector_size(R)));                                   \
    VITRAL_INLINE Floats load(const float* p) {                                                   \
      Floats v{};                                                                                 \
      std::memcpy(&v, p, N * 4);                                                                  \
      return v;                                                                                   \
    }                                                                                             \
    VITRAL_INLINE Ints load(const std::uint8_t* p) {                                              \
      Bytes v{};                                                                                  \
      std::memcpy(&v, p, N);                                                                      \
      return __builtin_convertvector(__builtin_convertvector(v, Halves), Ints);                   \
    }                                                                                             \
    VITRAL_INLINE void store(float* p, Floats v) { std::memcpy(p, &v, N * 4); }                   \
    VITRAL_INLINE void store(std::uint8_t* p, Ints v) {                                           \
      const Bytes bytes = __builtin_convertvector(v, Bytes);                                      \
      std::memcpy(p, &bytes, N);                                                                  \
    }                                                                                             \
  };
VITRAL_LANES_OF(1, 4)
VITRAL_LANES_OF(2, 4)
VITRAL_LANES_OF(3, 4)
VITRAL_LANES_OF(4, 4)
VITRAL_LANES_OF(8, 8)
VITRAL_LANES_OF(16, 16)
#undef VITRAL_LANES_OF

// Calls body(Lanes<N>{}) with the widest N that the channels fill.
template <class Body>
VITRAL_INLINE void with_lanes(Index channels, Body&& body) {
  if (channels >= L) return body(Lanes<L>{});
  if constexpr (L > 8)
    if (channels >= 8) return body(Lanes<8>{});
  if constexpr (L > 4)
    if (channels >= 4) return body(Lanes<4>{});
  if (channels == 3) return body(Lanes<3>{});
  if (channels == 2) return body(Lanes<2>{});
  body(Lanes<1>{});
}

// Calls body(c) for the first channel of each vector. The last vector begins early enough to end with the channels, so
// some are computed twice: body must not read what it writes.
template <Index N, class Body>
VITRAL_INLINE void for_each_vector(Index channels, Body&& body) {
  for (Index c = 0; c < channels; c += N) body(min(c, channels - N));
}

}  // namespace
}  // namespace vitral::VITRAL_ISA
