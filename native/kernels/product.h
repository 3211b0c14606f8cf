// Matrix products C = A B on all threads, in the way that suits their shape.
//
// None of the ways lets the number of threads decide in which order a sum is added up.
#pragma once

#include <atomic>

#include "kernels/as_stored.h"
#include "kernels/loop.h"
#include "kernels/packed.h"

namespace vitral::VITRAL_ISA {
namespace {

constexpr Index kFewBlocks = 8;
constexpr Index kManyBlocks = 64;
// As much of A as a core's second-level cache holds beside the rest.
constexpr Index kRowsInCache = 256 << 10;
// A B up to this size (floats) is packed by each thread for itself: that takes less than fetching the others' parts.
constexpr Index kOwnCopy = 256 << 10;
// A B beyond this size (floats) is read there and back in turn: a call finds in the caches what the last one read last.
constexpr Index kReadOneWay = 128 << 10;
constexpr Index kShortestPart = 512;
constexpr Index kMostParts = 16;
constexpr Index kLongSum = 4096;
constexpr Index kSumsInCache = 256 << 10;

// Every other time.
inline bool reads_backwards() {
  static std::atomic<bool> last{false};
  const bool now = !last.load(std::memory_order_relaxed);
  last.store(now, std::memory_order_relaxed);
  return now;
}

// C = A B, each column starting from `bias` unless it is null. finish(row, column, columns, values) is called once for
// every stretch of a finished row while it is still in the cache.
template <class Finish>
class Product {
 public:
  Product(Index rows, Index columns, Index steps, const Left& left, const Right& right, const float* bias, float* c,
          const Finish& finish)
      : rows_(rows), columns_(columns), steps_(steps), left_(left), right_(right), bias_(bias), c_(c), finish_(finish),
        panels_(ceil_div(columns, kPanel)), row_block_(left.transposed ? 2 * kRowBlock : kRowBlock),
        blocks_(ceil_div(rows, row_block_)),
        work_(static_cast<double>(rows) * static_cast<double>(columns) * static_cast<double>(steps)) {}

  void compute() const {
    if (panels_ >= 2 * kFewBlocks && rows_ * steps_ <= kRowsInCache && !left_.transposed) return panel_by_panel();
    // Few rows use every number of B once or twice: it is read where it lies.
    const bool as_stored = rows_ <= kFewRows && !right_.transposed && !left_.transposed;
    const Index parts = parts_of_sums();
    if (parts > 1) return in_parts(parts, as_stored);
    if (as_stored && work_ < kWorthSharing) return alone_as_stored();
    if (packed_size(steps_, columns_) <= kOwnCopy && blocks_ < kManyBlocks) return with_own_copies();
    with_one_copy();
  }

 private:
  // Sums are cut into parts where there are too few blocks for the threads, or where they are so long that B would not
  // stay in a cache.
  Index parts_of_sums() const {
    const bool few = blocks_ * panels_ < kFewBlocks;
    const bool long_sums = steps_ >= kLongSum && rows_ * columns_ <= kSumsInCache;
    return few || long_sums ? max(1, min(kMostParts, steps_ / kShortestPart)) : 1;
  }

  Result result_at(Index row, Index panel) const {
    const Index first = panel * kPanel;
    return {c_ + row * columns_ + first, columns_, bias_ == nullptr ? nullptr : bias_ + first, 0, 0, false};
  }

  void finish_rows(Index begin, Index end, Index first, Index width) const {
    for (Index row = begin; row < end; ++row) finish_(row, first, width, c_ + row * columns_ + first);
  }

  // Many panels and few rows: each piece packs a panel of its own, and it stays in the nearest cache for all rows.
  void panel_by_panel() const {
    for_each_piece(panels_, work_, [&](Index panel) {
      const Index width = panel_width(columns_, panel);
      const Workspace packed(packed_size(steps_, width));
      for (Index row = 0; row < rows_; ++row) finish_.prepare(row, panel * kPanel, width);
      right_.pack(0, steps_, panel * kPanel, width, packed);
      multiply_block(left_, 0, rows_, 0, steps_, columns_, panel, panel + 1,
                     [&](Index) { return static_cast<float*>(packed); }, [&](Index) { return result_at(0, panel); });
      finish_rows(0, rows_, panel * kPanel, width);
    });
  }

  void alone_as_stored() const {
    multiply_as_stored(left_, right_, rows_, columns_, steps_, 0, steps_, bias_, c_);
    finish_rows(0, rows_, 0, columns_);
  }

