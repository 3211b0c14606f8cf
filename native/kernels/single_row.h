// A single row times a matrix as it lies in memory: each number of the matrix is used once, so memory sets the pace.
#pragma once

#include "kernels/matmul.h"
#include "kernels/memory.h"
#include "kernels/strands.h"

namespace vitral::VITRAL_ISA {
namespace {

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

}  // namespace
}  // namespace vitral::VITRAL_ISA
