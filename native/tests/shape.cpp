#include "check.h"

namespace vitral::test {
namespace {

TEST(dropout_scales_what_is_kept) {
  for (const Index n : {1, 5, 16, 19, 40'001}) {
    const Buffer<float> x = numbers(n);
    Buffer<std::uint8_t> keep(n);
    Buffer<float> y(n, 7), expected(n);
    for (Index i = 0; i < n; ++i) {
      keep[i] = i % 3 == 0 ? 0 : static_cast<std::uint8_t>(i % 3);  // any byte but 0 means true
      if (keep[i]) expected[i] = 2 * x[i];
    }
    kernels().dropout(x, keep, n, 0.5, y);
    CHECK(close(y, expected));
  }
}

TEST(affine_repeats_its_channels) {
  for (const Index channels : {1, 2, 3, 16, 19, 300}) {
    for (const Index rows : {1, 2, 90, 1000}) {
      const Index n = rows * channels;
      const Buffer<float> x = numbers(n), scale = numbers(channels, 2), offset = numbers(channels, 3);
      Buffer<float> y(n, 7), expected(n);
      for (Index i = 0; i < n; ++i) expected[i] = x[i] * scale[i % channels] + offset[i % channels];
      kernels().affine(x, scale, offset, n, channels, y);
      CHECK(close(y, expected));
      for (Index i = 0; i < n; ++i) expected[i] = x[i] * scale[i % channels];
      kernels().affine(x, scale, nullptr, n, channels, y);
      CHECK(close(y, expected));
    }
  }
}

TEST(zero_pad2d_and_back) {
  constexpr Index kSamples = 2, kHeight = 5, kWidth = 3;
  for (const Border& border : {Border{0, 0, 0, 0}, Border{1, 2, 3, 4}, Border{0, 1, 0, 2}, Border{2, 0, 1, 0}}) {
    for (const Index channels : {1, 3, 17}) {
      const Index height = border.top + kHeight + border.bottom, width = border.left + kWidth + border.right;
      const Buffer<float> x = numbers(kSamples * kHeight * kWidth * channels);
      Buffer<float> y(kSamples * height * width * channels, 7), expected(y.size()), dx(x.size(), 7);
      for (Index n = 0; n < kSamples; ++n)
        for (Index row = 0; row < kHeight; ++row)
          for (Index column = 0; column < kWidth; ++column)
            for (Index c = 0; c < channels; ++c)
              expected[((n * height + border.top + row) * width + border.left + column) * channels + c] =
                  x[((n * kHeight + row) * kWidth + column) * channels + c];
      kernels().zero_pad2d(border, kSamples, kHeight, kWidth, channels, x, y);
      CHECK(close(y, expected, 0));
      kernels().zero_pad2d_backward(border, kSamples, kHeight, kWidth, channels, y, dx);
      CHECK(close(dx, x, 0));
    }
  }
}

}  // namespace
}  // namespace vitral::test
