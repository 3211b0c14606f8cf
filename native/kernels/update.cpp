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

// Calls body(variable, stretch) for all values of all variables; `arrays` is how many arrays a step touches. Small
// variables share a piece of the work, large ones are spread over several.
template <class Body>
VITRAL_INLINE void for_each_stretch(const Updated* variables, Index count, double arrays, Body body) {
  constexpr Index kBlock = 16384;  // large enough to be worth handing to a thread
  constexpr Index kStart = 64;     // values between the places where a variable may begin: a piece is whole cache lines
  Index all = 0;
  for (Index k = 0; k < count; ++k) all += round_up(variables[k].n, kStart);
  for_each_block(all, kBlock, arrays, [=](Index begin, Index end) {
    for (Index k = 0; k < count && end > 0; ++k) {
      const Updated one = variables[k];
      const Index stop = min(end, one.n);
      Index i = begin;
      for (; i + L <= stop; i += L) body(one, Stretch(i, L));
      if (i < stop) body(one, Stretch(i, stop - i));
      const Index room = round_up(one.n, kStart);
      begin = max(begin - room, 0);
      end -= room;
    }
  });
}

// A moving average: rate * average + (1 - rate) * value.
struct Average {
  explicit Average(double rate) : rate(static_cast<float>(rate)), rest(static_cast<float>(1 - rate)) {}
  Vec moved(Vec average, Vec value) const { return rate * average + rest * value; }
  float rate, rest;
};

}  // namespace

void weight_decay_update(const Updated* variables, Index count, double rate) {
  const float r = static_cast<float>(rate);
  for_each_stretch(variables, count, 1, [=](const Updated& one, Stretch at) {
    at.put(one.w, at.of(one.w) - r * at.of(one.w));
  });
}

void sgd_update(const Updated* variables, Index count, double learning_rate) {
  const float rate = static_cast<float>(learning_rate);
  for_each_stretch(variables, count, 2, [=](const Updated& one, Stretch at) {
    at.put(one.w, at.of(one.w) - rate * at.of(one.g));
  });
}

void momentum_update(const Updated* variables, Index count, double learning_rate, double momentum, bool nesterov) {
  const float rate = static_cast<float>(learning_rate), kept = static_cast<float>(momentum);
  for_each_stretch(variables, count, 3, [=](const Updated& one, Stretch at) {
    float* const velocity = one.state[0];
    const Vec step = rate * at.of(one.g);
    const Vec v = kept * at.of(velocity) - step;
    at.put(velocity, v);
    at.put(one.w, at.of(one.w) + (nesterov ? kept * v - step : v));
  });
}

void adagrad_update(const Updated* variables, Index count, double learning_rate, double epsilon) {
  const float rate = static_cast<float>(learning_rate), e = static_cast<float>(epsilon);
  for_each_stretch(variables, count, 3, [=](const Updated& one, Stretch at) {
    float* const accumulator = one.state[0];
    const Vec gradient = at.of(one.g);
    const Vec s = at.of(accumulator) + gradient * gradient;
    at.put(accumulator, s);
    at.put(one.w, at.of(one.w) - rate * gradient / square_root(s + e));
  });
}

void rmsprop_update(const Updated* variables, Index count, double learning_rate, double rho, double momentum,
                    double epsilon) {
  const Average recent(rho);
  const float rate = static_cast<float>(learning_rate), e = static_cast<float>(epsilon);
  const float kept = static_cast<float>(momentum);
  for_each_stretch(variables, count, 3, [=](const Updated& one, Stretch at) {
    const auto [velocity, momentums, average] = one.state;
    const Vec gradient = at.of(one.g);
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
    at.put(one.w, at.of(one.w) - step);
  });
}

void adadelta_update(const Updated* variables, Index count, double learning_rate, double rho, double epsilon) {
  const Average recent(rho);
  const float rate = static_cast<float>(learning_rate), e = static_cast<float>(epsilon);
  for_each_stretch(variables, count, 4, [=](const Updated& one, Stretch at) {
    float* const accumulated_gradient = one.state[0];
    float* const accumulated_step = one.state[1];
    const Vec gradient = at.of(one.g), u = at.of(accumulated_step);
    const Vec s = recent.moved(at.of(accumulated_gradient), gradient * gradient);
    at.put(accumulated_gradient, s);
    const Vec step = gradient * square_root(u + e) / square_root(s + e);
    at.put(accumulated_step, recent.moved(u, step * step));
    at.put(one.w, at.of(one.w) - rate * step);
  });
}

void adam_update(const Updated* variables, Index count, double alpha, double beta_1, double beta_2, double epsilon) {
  const Average first_moment(beta_1), second_moment(beta_2);
  const float a = static_cast<float>(alpha), e = static_cast<float>(epsilon);
  for_each_stretch(variables, count, 4, [=](const Updated& one, Stretch at) {
    const auto [momentum, velocity, highest] = one.state;
    const Vec gradient = at.of(one.g);
    const Vec m = first_moment.moved(at.of(momentum), gradient);
    Vec v = second_moment.moved(at.of(velocity), gradient * gradient);
    at.put(momentum, m);
    at.put(velocity, v);
    if (highest != nullptr) {
      const Vec before = at.of(highest);
      v = before > v ? before : v;
      at.put(highest, v);
    }
    at.put(one.w, at.of(one.w) - a * m / (square_root(v) + e));
  });
}

}  // namespace vitral::VITRAL_ISA
