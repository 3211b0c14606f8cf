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

TEST(momentum_update_is_its_formula) {
  for (const Index n : kSizes) {
    const Buffer<float> g = numbers(n, 2);
    for (const bool nesterov : {false, true}) {
      Buffer<float> w = numbers(n), expected = numbers(n), velocity(n, 0.5f);
      kernels().momentum_update(w, g, velocity, n, 0.1, 0.9, nesterov);
      for (Index i = 0; i < n; ++i) {
        const float v = 0.9f * 0.5f - 0.1f * g[i];
        expected[i] += nesterov ? 0.9f * v - 0.1f * g[i] : v;
      }
      CHECK(close(w, expected));
    }
  }
}

TEST(adagrad_update_is_its_formula) {
  for (const Index n : kSizes) {
    const Buffer<float> g = numbers(n, 2);
    Buffer<float> w = numbers(n), expected = numbers(n), accumulator(n, 0.5f);
    kernels().adagrad_update(w, g, accumulator, n, 0.1, 1e-3);
    for (Index i = 0; i < n; ++i) expected[i] -= 0.1f * g[i] / std::sqrt(0.5f + g[i] * g[i] + 1e-3f);
    CHECK(close(w, expected));
  }
}

TEST(rmsprop_update_is_its_formula) {
  for (const Index n : kSizes) {
    const Buffer<float> g = numbers(n, 2);
    for (const bool carried : {false, true}) {
      for (const bool centered : {false, true}) {
        Buffer<float> w = numbers(n), expected = numbers(n), v(n, 0.5f), momentums(n, 0.25f), average(n, 0.125f);
        float* const no_array = nullptr;
        kernels().rmsprop_update(w, g, v, carried ? static_cast<float*>(momentums) : no_array,
                                 centered ? static_cast<float*>(average) : no_array, n, 0.1, 0.75, 0.5, 1e-3);
        for (Index i = 0; i < n; ++i) {
          const float mean = 0.75f * 0.125f + 0.25f * g[i];
          const float spread = 0.75f * 0.5f + 0.25f * g[i] * g[i] - (centered ? mean * mean : 0);
          expected[i] -= 0.1f * g[i] / std::sqrt(spread + 1e-3f) + (carried ? 0.5f * 0.25f : 0);
        }
        CHECK(close(w, expected));
      }
    }
  }
}

TEST(adadelta_update_is_its_formula) {
  for (const Index n : kSizes) {
    const Buffer<float> g = numbers(n, 2);
    Buffer<float> w = numbers(n), expected = numbers(n), s(n, 0.5f), u(n, 0.25f), expected_u(n);
    kernels().adadelta_update(w, g, s, u, n, 0.1, 0.75, 1e-3);
    for (Index i = 0; i < n; ++i) {
      const float size = 0.75f * 0.5f + 0.25f * g[i] * g[i];
      const float step = g[i] * std::sqrt(0.25f + 1e-3f) / std::sqrt(size + 1e-3f);
      expected[i] -= 0.1f * step;
      expected_u[i] = 0.75f * 0.25f + 0.25f * step * step;
    }
    CHECK(close(w, expected));
    CHECK(close(u, expected_u));
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
