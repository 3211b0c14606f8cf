// Vectors over the channels of a pixel. Images have few channels at times, fewer than a register has lanes: then
// narrower vectors are used.
#pragma once

#include "kernels/simd.h"

namespace vitral::VITRAL_ISA {
namespace {

// Registers of R lanes. Bytes in memory are integers of a float's width here, so that one mask serves both.
template <Index R>
struct Registers;

// Written out for each R, as GCC 12 does not convert vectors whose type depends on a template's parameter; and bytes
// become integers in two steps, as it takes four times as many instructions for one.
#define VITRAL_REGISTERS(R)                                                                                           \
  template <>                                                                                                         \
  struct Registers<R> {                                                                                               \
    typedef float Floats __attribute__((vector_size(R * 4)));                                                         \
    typedef std::int32_t Ints __attribute__((vector_size(R * 4)));                                                    \
    typedef std::uint16_t Halves __attribute__((vector_size(R * 2)));                                                 \
    typedef std::uint8_t Bytes __attribute__((vector_size(R)));                                                       \
    VITRAL_INLINE Ints wide(Bytes v) { return __builtin_convertvector(__builtin_convertvector(v, Halves), Ints); }    \
    VITRAL_INLINE Bytes narrow(Ints v) { return __builtin_convertvector(v, Bytes); }                                  \
  };
VITRAL_REGISTERS(4)
VITRAL_REGISTERS(8)
VITRAL_REGISTERS(16)
#undef VITRAL_REGISTERS

// N channels in one register.
template <Index N>
struct Lanes : Registers<(N < 4 ? 4 : N)> {
  using typename Registers<(N < 4 ? 4 : N)>::Floats;
  using typename Registers<(N < 4 ? 4 : N)>::Ints;
  using typename Registers<(N < 4 ? 4 : N)>::Bytes;
  static constexpr Index count = N;

  VITRAL_INLINE Floats load(const float* p) {
    Floats v{};
    read(v, p);
    return v;
  }
  VITRAL_INLINE Ints load(const std::uint8_t* p) {
    Bytes v{};
    read(v, p);
    return Lanes::wide(v);
  }
  VITRAL_INLINE void store(float* p, Floats v) { write(p, v); }
  VITRAL_INLINE void store(std::uint8_t* p, Ints v) {
    const Bytes bytes = Lanes::narrow(v);
    write(p, bytes);
  }

 private:
  // Between memory and a register: at once, or value by value, since a register that was written in parts and is read
  // as a whole has to wait.
  template <class Vector, class T>
  VITRAL_INLINE void read(Vector& v, const T* p) {
    if constexpr (N >= 4) {
      std::memcpy(&v, p, sizeof v);
    } else {
#pragma GCC unroll 4
      for (Index i = 0; i < N; ++i) v[i] = p[i];
    }
  }
  template <class Vector, class T>
  VITRAL_INLINE void write(T* p, const Vector& v) {
    if constexpr (N >= 4) {
      std::memcpy(p, &v, sizeof v);
    } else {
#pragma GCC unroll 4
      for (Index i = 0; i < N; ++i) p[i] = v[i];
    }
  }
};

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
