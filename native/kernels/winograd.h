// The transforms of Winograd's minimal filtering (Winograd, "Arithmetic complexity of computations", 1980; Lavin and
// Gray, "Fast algorithms for convolutional neural networks", CVPR 2016), for 3x3 kernels.
//
// M x M outputs of a 3x3 convolution depend on (M + 2) x (M + 2) inputs d. With the matrices below
//
//     y = A^T [(G g G^T) . (B^T d B)] A
//
// where . multiplies entry by entry, so that all tiles of an image, all channels and all filters make one matrix
// product for each of the (M + 2)^2 entries: 36 multiplications in place of 144 for M = 4, 16 in place of 36 for M = 2.
// The gradient of the kernel is the exact adjoint: G^T [(A dy A^T) . (B^T d B)] G.
//
// Each function multiplies one vector by one matrix; the caller does it along both axes.
//
// A class with these functions says how many `inputs` along an axis make how many `transformed` entries and these how
// many `outputs`, and at which input, before the padding, the tile begins whose first output is given.
#pragma once

#include "kernels/simd.h"

namespace vitral::VITRAL_ISA {
namespace {

template <int M>
struct Winograd;

// Interpolation at 0, 1, -1, 2, -2 and infinity.
template <>
struct Winograd<4> {
  static constexpr int outputs = 4, inputs = 6, transformed = 6;
  static constexpr Index first_input(Index output) { return output; }

  VITRAL_INLINE void input(const Vec* d, Vec* t) {  // t = B^T d
    const Vec even_1 = d[4] - 4.0f * d[2], odd_1 = d[3] - 4.0f * d[1];
    const Vec even_2 = d[4] - d[2], odd_2 = 2.0f * (d[3] - d[1]);
    t[0] = 4.0f * d[0] - 5.0f * d[2] + d[4];
    t[1] = even_1 + odd_1;
    t[2] = even_1 - odd_1;
    t[3] = even_2 + odd_2;
    t[4] = even_2 - odd_2;
    t[5] = 4.0f * d[1] - 5.0f * d[3] + d[5];
  }

  VITRAL_INLINE void output(const Vec* m, Vec* y) {  // y = A^T m
    const Vec sum_1 = m[1] + m[2], difference_1 = m[1] - m[2];
    const Vec sum_2 = m[3] + m[4], difference_2 = m[3] - m[4];
    y[0] = m[0] + sum_1 + sum_2;
    y[1] = difference_1 + 2.0f * difference_2;
    y[2] = sum_1 + 4.0f * sum_2;
    y[3] = difference_1 + 8.0f * difference_2 + m[5];
  }

  VITRAL_INLINE void output_adjoint(const Vec* y, Vec* m) {  // m = A y
    const Vec even_1 = y[0] + y[2], odd_1 = y[1] + y[3];
    const Vec even_2 = y[0] + 4.0f * y[2], odd_2 = 2.0f * (y[1] + 4.0f * y[3]);
    m[0] = y[0];
    m[1] = even_1 + odd_1;
    m[2] = even_1 - odd_1;
    m[3] = even_2 + odd_2;
    m[4] = even_2 - odd_2;
    m[5] = y[3];
  }

  VITRAL_INLINE void kernel(const Vec* g, Vec* u) {  // u = G g
    const Vec outer = g[0] + g[2], outer_4 = g[0] + 4.0f * g[2];
    u[0] = 0.25f * g[0];
    u[1] = (-1.0f / 6) * (outer + g[1]);
    u[2] = (-1.0f / 6) * (outer - g[1]);
    u[3] = (1.0f / 24) * (outer_4 + 2.0f * g[1]);
    u[4] = (1.0f / 24) * (outer_4 - 2.0f * g[1]);
    u[5] = g[2];
  }

