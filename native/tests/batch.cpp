#include "check.h"

namespace vitral::test {
namespace {

TEST(gather_takes_rows) {
  constexpr Index kRows[] = {6, 0, 3, 3, 6};
  constexpr Index kSamples = 7, kCount = 5;
  for (const Index size : {1, 3, 16, 19, 784, 5000}) {
    const Buffer<float> floats = numbers(kSamples * size);
    Buffer<std::uint8_t> bytes(kSamples * size);
    Buffer<Index> rows(kCount);
    Buffer<float> out(kCount * size, 7), of_floats(kCount * size), of_bytes(kCount * size);
    for (Index i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(7 * i);
    for (Index i = 0; i < kCount; ++i) {
      rows[i] = kRows[i];
      for (Index k = 0; k < size; ++k) {
        of_floats[i * size + k] = floats[kRows[i] * size + k];
        of_bytes[i * size + k] = bytes[kRows[i] * size + k];
      }
    }
    kernels().gather_floats(floats, rows, kCount, size, out);
    CHECK(close(out, of_floats, 0));
    kernels().gather_bytes(bytes, rows, kCount, size, out);
    CHECK(close(out, of_bytes, 0));
  }
}

}  // namespace
}  // namespace vitral::test
