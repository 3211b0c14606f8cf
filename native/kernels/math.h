// exp, log and their relatives on whole vectors, without intrinsics: reduce to a small range, then a polynomial.
//
// Errors against the exact value stay within 2 ulp where nothing else is said. Infinity and NaN go where they should,
// subnormal arguments too; subnormal results become zero in the module, see subnormals.h. Comparisons are written so
// that NaN, for which each is false, passes through. The polynomials of exp, log and tanh are those of Moshier's Cephes
// library (single precision).
#pragma once

#include <cmath>

#include "kernels/simd.h"

namespace vitral::VITRAL_ISA {
namespace {

// The same bits, seen as the other type.
VITRAL_INLINE IntVec bits(Vec x) { return (IntVec)x; }
VITRAL_INLINE Vec from_bits(IntVec x) { return (Vec)x; }

VITRAL_INLINE Vec magnitude(Vec x) { return from_bits(bits(x) & 0x7fffffff); }
VITRAL_INLINE Vec with_sign_of(Vec x, Vec sign) { return from_bits(bits(x) | (bits(sign) & ~0x7fffffff)); }
VITRAL_INLINE Vec at_most(Vec x, float limit) { return x > limit ? all(limit) : x; }
VITRAL_INLINE Vec at_least(Vec x, float limit) { return x < limit ? all(limit) : x; }
VITRAL_INLINE Vec bounded(Vec x, float limit) { return at_least(at_most(x, limit), -limit); }

// 2^n for -126 <= n <= 127: n goes into the exponent's bits.
VITRAL_INLINE Vec power_of_two(IntVec n) { return from_bits((n + 127) << 23); }

// x = n ln 2 + r with |r| <= ln 2 / 2; returns e^r - 1.
VITRAL_INLINE Vec reduced_exp_minus_one(Vec x, IntVec& n) {
  // Added to a number this large, a float keeps no fraction, and its last bits are the whole number.
  constexpr float kRounder = 12582912.0f;  // 1.5 * 2^23
  const Vec shifted = x * 1.44269504f + kRounder;
  n = bits(shifted) - bits(all(kRounder));
  const Vec whole = shifted - kRounder;
  // ln 2 in two parts, the first with so few digits that its product is exact.
  const Vec r = (x - whole * 0.693359375f) + whole * 2.12194440e-4f;
  Vec p = r * 1.9875691500e-4f + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  return p * (r * r) + r;
}

VITRAL_INLINE Vec exp(Vec x) {
  // Below this bound the result is 0. Multiplying down to it would be right too, but processors take a hundred times as
  // long over products that small.
  const auto vanishes = x < -104.0f;
  IntVec n;
  // Above the other bound it is infinity, and n would not fit.
  const Vec near_one = reduced_exp_minus_one(at_most(vanishes ? Vec{} : x, 89.0f), n) + 1.0f;
  // In two factors, as 2^128 is no float though e^x may be, and neither is 2^-149 / near_one.
  const IntVec half = n >> 1;
  const Vec y = near_one * power_of_two(half) * power_of_two(n - half);
  return vanishes ? Vec{} : y;
}

// e^x - 1, precise near 0 too.
VITRAL_INLINE Vec expm1(Vec x) {
  IntVec n;
  const Vec rest = reduced_exp_minus_one(at_least(at_most(x, 89.0f), -18.0f), n);
  // 2^n rest + (2^n - 1), by halves as 2^128 is no float.
  const Vec scale = power_of_two(n - 1);
  return 2.0f * (scale * rest + (scale - 0.5f));
}

// log(1 + f) for sqrt(1/2) <= 1 + f <= sqrt(2).
VITRAL_INLINE Vec log_near_one(Vec f) {
  Vec p = f * 7.0376836292e-2f - 1.1514610310e-1f;
  p = p * f + 1.1676998740e-1f;
  p = p * f - 1.2420140846e-1f;
  p = p * f + 1.4249322787e-1f;
  p = p * f - 1.6668057665e-1f;
  p = p * f + 2.0000714765e-1f;
  p = p * f - 2.4999993993e-1f;
  p = p * f + 3.3333331174e-1f;
  const Vec square = f * f;
  return f + (p * f - 0.5f) * square;
}

// -infinity at 0, NaN below.
VITRAL_INLINE Vec log(Vec x) {
  constexpr float kInfinity = __builtin_inff();
  // A subnormal number is brought into the normal range first; the sign comes back at the end.
  const Vec size = magnitude(x);
  const auto subnormal = size < 1.17549435e-38f;
  const Vec normal = subnormal ? size * 8388608.0f : size;
  // x = m 2^n with sqrt(1/2) <= m < sqrt(2).
  const IntVec n = (bits(normal) - bits(all(0.70710678f))) >> 23;
  const Vec m = from_bits(bits(normal) - (n << 23));
  const Vec exponent = __builtin_convertvector(n, Vec) - (subnormal ? all(23.0f) : Vec{});
  // ln 2 in two parts, as above.
  const Vec y = (log_near_one(m - 1.0f) - exponent * 2.12194440e-4f) + exponent * 0.693359375f;
  const Vec outside = x == 0.0f ? all(-kInfinity) : x < 0.0f ? all(__builtin_nanf("")) : x;
  return x > 0.0f && x < kInfinity ? y : outside;
}

// One number; it costs as much as a vector.
VITRAL_INLINE float log(float x) { return log(all(x))[0]; }

// log(1 + x) for 0 <= x <= 1, precise near 0 too.
VITRAL_INLINE Vec log1p_of_fraction(Vec x) {
  const auto large = x > 0.41421356f;
  // 1 + x = 2 (1 + f) where it is above sqrt(2).
  return log_near_one(large ? 0.5f * x - 0.5f : x) + (large ? all(0.69314718f) : Vec{});
}

// sigmoid(x) = 1 / (1 + e^-x) and 1 - sigmoid(x). Within 3 ulp, in both tails too: e^-|x| cannot overflow.
struct Share {
  Vec taken, left;
};
VITRAL_INLINE Share share(Vec x) {
  const Vec e = exp(-magnitude(x));
  const Vec total = 1.0f + e;
  const Vec larger = 1.0f / total, smaller = e / total;
  const auto negative = x < 0.0f;
  return {negative ? smaller : larger, negative ? larger : smaller};
}
VITRAL_INLINE Vec sigmoid(Vec x) {
  const Vec e = exp(-magnitude(x));
  return (x < 0.0f ? e : all(1.0f)) / (1.0f + e);
}

VITRAL_INLINE Vec tanh(Vec x) {
  const Vec t = magnitude(x);
  const Vec square = x * x;
  Vec p = square * -5.70498872745e-3f + 2.06390887954e-2f;
  p = p * square - 5.37397155531e-2f;
  p = p * square + 1.33314422036e-1f;
  p = p * square - 3.33332819422e-1f;
  const Vec near_zero = p * square * x + x;
  const Vec far = with_sign_of(1.0f - 2.0f / (exp(2.0f * t) + 1.0f), x);
  return t < 0.625f ? near_zero : far;
}

// The normal density and distribution function at x, from one exponential. The distribution function is within 7 ulp
// up to |x| = 2; beyond, in the lower tail, the rounding of x^2 adds x^2 / 2 units in the last place.
struct Normal {
  Vec density, distribution;
};
VITRAL_INLINE Normal normal(Vec x) {
  const Vec decay = exp(-0.5f * (x * x));
  // The upper tail is e^(-x^2 / 2) times a smooth function, here a polynomial in u fitted to 3e-8 for 0 <= x <= 14.2.
  const Vec u = 1.0f / (1.0f + 0.35f * magnitude(x));
  Vec p = u * -2.915155888e-2f + 1.439995915e-1f;
  p = p * u - 2.557730079e-1f;
  p = p * u + 1.592427194e-1f;
  p = p * u - 2.315813489e-2f;
  p = p * u + 1.055289730e-1f;
  p = p * u + 1.198274121e-1f;
  p = p * u + 1.398626417e-1f;
  p = p * u + 1.396213621e-1f;
  const Vec tail = p * u * decay;
  return {decay * 0.398942280f, x < 0.0f ? tail : 1.0f - tail};
}

VITRAL_INLINE Vec square_root(Vec x) {
  for (Index i = 0; i < L; ++i) x[i] = std::sqrt(x[i]);
  return x;
}

}  // namespace
}  // namespace vitral::VITRAL_ISA