  VITRAL_INLINE void kernel_adjoint(const Vec* u, Vec* g) {  // g = G^T u
    const Vec sum_1 = (-1.0f / 6) * (u[1] + u[2]), difference_1 = (-1.0f / 6) * (u[1] - u[2]);
    const Vec sum_2 = (1.0f / 24) * (u[3] + u[4]), difference_2 = (1.0f / 24) * (u[3] - u[4]);
    g[0] = 0.25f * u[0] + sum_1 + sum_2;
    g[1] = difference_1 + 2.0f * difference_2;
    g[2] = sum_1 + 4.0f * sum_2 + u[5];
  }
};

// Interpolation at 0, 1, -1 and infinity.
template <>
struct Winograd<2> {
  static constexpr int outputs = 2, inputs = 4, transformed = 4;
  static constexpr Index first_input(Index output) { return output; }

  VITRAL_INLINE void input(const Vec* d, Vec* t) {
    t[0] = d[0] - d[2];
    t[1] = d[1] + d[2];
    t[2] = d[2] - d[1];
    t[3] = d[1] - d[3];
  }

  VITRAL_INLINE void output(const Vec* m, Vec* y) {
    y[0] = m[0] + m[1] + m[2];
    y[1] = m[1] - m[2] - m[3];
  }

  VITRAL_INLINE void output_adjoint(const Vec* y, Vec* m) {
    m[0] = y[0];
    m[1] = y[0] + y[1];
    m[2] = y[0] - y[1];
    m[3] = -y[1];
  }

  VITRAL_INLINE void kernel(const Vec* g, Vec* u) {
    const Vec outer = g[0] + g[2];
    u[0] = g[0];
    u[1] = 0.5f * (outer + g[1]);
    u[2] = 0.5f * (outer - g[1]);
    u[3] = g[2];
  }

  VITRAL_INLINE void kernel_adjoint(const Vec* u, Vec* g) {
    g[0] = u[0] + 0.5f * (u[1] + u[2]);
    g[1] = 0.5f * (u[1] - u[2]);
    g[2] = 0.5f * (u[1] + u[2]) + u[3];
  }
};

// Stride 2: even inputs meet the outer two taps, odd ones the middle tap. The former make a convolution of two taps,
// interpolated at 0, 1 and infinity, the latter one of a single tap: 25 multiplications for 2 x 2 outputs, not 36.
// Forward only: the gradients take less time directly, since every transform writes more values than it reads.
struct Strided {
  static constexpr int outputs = 2, inputs = 5, transformed = 5;
  static constexpr Index first_input(Index output) { return 2 * output; }

  VITRAL_INLINE void input(const Vec* d, Vec* t) {
    t[0] = d[0] - d[2];
    t[1] = d[2];
    t[2] = d[2] - d[4];
    t[3] = d[1];
    t[4] = d[3];
  }

  VITRAL_INLINE void output(const Vec* m, Vec* y) {
    y[0] = m[0] + m[1] + m[3];
    y[1] = m[1] - m[2] + m[4];
  }

  VITRAL_INLINE void kernel(const Vec* g, Vec* u) {
    u[0] = g[0];
    u[1] = g[0] + g[2];
    u[2] = g[2];
    u[3] = g[1];
    u[4] = g[1];
  }
};

// How many entries a tile of both axes has.
template <class W>
constexpr int entries_of = W::transformed * W::transformed;

// Rows x columns values to more or fewer of them, with the same step along both axes.
template <int From, int To, class Step>
VITRAL_INLINE void along_both_axes(const Vec (&from)[From * From], Vec (&to)[To * To], Step step) {
  Vec half[To * From];
#pragma GCC unroll 8
  for (int column = 0; column < From; ++column) {
    Vec in[From], out[To];
#pragma GCC unroll 8
    for (int row = 0; row < From; ++row) in[row] = from[row * From + column];
    step(in, out);
#pragma GCC unroll 8
    for (int row = 0; row < To; ++row) half[row * From + column] = out[row];
  }
#pragma GCC unroll 8
  for (int row = 0; row < To; ++row) step(half + row * From, to + row * To);
}

}  // namespace
}  // namespace vitral::VITRAL_ISA
