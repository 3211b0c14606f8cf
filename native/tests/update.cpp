#include <vector>

#include "check.h"

namespace vitral::test {
namespace {

// Less than a vector, a vector and a bit, and more than one block.
constexpr Index kSizes[] = {1, 5, 16, 19, 40'001};

// A variable with its gradient and state.
Updated updated(Buffer<float>& w, const float* g = nullptr, float* first = nullptr, float* second = nullptr,
                float* third = nullptr) {
  return {w.size(), w, g, {first, second, third}};
}

TEST(weight_decay_and_sgd_subtract) {
  for (const Index n : kSizes) {
    const Buffer<float> before = numbers(n), gradient = numbers(n, 2);
    Buffer<float> w = numbers(n), expected(n);
    const Updated variable = updated(w, gradient);
    kernels().weight_decay_update(&variable, 1, 0.25);
    for (Index i = 0; i < n; ++i) expected[i] = 0.75f * before[i];
    CHECK(close(w, expected));
    kernels().sgd_update(&variable, 1, 0.5);
    for (Index i = 0; i < n; ++i) expected[i] -= 0.5f * gradient[i];
    CHECK(close(w, expected));
  }
}

TEST(momentum_update_is_its_formula) {
  for (const Index n : kSizes) {
    const Buffer<float> g = numbers(n, 2);
    for (const bool nesterov : {false, true}) {
      Buffer<float> w = numbers(n), expected = numbers(n), velocity(n, 0.5f);
      const Updated variable = updated(w, g, velocity);
      kernels().momentum_update(&variable, 1, 0.1, 0.9, nesterov);
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
    const Updated variable = updated(w, g, accumulator);
    kernels().adagrad_update(&variable, 1, 0.1, 1e-3);
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
        const Updated variable = updated(w, g, v, carried ? static_cast<float*>(momentums) : no_array,
                                         centered ? static_cast<float*>(average) : no_array);
        kernels().rmsprop_update(&variable, 1, 0.1, 0.75, 0.5, 1e-3);
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
    const Updated variable = updated(w, g, s, u);
    kernels().adadelta_update(&variable, 1, 0.1, 0.75, 1e-3);
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
    Updated variable = updated(w, g, m, v, highest);
    kernels().adam_update(&variable, 1, 0.1, 0.9, 0.99, 1e-3);
    for (Index i = 0; i < n; ++i) {
      const float momentum = 0.9f * 0.5f + 0.1f * g[i], velocity = 0.99f * 0.25f + 0.01f * g[i] * g[i];
      expected[i] -= 0.1f * momentum / (std::sqrt(std::fmax(velocity, 0.3f)) + 1e-3f);
    }
    CHECK(close(w, expected));
    variable.state[2] = nullptr;
    kernels().adam_update(&variable, 1, 0.1, 0.9, 0.99, 1e-3);
  }
}

TEST(an_update_of_several_variables_is_that_of_each) {
  constexpr Index kCount = 7;
  constexpr Index sizes[kCount] = {5, 16'384, 1, 40'001, 64, 0, 100};
  std::vector<Buffer<float>> gradients, together, one_by_one, velocities, own_velocities;
  Updated variables[kCount];
  for (Index k = 0; k < kCount; ++k) {
    const auto seed = static_cast<std::uint32_t>(k + 1);
    gradients.push_back(numbers(sizes[k], seed + 10));
    for (auto* to : {&together, &one_by_one}) to->push_back(numbers(sizes[k], seed));
    for (auto* to : {&velocities, &own_velocities}) to->emplace_back(sizes[k], 0.5f);
  }
  for (Index k = 0; k < kCount; ++k) {
    const auto at = static_cast<std::size_t>(k);
    variables[k] = updated(together[at], gradients[at], velocities[at]);
    const Updated alone = updated(one_by_one[at], gradients[at], own_velocities[at]);
    kernels().momentum_update(&alone, 1, 0.1, 0.9, true);
  }
  kernels().momentum_update(variables, kCount, 0.1, 0.9, true);
  for (std::size_t k = 0; k < kCount; ++k) {
    CHECK(close(together[k], one_by_one[k], 0));
    CHECK(close(velocities[k], own_velocities[k], 0));
  }
}

}  // namespace
}  // namespace vitral::test
