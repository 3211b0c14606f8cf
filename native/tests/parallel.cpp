#include <vector>

#include "check.h"
#include "kernels/parallel.h"

namespace vitral::test {
namespace {

// Every thread keeps its share, from the other end: 0 1 2 | 3 4 5 6 of two threads become 2 1 0 | 6 5 4 3.
TEST(pieces_seen_from_the_other_end_of_their_share) {
  const Index expected[] = {2, 1, 0, 6, 5, 4, 3};
  for (Index piece = 0; piece < 7; ++piece) CHECK(mirrored(piece, 7, 2) == expected[piece]);
  for (const int threads : {1, 3, 8, 20})
    for (const Index count : {1, 2, 16}) {
      std::vector<int> met(static_cast<std::size_t>(count));
      for (Index piece = 0; piece < count; ++piece) ++met[static_cast<std::size_t>(mirrored(piece, count, threads))];
      for (const int times : met) CHECK(times == 1);
    }
}

}  // namespace
}  // namespace vitral::test
