#include "check.h"

namespace vitral::test {
namespace {

TEST(sums) {
  for (const Index n : {0, 1, 5, 16, 37, 40'000}) {
    const Buffer<float> a = numbers(n), b = numbers(n, 2);
    Buffer<float> y(n, 7);
    Buffer<double> expected(n);
    kernels().add(a, b, n, y);
    for (Index i = 0; i < n; ++i) expected[i] = a[i] + b[i];
    CHECK(close(y, expected, 0));
  }
}

}  // namespace
}  // namespace vitral::test
