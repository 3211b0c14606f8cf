// Activations of single values, each right above its derivative; simplest first.
#include "kernels/activation.h"

#include "kernels/loop.h"

namespace vitral::VITRAL_ISA {
namespace {

// Values in a block: two inputs and a result fit into the first-level cache.
constexpr Index kBlock = 4096;

// Operations a value, without and with an exponential: for_each_block asks whether threads pay.
constexpr double kCheap = 2, kExponential = 25;

// y = f(a, b, ...) for each of n values.
template <class Function, class... Inputs>
VITRAL_INLINE void map(Index n, double work, float* y, Function f, const Inputs*... inputs) {
  for_each_block(n, kBlock, work, [=](Index begin, Index end) {
    Index i = begin;
    for (; i + L <= end; i += L) store(y + i, f(load(inputs + i)...));
    if (i < end) store_part(y + i, f(load_part(inputs + i, end - i)...), end - i);
  });
}

double work_of(Activation activation) {
  return activation == Activation::sigmoid || activation == Activation::tanh ? kExponential : kCheap;
}

}  // namespace

void activation_forward(Activation activation, const float* x, Index n, float* y) {
  map(n, work_of(activation), y, [=](Vec x) { return activate(activation, x); }, x);
}

void activation_backward_from_output(Activation activation, const float* dy, const float* y, Index n, float* dz) {
  map(n, kCheap, dz, [=](Vec dy, Vec y) { return derivative_from_output(activation, dy, y); }, dy, y);
}

void relu_forward(const float* x, Index n, float negative_slope, float max_value, float threshold, float* y) {
  map(n, kCheap, y, [=](Vec x) {
    // Without a slope 0 and not 0 * x, which would be NaN for -infinity.
    const Vec below = negative_slope == 0 ? Vec{} : negative_slope * (x - threshold);
    return at_most(x <= threshold ? below : x, max_value);
  }, x);
}

void relu_backward(const float* dy, const float* x, Index n, float negative_slope, float max_value, float threshold,
                   float* dx) {
  map(n, kCheap, dx, [=](Vec dy, Vec x) {
    const auto is_below = x <= threshold;
    const Vec y = is_below ? negative_slope * (x - threshold) : x;
    return y >= max_value ? Vec{} : is_below ? negative_slope * dy : dy;
  }, dy, x);
}

void elu_forward(const float* x, Index n, float alpha, float* y) {
  map(n, kExponential, y, [=](Vec x) { return x > 0.0f ? x : alpha * expm1(x); }, x);
}

void elu_backward(const float* dy, const float* x, const float* y, Index n, float alpha, float* dx) {
  map(n, kCheap, dx, [=](Vec dy, Vec x, Vec y) { return x > 0.0f ? dy : dy * (y + alpha); }, dy, x, y);
}

void softplus_forward(const float* x, Index n, float* y) {
  // log(1 + e^x) = max(x, 0) + log(1 + e^-|x|), which cannot overflow.
  map(n, 2 * kExponential, y, [](Vec x) { return relu(x) + log1p_of_fraction(exp(-magnitude(x))); }, x);
}

void softplus_backward(const float* dy, const float* x, Index n, float* dx) {
  map(n, kExponential, dx, [](Vec dy, Vec x) { return dy * sigmoid(x); }, dy, x);
}

// silu and gelu are x times a share that goes from 0 to 1. Where it, or its slope, is 0 in float32, x is held at a
// bound, as infinity times 0 would be NaN.

void silu_forward(const float* x, Index n, float* y) {
  map(n, kExponential, y, [](Vec x) { return at_least(x, -105.0f) * sigmoid(x); }, x);
}

// d(x s) = s + x s (1 - s) with s = sigmoid(x), and 1 - s = sigmoid(-x) keeps its precision.
void silu_backward(const float* dy, const float* x, Index n, float* dx) {
  map(n, kExponential, dx, [](Vec dy, Vec x) {
    const Share s = share(x);
    return dy * (s.taken + bounded(x, 105.0f) * s.taken * s.left);
  }, dy, x);
}

namespace {

constexpr float kTwiceRootOfTwoOverPi = 1.59576912f, kCubic = 0.044715f;

// 1 + tanh(u) = 2 sigmoid(2 u), which keeps its precision where tanh is near -1.
VITRAL_INLINE Vec twice_gelu_argument(Vec x) { return kTwiceRootOfTwoOverPi * x * (1.0f + kCubic * x * x); }
VITRAL_INLINE Vec slope_of_twice_gelu_argument(Vec x) { return kTwiceRootOfTwoOverPi * (1.0f + 3 * kCubic * x * x); }

}  // namespace

void gelu_forward(const float* x, Index n, bool approximate, float* y) {
  if (approximate)
    map(n, kExponential, y, [](Vec x) { return at_least(x, -15.0f) * sigmoid(twice_gelu_argument(x)); }, x);
  else
    map(n, kExponential, y, [](Vec x) { return at_least(x, -15.0f) * normal(x).distribution; }, x);
}

void gelu_backward(const float* dy, const float* x, Index n, bool approximate, float* dx) {
  if (approximate)
    map(n, kExponential, dx, [](Vec dy, Vec x) {
      const Share s = share(twice_gelu_argument(x));
      const Vec near = bounded(x, 15.0f);
      return dy * (s.taken + near * s.taken * s.left * slope_of_twice_gelu_argument(near));
    }, dy, x);
  else
    map(n, kExponential, dx, [](Vec dy, Vec x) {
      const Normal at_x = normal(x);
      return dy * (at_x.distribution + bounded(x, 15.0f) * at_x.density);
    }, dy, x);
}

}  // namespace vitral::VITRAL_ISA