  // Each thread packs all of B and takes a share of the rows.
  void with_own_copies() const {
    const Index sharers = max(1, min(threads(), rows_ / kFewRows));
    for_each_piece(sharers, work_, [&](Index piece) {
      const Index begin = rows_ * piece / sharers, rows = rows_ * (piece + 1) / sharers - begin;
      const Packed packed(right_, steps_, columns_);
      const Index blocks = ceil_div(rows, row_block_);
      for (Index block = 0; block < blocks; ++block) {
        const Index row = begin + rows * block / blocks, end = begin + rows * (block + 1) / blocks;
        multiply_block(left_, row, end - row, 0, steps_, columns_, 0, panels_,
                       [&](Index panel) { return packed.panel(panel); },
                       [&](Index panel) { return result_at(row, panel); });
        finish_rows(row, end, 0, columns_);
      }
    });
  }

  // All threads pack B together and take blocks of rows.
  void with_one_copy() const {
    const Workspace packed(packed_size(steps_, columns_));
    const Index pieces_of_panel = ceil_div(steps_, kStepBlock);
    for_each_piece(panels_ * pieces_of_panel, 4.0 * static_cast<double>(steps_ * columns_), [&](Index piece) {
      const Index panel = piece / pieces_of_panel, begin = piece % pieces_of_panel * kStepBlock;
      right_.pack(begin, min(begin + kStepBlock, steps_), panel * kPanel, panel_width(columns_, panel),
                  packed + panel * kPanel * steps_);
    });
    // All panels use one copy of a block of a transposed A; where there are many blocks, they are shared out whole.
    const Index groups = left_.transposed || blocks_ >= kManyBlocks ? 1 : panels_;
    // A multiple of the usual numbers of threads, so that none is left with a block more than the others.
    const Index blocks = blocks_ == 1 ? 1 : round_up(blocks_, 4);
    for_each_piece(blocks * groups, work_, [&](Index piece) {
      const Index group = piece % groups, first = panels_ * group / groups, last = panels_ * (group + 1) / groups;
      const Index row = rows_ * (piece / groups) / blocks, end = rows_ * (piece / groups + 1) / blocks;
      multiply_block(left_, row, end - row, 0, steps_, columns_, first, last,
                     [&](Index panel) { return packed_panel(packed, steps_, panel); },
                     [&](Index panel) { return result_at(row, panel); });
      finish_rows(row, end, first * kPanel, min(columns_, last * kPanel) - first * kPanel);
    });
  }

  // Each piece makes a part of all sums; the parts are added in order.
  void in_parts(Index parts, bool as_stored) const {
    const Index size = rows_ * columns_;
    const Workspace sums(parts * size);
    const bool back = as_stored && steps_ * columns_ > kReadOneWay && reads_backwards();
    const int sharers = threads();  // asked once: somebody may change it meanwhile
    for_each_piece(parts, work_, [&](Index piece) {
      const Index part = back ? mirrored(piece, parts, sharers) : piece;
      const Index begin = steps_ * part / parts, end = steps_ * (part + 1) / parts;
      float* const to = sums + part * size;
      if (as_stored) return multiply_as_stored(left_, right_, rows_, columns_, steps_, begin, end, nullptr, to);
      const Packed packed(right_.from(begin), end - begin, columns_);
      for (Index row = 0; row < rows_; row += row_block_)
        multiply_block(left_, row, min(row_block_, rows_ - row), begin, end, columns_, 0, panels_,
                       [&](Index panel) { return packed.panel(panel); },
                       [&](Index panel) { return fresh(to + row * columns_ + panel * kPanel, columns_); });
    });
    for_each_piece(rows_, static_cast<double>(parts * size), [&](Index row) {
      for (Index first = 0; first < columns_; first += L) {
        const Index at = row * columns_ + first, count = columns_ - first;
        Vec total = bias_ == nullptr ? Vec{} : load_up_to(bias_ + first, count);
        for (Index part = 0; part < parts; ++part) total += load_up_to(sums + part * size + at, count);
        store_up_to(c_ + at, total, count);
      }
      finish_rows(row, row + 1, 0, columns_);
    });
  }

  Index rows_, columns_, steps_;
  Left left_;
  Right right_;
  const float* bias_;
  float* c_;
  const Finish& finish_;
  Index panels_, row_block_, blocks_;
  double work_;
};

template <class Finish>
void multiply(Index rows, Index columns, Index steps, const Left& left, const Right& right, const float* bias,
              float* c, const Finish& finish) {
  Product<Finish>(rows, columns, steps, left, right, bias, c, finish).compute();
}

}  // namespace
}  // namespace vitral::VITRAL_ISA
