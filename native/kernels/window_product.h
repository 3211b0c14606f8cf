// Products of windows, which overlap in an image, with a packed kernel: a table says where a window's values lie.
#pragma once

#include "kernels/matmul.h"
#include "kernels/memory.h"

namespace vitral::VITRAL_ISA {
namespace {

// A list of whole numbers in pooled memory.
class Table {
 public:
  explicit Table(Index size) : space_(size) {}
  std::int32_t& operator[](Index i) { return data()[i]; }
  std::int32_t* data() const { return reinterpret_cast<std::int32_t*>(static_cast<float*>(space_)); }

 private:
  Workspace space_;
};

// Where windows lie: row after row of `columns` windows, `step` values apart, the rows `pitch` values apart.
struct WindowRows {
  const float* first;
  Index rows, columns, step, pitch;
};

// Windows make consecutive rows of the result.
inline void multiply_windows(const WindowRows& where, const std::int32_t* offsets, Index size, const float* panel,
                      Index columns, Result result) {
  constexpr Index kAtOnce = 96;  // divisible by the heights of most tiles
  // Steps of the panel that stay in the nearest cache while all windows pass.
  constexpr Index kSteps = 160;
  const float* windows[kAtOnce];
  const bool clip = result.relu;
  const Index blocks = max(1, ceil_div(size, kSteps));  // without steps the results are still written
  const Index count = where.rows * where.columns;
  const float* row = where.first;
  Index column = 0;
  for (Index first = 0; first < count; first += kAtOnce) {
    const Index here = min(kAtOnce, count - first);
    for (Index i = 0; i < here; ++i) {
      windows[i] = row + column * where.step;
      if (++column == where.columns) column = 0, row += where.pitch;
    }
    Result part = result.from_row(first);
    for (Index block = 0; block < blocks; ++block) {
      const Index begin = size * block / blocks, end = size * (block + 1) / blocks;
      part.relu = clip && block == blocks - 1;
      multiply_panel(here, columns, Stepped{windows, offsets + begin}, panel + begin * round_up(columns, L),
                     round_up(columns, L), end - begin, part);
      part.start = part.data, part.start_stride = part.stride;
    }
  }
}

}  // namespace
}  // namespace vitral::VITRAL_ISA
