// Making one array of two.
#include "kernels/kernels.h"
#include "kernels/loop.h"

namespace vitral::VITRAL_ISA {

void add(const float* a, const float* b, Index n, float* y) {
  constexpr Index kBlock = 16384;
  for_each_block(n, kBlock, 1, [=](Index begin, Index end) {
    for (Index i = begin; i < end; i += L)
      store_up_to(y + i, load_up_to(a + i, end - i) + load_up_to(b + i, end - i), end - i);
  });
}

}  // namespace vitral::VITRAL_ISA
