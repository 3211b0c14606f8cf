#include "check.h"

namespace vitral::test {
namespace {

// np.random.Generator(np.random.Philox(key=[1, 2])).random(20, np.float32) >= 0.5, by NumPy 2.4.
TEST(masks_are_those_of_numpy) {
  constexpr bool kExpected[] = {true, false, false, false, false, false, true, true, false, false, true, false, false,
                               false, true, true, true, true, true, true};
  for (Index n = 0; n <= 20; ++n) {
    Buffer<std::uint8_t> keep(n, 7);
    kernels().keep_mask(1, 2, 0.5, n, keep);
    for (Index i = 0; i < n; ++i) CHECK(keep[i] == kExpected[i]);
  }
}

TEST(masks_keep_the_share_that_they_should) {
  Buffer<std::uint8_t> keep(100'003, 7);
  for (const double rate : {0.0, 0.1, 0.9}) {
    kernels().keep_mask(3, 4, rate, keep.size(), keep);
    Index kept = 0;
    for (Index i = 0; i < keep.size(); ++i) kept += keep[i];
    CHECK(close(static_cast<double>(kept) / static_cast<double>(keep.size()), 1 - rate, 5e-3));
  }
}

}  // namespace
}  // namespace vitral::test
