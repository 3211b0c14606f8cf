// Batches: samples taken out of a data set, bytes becoming floats on the way.
#include "kernels/kernels.h"
#include "kernels/lanes.h"
#include "kernels/loop.h"

namespace vitral::VITRAL_ISA {
namespace {

// Calls body(sample of the batch), in pieces of about this many values.
template <class Body>
VITRAL_INLINE void for_each_sample(Index count, Index size, Body&& body) {
  constexpr Index kValues = 16384;
  for_each_block(count, ceil_div(kValues, max(1, size)), static_cast<double>(size), [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) body(i);
  });
}

}  // namespace

void gather_bytes(const std::uint8_t* source, const Index* rows, Index count, Index size, float* out) {
  using V = Lanes<L>;
  for_each_sample(count, size, [&](Index sample) {
    const std::uint8_t* from = source + rows[sample] * size;
    float* to = out + sample * size;
    Index i = 0;
    for (; i + L <= size; i += L) V::store(to + i, __builtin_convertvector(V::load(from + i), Vec));
    for (; i < size; ++i) to[i] = from[i];
  });
}

void gather_floats(const float* source, const Index* rows, Index count, Index size, float* out) {
  for_each_sample(count, size, [&](Index sample) {
    const float* from = source + rows[sample] * size;
    // Rows lie too far apart for the hardware to foresee the next one.
    const float* next = sample + 1 < count ? source + rows[sample + 1] * size : from;
    float* to = out + sample * size;
    for (Index i = 0; i < size; i += L) {
      __builtin_prefetch(next + i);
      store_up_to(to + i, load_up_to(from + i, size - i), size - i);
    }
  });
}

}  // namespace vitral::VITRAL_ISA
