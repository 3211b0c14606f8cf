// Matrix products C = A B on all threads: packing, blocks and, where few results need long sums, sums in parts.
#pragma once

#include "kernels/loop.h"
#include "kernels/matmul.h"
#include "kernels/memory.h"

namespace vitral::VITRAL_ISA {
namespace {

// Steps of a panel that are used together: 64 KiB of it stay in the nearest caches.
constexpr Index kStepBlock = 256;
// Rows of a block: enough to use a packed panel often, few enough to keep all threads busy to the end.
constexpr Index kRowBlock = 48;
// A sum is cut into parts where there are too few blocks for the threads. Parts depend on the shape alone, and are
// added in order, so the result does not depend on the number of threads.
constexpr Index kFewBlocks = 8;
constexpr Index kShortestPart = 512;
constexpr Index kMostParts = 16;

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

// Rows [row, row + rows) of one panel, steps [begin, end); `panel` holds B's rows from `begin` on.
inline void multiply_block(const Left& left, Index row, Index rows, Index begin, Index end, const float* panel,
                           Index columns, Result result) {
  const Index width = round_up(columns, L);
  const Workspace transposed_rows(left.transposed ? kStepBlock * rows : 0);
  for (Index k = begin; k < end; k += kStepBlock) {
    const Index steps = min(kStepBlock, end - k);
    Strided a{left.data + row * left.stride + k, left.stride, 1};
    if (left.transposed) {
      // Copied close together: the original's steps lie a whole row of memory apart.
      for (Index s = 0; s < steps; ++s)
        std::memcpy(transposed_rows + s * rows, left.data + (k + s) * left.stride + row, rows * sizeof(float));
      a = {transposed_rows, 1, rows};
    }
    multiply_panel(rows, columns, a, panel + (k - begin) * width, width, steps, result);
    result.start = result.data;
    result.start_stride = result.stride;
  }
}

// C = A B, each column starting from `bias` unless it is null. finish(row, column, columns, values) is called once for
// every stretch of a finished row, at most a panel wide, while it is still in the cache.
template <class Finish>
void multiply(Index rows, Index columns, Index steps, const Left& left, const Right& right, const float* bias,
              float* c, Finish&& finish) {
  const Index panels = ceil_div(columns, kPanel);
  const Index blocks = ceil_div(rows, kRowBlock);
  const double work = 2.0 * static_cast<double>(rows) * static_cast<double>(columns) * static_cast<double>(steps);
  const Index parts = blocks * panels < kFewBlocks ? max(1, min(kMostParts, steps / kShortestPart)) : 1;

  const auto finish_rows = [&](Index begin, Index end, Index first, Index width) {
    for (Index row = begin; row < end; ++row) finish(row, first, width, c + row * columns + first);
  };

  if (parts == 1) {
    const Workspace packed(packed_size(steps, columns));
    const Index pieces_of_panel = ceil_div(steps, kStepBlock);
    for_each_piece(panels * pieces_of_panel, 4.0 * static_cast<double>(steps * columns), [&](Index piece) {
      const Index panel = piece / pieces_of_panel, begin = piece % pieces_of_panel * kStepBlock;
      right.pack(begin, min(begin + kStepBlock, steps), panel * kPanel, panel_width(columns, panel),
                 packed + panel * kPanel * steps);
    });
    for_each_piece(blocks * panels, work, [&](Index piece) {
      const Index panel = piece % panels, first = panel * kPanel, width = panel_width(columns, panel);
      const Index row = rows * (piece / panels) / blocks, end = rows * (piece / panels + 1) / blocks;
      multiply_block(left, row, end - row, 0, steps, packed_panel(packed, steps, panel), width,
                     {c + row * columns + first, columns, bias == nullptr ? nullptr : bias + first, 0, 0, false});
      finish_rows(row, end, first, width);
    });
    return;
  }

  const Index size = rows * columns;
  const Workspace sums(parts * size);
  for_each_piece(parts, work, [&](Index part) {
    const Index begin = steps * part / parts, end = steps * (part + 1) / parts;
    const Workspace packed(packed_size(end - begin, kPanel));
    for (Index panel = 0; panel < panels; ++panel) {
      const Index first = panel * kPanel, width = panel_width(columns, panel);
      const Right from_begin{right.data + (right.transposed ? begin : begin * right.stride), right.stride,
                             right.transposed};
      from_begin.pack(0, end - begin, first, width, packed);
      multiply_block(left, 0, rows, begin, end, packed, width, {sums + part * size + first, columns, nullptr, 0, 0, false});
    }
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
