// The optimizers' steps, each in one pass over the variable, its gradient and its state.
#include "kernels/kernels.h"
#include "kernels/loop.h"
#include "kernels/math.h"

namespace vitral::VITRAL_ISA {
namespace {

// Values in a block: large enough to be worth handing to a thread.
constexpr Index kBlock = 16384;

// A moving average: rate * average + (1 - rate) * value.
struct Average {
  explicit Average(double rate) : rate(static_cast<float>(rate)), rest(static_cast<float>(1 - rate)) {}
  Vec moved(Vec average, Vec value) const { return rate * average + rest * value; }
  float rate, rest;
};

}  // namespace

void weight_decay_update(float* w, Index n, double rate) {
  const float r = static_cast<float>(rate);
  for_each_block(n, kBlock, 1, [=](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) w[i] -= r * w[i];
  });
}

void sgd_update(float* w, const float* g, Index n, double learning_rate) {
  const float rate = static_cast<float>(learning_rate);
  for_each_block(n, kBlock, 1, [=](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) w[i] -= rate * g[i];
  });
}

void adam_update(float* w, const float* g, float* momentum, float* velocity, float* highest, Index n, double alpha,
                 double beta_1, double beta_2, double epsilon) {
  const Average first(beta_1), second(beta_2);
  const float a = static_cast<float>(alpha), e = static_cast<float>(epsilon);
  for_each_block(n, kBlock, 4, [=](Index begin, Index end) {
    for (Index i = begin; i < end; i += L) {
      const Index count = end - i;
      const Vec gradient = load_up_to(g + i, count);
      const Vec m = first.moved(load_up_to(momentum + i, count), gradient);
      Vec v = second.moved(load_up_to(velocity + i, count), gradient * gradient);
      store_up_to(momentum + i, m, count);
      store_up_to(velocity + i, v, count);
      if (highest != nullptr) {
        const Vec before = load_up_to(highest + i, count);
        v = before > v ? before : v;
        store_up_to(highest + i, v, count);
      }
      store_up_to(w + i, load_up_to(w + i, count) - a * m / (square_root(v) + e), count);
    }
  });
}

}  // namespace vitral::VITRAL_ISA
