// Parts of images with zeros around them, so that every window lies inside; and gradients of pooled images, of which
// only the winners' places are kept.
#pragma once

#include "kernels/convolution.h"
#include "kernels/simd.h"

namespace vitral::VITRAL_ISA {
namespace {

// A batch of images, or, where there are winners, of the gradients behind a 2x2 max pooling: values and winners then
// have half as many rows and columns, and every other pixel of a window is 0.
struct Images {
  const float* values;
  const std::uint8_t* winners;
  Index height, width, channels;

  Index pixels() const { return height * width; }

  // The image itself, where it is stored as such.
  const float* plain(Index image) const { return values + image * pixels() * channels; }

  // Rows [row, row + rows) and columns [column, column + columns) of an image; what lies outside of it is 0. Negative
  // numbers lie above and to the left.
  void part(Index image, Index row, Index rows, Index column, Index columns, float* to) const {
    for (Index r = row; r < row + rows; ++r, to += columns * channels) {
      const Index from = r < 0 || r >= height ? column + columns : min(max(column, 0), column + columns);
      const Index until = max(from, min(width, column + columns));
      const Index before = (from - column) * channels, inside = (until - from) * channels;
      std::memset(to, 0, before * sizeof(float));
      if (winners == nullptr)
        std::memcpy(to + before, plain(image) + (r * width + from) * channels, inside * sizeof(float));
      else
        for (Index c = from; c < until; ++c) unpool(image, r, c, to + (c - column) * channels);
      std::memset(to + before + inside, 0, (columns * channels - before - inside) * sizeof(float));
    }
  }

 private:
  void unpool(Index image, Index row, Index column, float* to) const {
    const Index window = (image * pixels() / 4 + row / 2 * (width / 2) + column / 2) * channels;
    const std::int32_t place = static_cast<std::int32_t>(row % 2 * 2 + column % 2);
    for (Index i = 0; i < channels; i += L) {
      const Index count = channels - i;
      const Vec value = load_up_to(values + window + i, count);
      store_up_to(to + i, load_bytes(winners + window + i, count) == place ? value : Vec{}, count);
    }
  }
};

// The largest of four values and which it is, the first of equals; NaN wins.
VITRAL_INLINE Vec largest_of_four(Vec a, Vec b, Vec c, Vec d, IntVec& winner) {
  const auto challenge = [&](Vec& best, Vec next, std::int32_t number) {
    const IntVec wins = (next > best) | (next != next);
    best = wins ? next : best;
    winner = wins ? IntVec{} + number : winner;
  };
  Vec best = a;
  winner = IntVec{};
  challenge(best, b, 1);
  challenge(best, c, 2);
  challenge(best, d, 3);
  return best;
}

}  // namespace
}  // namespace vitral::VITRAL_ISA
