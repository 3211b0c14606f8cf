// Random numbers: NumPy's Philox generator, bit by bit, but in pieces, since each number follows from its place alone.
//
// Philox4x64-10 is from Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
#include <cmath>

#include "kernels/kernels.h"
#include "kernels/loop.h"

namespace vitral::VITRAL_ISA {
namespace {

__extension__ typedef unsigned __int128 Product;

constexpr Index kWords = 4;    // that a block gives at once
constexpr Index kAtOnce = 64;  // blocks whose words are drawn before they are looked at

VITRAL_INLINE void philox(std::uint64_t block, std::uint64_t key0, std::uint64_t key1, std::uint64_t* words) {
  std::uint64_t a = block, b = 0, c = 0, d = 0;
#pragma GCC unroll 10
  for (int round = 0; round < 10; ++round) {
    const Product one = static_cast<Product>(0xD2E7470EE14C6C93u) * a;
    const Product two = static_cast<Product>(0xCA5A826395121157u) * c;
    a = static_cast<std::uint64_t>(two >> 64) ^ b ^ key0;
    b = static_cast<std::uint64_t>(two);
    c = static_cast<std::uint64_t>(one >> 64) ^ d ^ key1;
    d = static_cast<std::uint64_t>(one);
    key0 += 0x9E3779B97F4A7C15u;
    key1 += 0xBB67AE8584CAA73Bu;
  }
  words[0] = a, words[1] = b, words[2] = c, words[3] = d;
}

}  // namespace

// The generator counts before it draws, so its first block is number 1. A number in [0, 1) is the upper 24 bits of half
// a word, the lower half first, times 2^-24; the comparison with the rate is exact in whole numbers.
void keep_mask(std::uint64_t key0, std::uint64_t key1, double rate, Index n, std::uint8_t* keep) {
  constexpr Index kDrawn = 2 * kWords * kAtOnce;
  const auto least = static_cast<std::uint32_t>(std::ceil(static_cast<float>(rate) * 16777216.0f));
  for_each_block(n, 8 * kDrawn, 10, [=](Index begin, Index end) {
    std::uint64_t words[kWords * kAtOnce];
    std::uint8_t kept[kDrawn];
    for (Index i = begin; i < end; i += kDrawn) {
      const Index here = min(kDrawn, end - i), blocks = ceil_div(here, 2 * kWords);
      for (Index block = 0; block < blocks; ++block)
        philox(static_cast<std::uint64_t>(i / (2 * kWords) + block + 1), key0, key1, words + kWords * block);
      for (Index word = 0; word < kWords * blocks; ++word) {
        kept[2 * word] = static_cast<std::uint32_t>(words[word]) >> 8 >= least;
        kept[2 * word + 1] = static_cast<std::uint32_t>(words[word] >> 40) >= least;
      }
      std::memcpy(keep + i, kept, static_cast<std::size_t>(here));
    }
  });
}

}  // namespace vitral::VITRAL_ISA
