// The optimizers' steps, each in one pass over the variable, its gradient and its state; simplest first.
#include "kernels/kernels.h"
#include "kernels/loop.h"
#include "kernels/math.h"

namespace vitral::VITRAL_ISA {
namespace {

// A stretch of an array that a step reads and perhaps writes: up to L values from i on.
class Stretch {
 public:
  Stretch(Index i, Index count) : i_(i), count_(count) {}
  Vec of(const float* array) const { return load_up_to(array + i_, count_); }
  void put(float* array, Vec v) const { store_up_to(array + i_, v, count_); }

 private:
  Index i_, count_;
};

// Calls body(stretch) for all n values; `arrays` is how many of them a step touches.
template <class Body>
VITRAL_INLINE void for_each_stretch(Index n, double arrays, Body body) {
  constexpr Index kBlock = 16384;  // large enough to be worth handing to a thread
  for_each_block(n, kBlock, arrays, [=](Index begin, Index end) {
    Index i = begin;
    for (; i + L <= end; i += L) body(Stretch(i, L));
    if (i < end) body(Stretch(i, end - i));
  });
}

// A moving average: rate * average + (1 - rate) * value.
struct Average {
  explicit Average(double rate) : rate(static_cast<float>(rate)), rest(static_cast<float>(1 - rate)) {}
  Vec moved(Vec average, Vec value) const { return rate * average + rest * value; }
  float rate, rest;
};

}  // namespace

void weight_decay_update(float* w, Index n, double rate) {
  const float r = static_cast<float>(rate);
  for_each_stretch(n, 1, [=](Stretch at) { at.put(w, at.of(w) - r * at.of(w)); });
}

void sgd_update(float* w, const float* g, Index n, double learning_rate) {
  const float rate = static_cast<float>(learning_rate);
  for_each_stretch(n, 2, [=](Stretch at) { at.put(w, at.of(w) - rate * at.of(g)); });
}

void momentum_update(float* w, const float* g, float* velocity, Index n, double learning_rate, double momentum,
                     bool nesterov) {
  const float rate = static_cast<float>(learning_rate), kept = static_cast<float>(momentum);
  for_each_stretch(n, 3, [=](Stretch at) {
    const Vec step = rate * at.of(g);
    const Vec v = kept * at.of(velocity) - step;
    at.put(velocity, v);
    at.put(w, at.of(w) + (nesterov ? kept * v - step : v));
  });
}

void adagrad_update(float* w, const float* g, float* accumulator, Index n, double learning_rate, double epsilon) {
  const float rate = static_cast<float>(learning_rate), e = static_cast<float>(epsilon);
  for_each_stretch(n, 3, [=](Stretch at) {
    const Vec gradient = at.of(g);
    const Vec s = at.of(accumulator) + gradient * gradient;
    at.put(accumulator, s);
    at.put(w, at.of(w) - rate * gradient / square_root(s + e));
  });
}

void rmsprop_update(float* w, const float* g, float* velocity, float* momentums, float* average, Index n,
                    double learning_rate, double rho, double momentum, double epsilon) {
  const Average recent(rho);
  const float rate = static_cast<float>(learning_rate), e = static_cast<float>(epsilon);
  const float kept = static_cast<float>(momentum);
  for_each_stretch(n, 3, [=](Stretch at) {
    const Vec gradient = at.of(g);
    const Vec v = recent.moved(at.of(velocity), gradient * gradient);
    at.put(velocity, v);
    Vec spread = v;
    if (average != nullptr) {
      const Vec a = recent.moved(at.of(average), gradient);
      at.put(average, a);
      // The variance is never negative, but its difference form can be, by rounding.
      spread = at_least(v - a * a, 0.0f);
    }
    Vec step = rate * gradient / square_root(spread + e);
    if (momentums != nullptr) {
      step += kept * at.of(momentums);
      at.put(momentums, step);
    }
    at.put(w, at.of(w) - step);
  });
}

void adadelta_update(float* w, const float* g, float* accumulated_gradient, float* accumulated_step, Index n,
                     double learning_rate, double rho, double epsilon) {
  const Average recent(rho);
  const float rate = static_cast<float>(learning_rate), e = static_cast<float>(epsilon);
  for_each_stretch(n, 4, [=](Stretch at) {
    const Vec gradient = at.of(g), u = at.of(accumulated_step);
    const Vec s = recent.moved(at.of(accumulated_gradient), gradient * gradient);
    at.put(accumulated_gradient, s);
    const Vec step = gradient * square_root(u + e) / square_root(s + e);
    at.put(accumulated_step, recent.moved(u, step * step));
    at.put(w, at.of(w) - rate * step);
  });
}

void adam_update(float* w, const float* g, float* momentum, float* velocity, float* highest, Index n, double alpha,
                 double beta_1, double beta_2, double epsilon) {
  const Average first_moment(beta_1), second_moment(beta_2);
  const float a = static_cast<float>(alpha), e = static_cast<float>(epsilon);
  for_each_stretch(n, 4, [=](Stretch at) {
    const Vec gradient = at.of(g);
    const Vec m = first_moment.moved(at.of(momentum), gradient);
    Vec v = second_moment.moved(at.of(velocity), gradient * gradient);
    at.put(momentum, m);
    at.put(velocity, v);
    if (highest != nullptr) {
      const Vec before = at.of(highest);
      v = before > v ? before : v;
      at.put(highest, v);
    }
    at.put(w, at.of(w) - a * m / (square_root(v) + e));
  });
}

}  // namespace vitral::VITRAL_ISA
