#include "check.h"

namespace vitral::test {
namespace {

// Less than a vector, a vector and a bit, and more than one block.
constexpr Index kSizes[] = {1, 5, 16, 19, 40'001};

TEST(weight_decay_and_sgd_subtract) {
  for (const Index n : kSizes) {
    const Buffer<float> before = numbers(n), gradient = numbers(n, 2);
    Buffer<float> w = numbers(n), expected(n);
    kernels().weight_decay_update(w, n, 0.25);
    for (Index i = 0; i < n; ++i) expected[i] = 0.75f * before[i];
    CHECK(close(w, expected));
    kernels().sgd_update(w, gradient, n, 0.5);
    for (Index i = 0; i < n; ++i) expected[i] -= 0.5f * gradient[i];
    CHECK(close(w, expected));
  }
}

TEST(adam_update_is_its_formula) {
  for (const Index n : kSizes) {
    const Buffer<float> g = numbers(n, 2);
    Buffer<float> w = numbers(n), expected = numbers(n), m(n, 0.5f), v(n, 0.25f), highest(n, 0.3f);
    kernels().adam_update(w, g, m, v, highest, n, 0.1, 0.9, 0.99, 1e-3);
    for (Index i = 0; i < n; ++i) {
      const float momentum = 0.9f * 0.5f + 0.1f * g[i], velocity = 0.99f * 0.25f + 0.01f * g[i] * g[i];
      expected[i] -= 0.1f * momentum / (std::sqrt(std::fmax(velocity, 0.3f)) + 1e-3f);
    }
    CHECK(close(w, expected));
    kernels().adam_update(w, g, m, v, nullptr, n, 0.1, 0.9, 0.99, 1e-3);
  }
}

}  // namespace
}  // namespace vitral::test
