// Rows of classes, as a rule shorter than a vector: what softmax and the cross-entropies share.
#pragma once

#include "kernels/loop.h"
#include "kernels/math.h"

namespace vitral::VITRAL_ISA {
namespace {

// Calls body(row) for every row, in pieces of about this many values.
template <class Body>
VITRAL_INLINE void for_each_row(Index rows, Index columns, Body body) {
  constexpr Index kValues = 4096;
  constexpr double kWorkPerValue = 25;  // an exponential
  for_each_block(rows, max(1, kValues / columns), kWorkPerValue * static_cast<double>(columns),
                 [=](Index begin, Index end) {
                   for (Index row = begin; row < end; ++row) body(row);
                 });
}

// An array of rows, to be read.
class Rows {
 public:
  Rows(const float* data, Index rows, Index columns) : data_(data), size_(rows * columns), columns_(columns) {}

  // Columns i to i + L - 1 of a row; beyond its end `rest`. There the next row is read and dropped, as long as there is
  // one: loading a part of a vector takes longer, and waits for what was in the register before.
  Vec at(Index row, Index i, float rest = 0.0f) const {
    const Index begin = row * columns_ + i, count = columns_ - i;
    if (count >= L) return load(data_ + begin);
    return first(begin + L <= size_ ? load(data_ + begin) : load_part(data_ + begin, count), count, rest);
  }

  float value(Index row, Index column) const { return data_[row * columns_ + column]; }

 private:
  const float* data_;
  Index size_, columns_;
};

constexpr float kNothing = -__builtin_inff();

VITRAL_INLINE float sum_of_row(const Rows& x, Index row, Index columns) {
  Vec total{};
  for (Index i = 0; i < columns; i += L) total += x.at(row, i);
  return sum(total);
}

// A NaN may be left out: e^(NaN - largest) brings it into every sum.
VITRAL_INLINE float largest_of_row(const Rows& x, Index row, Index columns) {
  Vec top = all(kNothing);
  for (Index i = 0; i < columns; i += L) {
    const Vec values = x.at(row, i, kNothing);
    top = values > top ? values : top;
  }
  return largest(top);
}

// The terms e^(x - top) of a row, which the caller will read again. Those of a short row stay here, in whole vectors:
// to read back what was just written as a part of a vector makes the processor wait. Longer rows go to the result.
class Terms {
 public:
  Terms(float* result, Index columns)
      : data_(columns <= kShort ? short_ : result), room_(columns <= kShort ? kShort : columns) {}
  void put(Index i, Vec v) { store_up_to(data_ + i, v, room_ - i); }
  Vec at(Index i) const { return load_up_to(data_ + i, room_ - i); }

 private:
  static constexpr Index kShort = 256;
  float short_[kShort];
  float* data_;
  Index room_;
};

// Fills in the terms and returns their sum.
VITRAL_INLINE float exponentials_of_row(const Rows& x, Index row, Index columns, float top, Terms& terms) {
  Vec total{};
  for (Index i = 0; i < columns; i += L) {
    const Vec term = exp(x.at(row, i, kNothing) - top);
    terms.put(i, term);
    total += term;
  }
  return sum(total);
}

}  // namespace
}  // namespace vitral::VITRAL_ISA
