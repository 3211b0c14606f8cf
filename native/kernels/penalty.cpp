// Penalties on weights, each with its gradient in the same pass.
#include <vector>

#include "kernels/kernels.h"
#include "kernels/loop.h"
#include "kernels/strands.h"

namespace vitral::VITRAL_ISA {

void l2_penalty(const float* w, Index n, double strength, float* gradient, double* penalty) {
  constexpr Index kBlock = 16384;
  const float twice = static_cast<float>(2 * strength);
  std::vector<double> sums(static_cast<std::size_t>(ceil_div(n, kBlock)));
  for_each_block(n, kBlock, 2, [&](Index begin, Index end) {
    Vec squares[4] = {};
    in_four_strands(0, ceil_div(end - begin, L), [&](int strand, Index vector) VITRAL_INLINED {
      const Index i = begin + vector * L, count = end - i;
      const Vec value = load_up_to(w + i, count);
      squares[strand] += value * value;
      store_up_to(gradient + i, load_up_to(gradient + i, count) + twice * value, count);
    });
    sums[begin / kBlock] = sum(together(squares));
  });
  double total = 0;
  for (const double part : sums) total += part;
  *penalty = strength * total;
}

}  // namespace vitral::VITRAL_ISA
