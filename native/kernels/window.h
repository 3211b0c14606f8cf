// Parts of images with zeros around them, so that every window lies inside; and gradients of pooled images, of which
// only the winners' places are kept.
#pragma once

#include "kernels/convolution.h"
#include "kernels/simd.h"

namespace vitral::VITRAL_ISA {
namespace {

// Images in a row, the first of them number `first` of the batch.
struct Images {
  const float* values;
  Index height, width, channels;
  Index first = 0;

  Index size() const { return height * width * channels; }
  const float* operator[](Index image) const { return values + (image - first) * size(); }

  // Rows [row, row + rows) and columns [column, column + columns) of an image; what lies outside of it is 0. Negative
  // numbers lie above and to the left.
  void part(Index image, Index row, Index rows, Index column, Index columns, float* to) const {
    const Index from = min(max(column, 0), column + columns), until = max(from, min(width, column + columns));
    const Index before = (from - column) * channels, inside = (until - from) * channels;
    for (Index r = row; r < row + rows; ++r, to += columns * channels) {
      if (r < 0 || r >= height) {
        clear(to, columns * channels);
        continue;
      }
      clear(to, before);
      copy((*this)[image] + (r * width + from) * channels, to + before, inside);
      clear(to + before + inside, columns * channels - before - inside);
    }
  }

 private:
  // Short stretches, for which the library's functions take longer to call than to run.
  static void clear(float* to, Index count) {
    Index i = 0;
    for (; i + L <= count; i += L) store(to + i, Vec{});
    for (; i < count; ++i) to[i] = 0;
  }
  static void copy(const float* from, float* to, Index count) {
    Index i = 0;
    for (; i + L <= count; i += L) store(to + i, load(from + i));
    for (; i < count; ++i) to[i] = from[i];
  }
};

// Gradients of images that a 2x2 max pooling made smaller: a value for each window, and which of its pixels gets it.
// Without winners there was no pooling, and the values are the gradients themselves.
struct Gradients {
  const float* values;
  const std::uint8_t* winners;
  Index height, width, channels;  // before the pooling

  // The gradients of images [first, first + count), made in `room` if they have to be.
  Images images(Index first, Index count, float* room) const {
    if (winners == nullptr) return {values, height, width, channels};
    for (Index image = 0; image < count; ++image)
      for (Index row = 0; row < height; row += 2)
        for (Index column = 0; column < width; column += 2) {
          const Index window = (((first + image) * height + row) / 2 * (width / 2) + column / 2) * channels;
          float* above = room + ((image * height + row) * width + column) * channels;
          spread(values + window, winners + window, above, above + width * channels);
        }
    return {room, height, width, channels, first};
  }
  Index room_for(Index count) const { return winners == nullptr ? 0 : count * height * width * channels; }

 private:
  void spread(const float* value, const std::uint8_t* winner, float* above, float* below) const {
    for (Index i = 0; i < channels; i += L) {
      const Index here = channels - i;
      const Vec v = load_up_to(value + i, here);
      const IntVec place = load_bytes(winner + i, here);
      store_up_to(above + i, place == 0 ? v : Vec{}, here);
      store_up_to(above + channels + i, place == 1 ? v : Vec{}, here);
      store_up_to(below + i, place == 2 ? v : Vec{}, here);
      store_up_to(below + channels + i, place == 3 ? v : Vec{}, here);
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
