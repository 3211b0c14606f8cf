// Both sides of a matrix product, and blocks of one: some rows of A times packed panels of B.
#pragma once

#include "kernels/matmul.h"
#include "kernels/memory.h"

namespace vitral::VITRAL_ISA {
namespace {

// Steps of a panel that are used together: 64 KiB of it stay in the nearest caches.
constexpr Index kStepBlock = 264;
// Rows of a block: enough to use a packed panel often, few enough to keep all threads busy to the end.
constexpr Index kRowBlock = 48;
// A transposed A is copied, tile by tile, where more panels than these use the copy.
constexpr Index kFewPanels = 4;

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

  Right from(Index step) const { return {data + (transposed ? step : step * stride), stride, transposed}; }

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

}  // namespace
}  // namespace vitral::VITRAL_ISA
