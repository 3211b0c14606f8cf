// Matrix products C = A B on all threads: packing, blocks and, where few results need long sums, sums in parts.
#pragma once

#include <atomic>

#include "kernels/loop.h"
#include "kernels/matmul.h"
#include "kernels/memory.h"
#include "kernels/single_row.h"

namespace vitral::VITRAL_ISA {
namespace {

// Steps of a panel that are used together: 64 KiB of it stay in the nearest caches.
constexpr Index kStepBlock = 264;
// Rows of a block: enough to use a packed panel often, few enough to keep all threads busy to the end.
constexpr Index kRowBlock = 48;
// A sum is cut into parts where there are too few blocks for the threads, or where it is so long that B would not stay
// in a cache. Parts depend on the shape alone, and are added in order, so the result does not depend on the number of
// threads.
constexpr Index kFewBlocks = 8;
constexpr Index kManyBlocks = 64;
// As much of A as a core's second-level cache holds beside the rest.
constexpr Index kRowsInCache = 256 << 10;
constexpr Index kShortestPart = 512;
constexpr Index kMostParts = 16;
constexpr Index kLongSum = 4096;
constexpr Index kSumsInCache = 256 << 10;
constexpr Index kFewRows = 6;
// A transposed A is copied, tile by tile, where more panels than these use the copy.
constexpr Index kFewPanels = 4;
constexpr Index kStepsAsStored = 16;
// A B up to this size (floats) is packed by each thread for itself: that takes less than fetching the others' parts.
constexpr Index kOwnCopy = 256 << 10;
// A B beyond this size (floats) is read there and back in turn: a call finds in the caches what the last one read last.
constexpr Index kReadOneWay = 128 << 10;

// A (rows, steps) as stored, or transposed: A(row, step) = data[step * stride + row].
struct Left {
  const float* data;
  Index stride;
  bool transposed;
};

// B (steps, columns) as stored, or transposed: B(step, column) = data[column * stride + step].
struct Right {
  const float* data;
  Index stride;
  bool transposed;

