#include "check.h"

namespace vitral::test {
namespace {

TEST(l2_penalty_adds_its_gradient) {
  for (const Index n : {1, 5, 16, 19, 40'001}) {
    const Buffer<float> w = numbers(n), before = numbers(n, 2);
    Buffer<float> gradient = numbers(n, 2), expected(n);
    double penalty = -1, sum = 0;
    kernels().l2_penalty(w, n, 0.25, gradient, &penalty);
    for (Index i = 0; i < n; ++i) {
      expected[i] = before[i] + 0.5f * w[i];
      sum += static_cast<double>(w[i]) * static_cast<double>(w[i]);
    }
    CHECK(close(gradient, expected));
    CHECK(std::abs(penalty - 0.25 * sum) <= 1e-5 * sum);
  }
}

}  // namespace
}  // namespace vitral::test
