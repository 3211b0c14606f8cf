// A small matrix that several products have on their right, packed once.
#pragma once

#include "kernels/panels.h"

namespace vitral::VITRAL_ISA {
namespace {

class Packed {
 public:
  Packed(const Right& matrix, Index steps, Index columns)
      : steps_(steps), columns_(columns), panels_(packed_size(steps, columns)) {
    for (Index panel = 0; panel * kPanel < columns; ++panel)
      matrix.pack(0, steps, panel * kPanel, panel_width(columns, panel), panels_ + panel * kPanel * steps);
  }

  const float* panel(Index panel) const { return packed_panel(panels_, steps_, panel); }

  // result = A times the matrix, on the calling thread, or added to what result.start has.
  template <class A>
  void multiply(Index rows, const A& a, const Result& result) const {
    for (Index panel = 0; panel * kPanel < columns_; ++panel) {
      const Index width = panel_width(columns_, panel);
      Result here = result;
      here.data += panel * kPanel;
      if (here.start != nullptr) here.start += panel * kPanel;
      multiply_panel(rows, width, a, packed_panel(panels_, steps_, panel), round_up(width, L), steps_, here);
    }
  }

 private:
  Index steps_, columns_;
  Workspace panels_;
};

// A result that begins with zeros.
VITRAL_INLINE Result fresh(float* data, Index stride) { return {data, stride, nullptr, 0, 0, false}; }

}  // namespace
}  // namespace vitral::VITRAL_ISA
