// Products of few rows with a matrix as it lies in memory: each of its numbers is used once or twice, so memory sets the
// pace and a copy would not pay.
#pragma once

#include "kernels/panels.h"
#include "kernels/strands.h"

namespace vitral::VITRAL_ISA {
namespace {

constexpr Index kFewRows = 6;
constexpr Index kStepsAsStored = 16;
// Rows of a strand that are read together.
constexpr Index kRowsTogether = 8;

// sums(s, column) += the sum of a(s * apart + k) B(s * apart + k, column) over k < steps, for four strands s.
template <int V>
void add_strands(const float* a, const float* b, Index stride, Index apart, Index steps, float* sums,
                 Index sums_stride) {
  Vec total[4][V];
  for (int s = 0; s < 4; ++s)
    for (int v = 0; v < V; ++v) total[s][v] = load(sums + s * sums_stride + v * L);
  for (Index k = 0; k < steps; ++k, ++a, b += stride)
#pragma GCC unroll 4
    for (int s = 0; s < 4; ++s) {
      const Vec x = all(a[s * apart]);
#pragma GCC unroll 4
      for (int v = 0; v < V; ++v) total[s][v] += x * load(b + s * apart * stride + v * L);
    }
  for (int s = 0; s < 4; ++s)
    for (int v = 0; v < V; ++v) store(sums + s * sums_stride + v * L, total[s][v]);
}

// c = a B for as many of B's rows as four strands of equal length have; returns how many those are. Every row must have
// whole vectors to read. The hardware foresees where each strand goes on, but within a page of memory only: reading four
// distant strands keeps more lines on their way from a far cache than reading one.
inline Index multiply_single_row(const float* a, const float* b, Index stride, Index columns, Index rows, float* c) {
  const Index strand = rows / 4, width = round_up(columns, L);
  if (strand <= 0) return 0;
  const Workspace sums(4 * width);
  std::memset(sums, 0, static_cast<std::size_t>(4 * width) * sizeof(float));
  for (Index k = 0; k < strand; k += kRowsTogether) {
    const Index steps = min(kRowsTogether, strand - k);
    for (Index j = 0; j < width; j += kPanel) {
      const auto add = [&](auto vectors) {
        add_strands<vectors()>(a + k, b + k * stride + j, stride, strand, steps, sums + j, width);
      };
      with_vectors(min(kPanel, width - j) / L, add);
    }
  }
  for (Index j = 0; j < columns; j += L) {
    const Vec strands[4] = {load(sums + j), load(sums + width + j), load(sums + 2 * width + j),
                            load(sums + 3 * width + j)};
    store_up_to(c + j, together(strands), columns - j);
  }
  return 4 * strand;
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

}  // namespace
}  // namespace vitral::VITRAL_ISA
