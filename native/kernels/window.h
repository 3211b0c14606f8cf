// Parts of images with zeros around them, so that every window lies inside; and gradients of pooled images, of which
// only the winners' places are kept.
#pragma once

#include "kernels/convolution.h"
#include "kernels/lanes.h"
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
    with_lanes(channels, [&](auto lanes) VITRAL_INLINED {
      using V = decltype(lanes);
      const Index size = height * width * channels / 4;
      const float* value = values + first * size;
      const std::uint8_t* winner = winners + first * size;
      for (Index image = 0; image < count; ++image)
        for (Index row = 0; row < height; row += 2)
          for (Index column = 0; column < width; column += 2, value += channels, winner += channels) {
            float* above = room + ((image * height + row) * width + column) * channels;
            float* below = above + width * channels;
            for_each_vector<V::count>(channels, [&](Index i) VITRAL_INLINED {
              const auto v = V::load(value + i);
              const auto place = V::load(winner + i);
              const auto zero = typename V::Floats{};
              V::store(above + i, place == 0 ? v : zero);
              V::store(above + channels + i, place == 1 ? v : zero);
              V::store(below + i, place == 2 ? v : zero);
              V::store(below + channels + i, place == 3 ? v : zero);
            });
          }
    });
    return {room, height, width, channels, first};
  }
  Index room_for(Index count) const { return winners == nullptr ? 0 : count * height * width * channels; }
};

// The largest of four values and which it is, the first of equals; NaN wins. Vectors of any width.
template <class Floats, class Ints>
VITRAL_INLINE Floats largest_of_four(Floats a, Floats b, Floats c, Floats d, Ints& winner) {
  Floats best = a;
  winner = Ints{};
  const auto challenge = [&](Floats next, std::int32_t number) VITRAL_INLINED {
    const Ints wins = (next > best) | (next != next);
    best = wins ? next : best;
    winner = wins ? Ints{} + number : winner;
  };
  challenge(b, 1);
  challenge(c, 2);
  challenge(d, 3);
  return best;
}

}  // namespace
}  // namespace vitral::VITRAL_ISA