  void pack(Index begin, Index end, Index first_column, Index columns, float* to) const {
    if (transposed)
      pack_transposed(data + first_column * stride, stride, begin, end, columns, to);
    else
      pack_panel(data + first_column, stride, begin, end, columns, to);
  }
};

// Rows [row, row + rows) of some panels, steps [begin, end): panels [first, last), of which packed_at(panel) gives the
// packed form from step `begin` on; result_at(panel) says where its values go.
template <class PackedAt, class ResultAt>
void multiply_block(const Left& left, Index row, Index rows, Index begin, Index end, Index columns, Index first,
                    Index last, PackedAt packed_at, ResultAt result_at) {
  const Index blocks = ceil_div(end - begin, kStepBlock), longest = ceil_div(end - begin, max(1, blocks));
  const bool copied = left.transposed && last - first > kFewPanels;
  const Workspace copy(copied ? longest * rows : 0);
  for (Index k = begin; k < end; k += longest) {
    const Index steps = min(longest, end - k);
    if (copied) pack_tiles(left.data + k * left.stride + row, left.stride, steps, rows, copy);
    for (Index panel = first; panel < last; ++panel) {
      const Index width = panel_width(columns, panel), packed_width = round_up(width, L);
      const float* b = packed_at(panel) + (k - begin) * packed_width;
      Result result = result_at(panel);
      if (k > begin) result.start = result.data, result.start_stride = result.stride;
      if (copied)
        multiply_panel(rows, width, ByTiles{copy, steps}, b, packed_width, steps, result);
      else if (left.transposed)
        multiply_panel(rows, width, BySteps{left.data + k * left.stride + row, left.stride}, b, packed_width, steps,
                       result);
      else
        multiply_panel(rows, width, ByRows{left.data + row * left.stride + k, left.stride}, b, packed_width, steps,
                       result);
    }
  }
}

// Every other time.
inline bool reads_backwards() {
  static std::atomic<bool> last{false};
  const bool now = !last.load(std::memory_order_relaxed);
  last.store(now, std::memory_order_relaxed);
  return now;
}

// C = the steps [begin, end) of A B, with B as it lies in memory, each column starting from `bias` unless it is null. The
// last rows of B are copied: a whole vector that begins in one of them ends behind it.
inline void multiply_as_stored(const Left& left, const Right& right, Index rows, Index columns, Index steps,
                               Index begin, Index end, const float* bias, float* c) {
  const auto multiply = [&](Index k, Index until, const float* b, Index stride) {
    for (Index first = 0; first < columns; first += kPanel) {
      Result result{c + first, columns, bias == nullptr ? nullptr : bias + first, 0, 0, false};
      if (k > begin) result.start = result.data, result.start_stride = result.stride;
      multiply_panel(rows, min(kPanel, columns - first), ByRows{left.data + k, left.stride}, b + first, stride,
                     until - k, result);
    }
  };
  const Index width = round_up(columns, L);
  const Index inside = max(begin, min(end, steps - ceil_div(width - columns, right.stride)));
  Index first = begin;
  if (rows == 1 && end - begin < steps)  // sums in parts are added in another order in any case
    first += multiply_single_row(left.data + begin, right.data + begin * right.stride, right.stride, columns,
                                 inside - begin, c);
  for (Index k = first; k < inside; k += kStepsAsStored)
    multiply(k, min(k + kStepsAsStored, inside), right.data + k * right.stride, right.stride);
  if (inside == end) return;
  const Workspace last((end - inside) * width);
  for (Index k = inside; k < end; ++k)
    for (Index j = 0; j < width; j += L)
      store(last + (k - inside) * width + j, load_up_to(right.data + k * right.stride + j, columns - j));
  multiply(inside, end, last, width);
}

// C = A B, each column starting from `bias` unless it is null. finish(row, column, columns, values) is called once for
// every stretch of a finished row while it is still in the cache.
template <class Finish>
void multiply(Index rows, Index columns, Index steps, const Left& left, const Right& right, const float* bias,
              float* c, Finish&& finish) {
  const Index panels = ceil_div(columns, kPanel);
  const Index row_block = left.transposed ? 2 * kRowBlock : kRowBlock, blocks = ceil_div(rows, row_block);
  const double work = static_cast<double>(rows) * static_cast<double>(columns) * static_cast<double>(steps);

  const auto result_at = [&](Index row, Index panel) -> Result {
    const Index first = panel * kPanel;
    return {c + row * columns + first, columns, bias == nullptr ? nullptr : bias + first, 0, 0, false};
  };
  const auto finish_rows = [&](Index begin, Index end, Index first, Index width) {
    for (Index row = begin; row < end; ++row) finish(row, first, width, c + row * columns + first);
  };

  // Many panels and few rows: each piece packs a panel of its own, and it stays in the nearest cache for all rows.
  if (panels >= 2 * kFewBlocks && rows * steps <= kRowsInCache && !left.transposed) {
    for_each_piece(panels, work, [&](Index panel) {
      const Index width = panel_width(columns, panel);
      const Workspace packed(packed_size(steps, width));
      for (Index row = 0; row < rows; ++row) finish.prepare(row, panel * kPanel, width);
      right.pack(0, steps, panel * kPanel, width, packed);
      multiply_block(left, 0, rows, 0, steps, columns, panel, panel + 1,
                     [&](Index) { return static_cast<float*>(packed); }, [&](Index) { return result_at(0, panel); });
      finish_rows(0, rows, panel * kPanel, width);
    });
    return;
  }

  const bool few = blocks * panels < kFewBlocks;
  const bool long_sums = steps >= kLongSum && rows * columns <= kSumsInCache;
  const Index parts = few || long_sums ? max(1, min(kMostParts, steps / kShortestPart)) : 1;
  // Few rows use every number of B once or twice: it is read where it lies.
  const bool as_stored = rows <= kFewRows && !right.transposed && !left.transposed;
  if (parts == 1 && as_stored && work < kWorthSharing) {
    multiply_as_stored(left, right, rows, columns, steps, 0, steps, bias, c);
    finish_rows(0, rows, 0, columns);
    return;
  }
  if (parts == 1 && packed_size(steps, columns) <= kOwnCopy && blocks < kManyBlocks) {
    const Index sharers = max(1, min(threads(), rows / kFewRows));
    for_each_piece(sharers, work, [&](Index piece) {
      const Index begin = rows * piece / sharers, end = rows * (piece + 1) / sharers;
      const Workspace packed(packed_size(steps, columns));
      for (Index panel = 0; panel < panels; ++panel)
        right.pack(0, steps, panel * kPanel, panel_width(columns, panel), packed + panel * kPanel * steps);
      const Index here = ceil_div(end - begin, row_block);
      for (Index block = 0; block < here; ++block) {
        const Index row = begin + (end - begin) * block / here, last = begin + (end - begin) * (block + 1) / here;
        multiply_block(left, row, last - row, 0, steps, columns, 0, panels,
                       [&](Index panel) { return packed_panel(packed, steps, panel); },
                       [&](Index panel) { return result_at(row, panel); });
        finish_rows(row, last, 0, columns);
      }
    });
    return;
  }
  if (parts == 1) {
    const Workspace packed(packed_size(steps, columns));
    const Index pieces_of_panel = ceil_div(steps, kStepBlock);
    for_each_piece(panels * pieces_of_panel, 4.0 * static_cast<double>(steps * columns), [&](Index piece) {
      const Index panel = piece / pieces_of_panel, begin = piece % pieces_of_panel * kStepBlock;
      right.pack(begin, min(begin + kStepBlock, steps), panel * kPanel, panel_width(columns, panel),
                 packed + panel * kPanel * steps);
    });
    // All panels use one copy of a block of a transposed A; where there are many blocks, they are shared out whole.
    const Index groups = left.transposed || blocks >= kManyBlocks ? 1 : panels;
    // A multiple of the usual numbers of threads, so that none is left with a block more than the others.
    const Index even_blocks = blocks == 1 ? 1 : round_up(blocks, 4);
    for_each_piece(even_blocks * groups, work, [&](Index piece) {
      const Index group = piece % groups, first = panels * group / groups, last = panels * (group + 1) / groups;
      const Index row = rows * (piece / groups) / even_blocks, end = rows * (piece / groups + 1) / even_blocks;
      multiply_block(left, row, end - row, 0, steps, columns, first, last,
                     [&](Index panel) { return packed_panel(packed, steps, panel); },
                     [&](Index panel) { return result_at(row, panel); });
      finish_rows(row, end, first * kPanel, min(columns, last * kPanel) - first * kPanel);
    });
    return;
  }

  const Index size = rows * columns;
  const Workspace sums(parts * size);
  const bool back = as_stored && steps * columns > kReadOneWay && reads_backwards();
  const int sharers = threads();  // asked once: somebody may change it meanwhile
  for_each_piece(parts, work, [&](Index piece) {
    const Index part = back ? mirrored(piece, parts, sharers) : piece;
    const Index begin = steps * part / parts, end = steps * (part + 1) / parts;
    if (as_stored) {
      multiply_as_stored(left, right, rows, columns, steps, begin, end, nullptr, sums + part * size);
      return;
    }
    const Workspace packed(packed_size(end - begin, columns));
    const Right from_begin{right.data + (right.transposed ? begin : begin * right.stride), right.stride,
                           right.transposed};
    for (Index panel = 0; panel < panels; ++panel)
      from_begin.pack(0, end - begin, panel * kPanel, panel_width(columns, panel),
                      packed + panel * kPanel * (end - begin));
    for (Index row = 0; row < rows; row += row_block)
      multiply_block(left, row, min(row_block, rows - row), begin, end, columns, 0, panels,
                     [&](Index panel) { return packed_panel(packed, end - begin, panel); },
                     [&](Index panel) -> Result {
                       return {sums + part * size + row * columns + panel * kPanel, columns, nullptr, 0, 0, false};
                     });
  });
  for_each_piece(rows, static_cast<double>(parts * size), [&](Index row) {
    float* to = c + row * columns;
    for (Index first = 0; first < columns; first += L) {
      const Index count = columns - first;
      Vec total = bias == nullptr ? Vec{} : load_up_to(bias + first, count);
      for (Index part = 0; part < parts; ++part)
        total += load_up_to(sums + part * size + row * columns + first, count);
      store_up_to(to + first, total, count);
    }
    finish_rows(row, row + 1, 0, columns);
  });
}

}  // namespace
}  // namespace vitral::VITRAL_ISA
