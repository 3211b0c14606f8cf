// The one loop in which nearly all time is spent: a tile of results, kept in registers, gets row after row of a
// narrow panel B, each times one number of A per result row. Dense layers, convolutions and Winograd's products differ
// only in where A's numbers lie.
#pragma once

#include <type_traits>

#include "kernels/kernels.h"
#include "kernels/simd.h"

namespace vitral::VITRAL_ISA {
namespace {

#if defined(__AVX512F__) || defined(__aarch64__)
constexpr int kRegisters = 32;
#else
constexpr int kRegisters = 16;
#endif
// Vectors side by side in a tile, and so in a panel: with six rows, AVX-512's 24 sums, 4 vectors of B and the number
// of A leave three registers over; with AVX2's 16 registers the same holds for 2 vectors.
constexpr int kPanelVectors = kRegisters == 32 ? 4 : 2;
constexpr Index kPanel = kPanelVectors * L;
// More rows would need more pointers than there are registers for them; eight sums hide an addition's latency.
constexpr int kMostRows = 8;

constexpr int rows_for(int vectors) {
  const int fit = (kRegisters - 1 - vectors) / vectors;
  return fit < kMostRows ? fit : kMostRows;
}

// Where A lies. Of each, tile(row, rows) is what the tile of these rows reads, and kTileRows how many they may be.

// A(row, step) = data[row * row_stride + step].
struct ByRows {
  static constexpr int kTileRows = kMostRows;
  const float* data;
  Index row_stride;
  ByRows tile(Index row, Index) const { return {data + row * row_stride, row_stride}; }
};

// A(row, step) = data[row + step * step_stride].
struct BySteps {
  static constexpr int kTileRows = kMostRows;
  const float* data;
  Index step_stride;
  BySteps tile(Index row, Index) const { return {data + row, step_stride}; }
};

// The same in the order in which tiles of up to kTileRows read it, see pack_tiles.
struct ByTiles {
  static constexpr int kTileRows = rows_for(kPanelVectors);
  const float* data;
  Index steps;
  BySteps tile(Index row, Index rows) const { return {data + row * steps, rows}; }
};

// A(row, step) = rows[row][steps[step]]: windows of an image, where neither is regular.
struct Stepped {
  static constexpr int kTileRows = kMostRows;
  const float* const* rows;
  const std::int32_t* steps;
  Stepped tile(Index row, Index) const { return {rows + row, steps}; }
};

// Where a tile begins: from zero (null), from a bias (stride 0), or from what is there already (start = data).
// `last` values of the last vector exist; the others are neither read nor written.
struct Result {
  float* data;
  Index stride;
  const float* start;
  Index start_stride;
  Index last;
  bool relu;
  Result from_row(Index row) const {
    return {data + row * stride, stride, start == nullptr ? nullptr : start + row * start_stride, start_stride, last,
            relu};
  }
};

// One tile: P rows, V vectors. B(step, column) = b[step * b_stride + column].
template <int P, int V, class A>
__attribute__((noinline)) void tile(const A a, const float* b, Index b_stride, Index steps, const Result& result) {
  Vec sums[P][V];
#pragma GCC unroll 16
  for (int p = 0; p < P; ++p)
#pragma GCC unroll 4
    for (int v = 0; v < V; ++v) sums[p][v] = Vec{};
  if (result.start != nullptr) {
#pragma GCC unroll 16
    for (int p = 0; p < P; ++p)
#pragma GCC unroll 4
      for (int v = 0; v < V; ++v) {
        const float* from = result.start + p * result.start_stride + v * L;
        sums[p][v] = v == V - 1 ? load_up_to(from, result.last) : load(from);
      }
  }

  const auto add = [&](auto value_of) VITRAL_INLINED {
    Vec panel[V];
#pragma GCC unroll 4
    for (int v = 0; v < V; ++v) panel[v] = load(b + v * L);
#pragma GCC unroll 16
    for (int p = 0; p < P; ++p) {
      const Vec x = all(value_of(p));
#pragma GCC unroll 4
      for (int v = 0; v < V; ++v) sums[p][v] += x * panel[v];
    }
  };
  if constexpr (requires { a.steps; }) {
    const float* rows[P];
#pragma GCC unroll 16
    for (int p = 0; p < P; ++p) rows[p] = a.rows[p];
    for (Index k = 0; k < steps; ++k, b += b_stride) {
      const Index step = a.steps[k];
      add([&](int p) VITRAL_INLINED { return rows[p][step]; });
    }
  } else if constexpr (requires { a.row_stride; }) {
    const float* from = a.data;
    for (Index k = 0; k < steps; ++k, b += b_stride, ++from)
      add([&](int p) VITRAL_INLINED { return from[p * a.row_stride]; });
  } else {
    const float* from = a.data;
    for (Index k = 0; k < steps; ++k, b += b_stride, from += a.step_stride)
      add([&](int p) VITRAL_INLINED { return from[p]; });
  }

#pragma GCC unroll 16
  for (int p = 0; p < P; ++p)
#pragma GCC unroll 4
    for (int v = 0; v < V; ++v) {
      float* to = result.data + p * result.stride + v * L;
      const Vec value = result.relu ? relu(sums[p][v]) : sums[p][v];
      v == V - 1 ? store_up_to(to, value, result.last) : store(to, value);
    }
}

template <class A>
using Tile = void (*)(const A, const float*, Index, Index, const Result&);

// The tile for a number of rows from 1 to rows_for(V).
template <int V, class A>
Tile<A> tile_of(Index rows) {
  static constexpr Tile<A> tiles[] = {
      tile<1, V, A>,
      tile<rows_for(V) >= 2 ? 2 : 1, V, A>,
      tile<rows_for(V) >= 3 ? 3 : 1, V, A>,
      tile<rows_for(V) >= 4 ? 4 : 1, V, A>,
      tile<rows_for(V) >= 5 ? 5 : 1, V, A>,
      tile<rows_for(V) >= 6 ? 6 : 1, V, A>,
      tile<rows_for(V) >= 7 ? 7 : 1, V, A>,
      tile<rows_for(V) >= 8 ? 8 : 1, V, A>,
  };
  return tiles[rows - 1];
}

// Tiles of nearly equal height: a small remainder would leave most registers idle. body(row, rows) for each.
template <class Body>
VITRAL_INLINE void for_each_tile(Index rows, Index most, Body body) {
  if (rows == 0) return;
  const Index tiles = ceil_div(rows, most), here = rows / tiles, higher = rows % tiles;
  Index row = 0;
  for (Index t = 0; t < tiles; ++t) {
    const Index height = t < higher ? here + 1 : here;
    body(row, height);
    row += height;
  }
}

template <int V, class A>
void panel_of(Index rows, const A a, const float* b, Index b_stride, Index steps, const Result& result) {
  constexpr int most = rows_for(V) < A::kTileRows ? rows_for(V) : A::kTileRows;
  static_assert(rows_for(V) >= rows_for(kPanelVectors));
  for_each_tile(rows, most, [&](Index row, Index here) VITRAL_INLINED {
    const auto part = a.tile(row, here);
    tile_of<V, decltype(part)>(here)(part, b, b_stride, steps, result.from_row(row));
  });
}

// Calls body with the number of vectors, from 1 to kPanelVectors, as a constant.
template <class Body>
VITRAL_INLINE void with_vectors(Index vectors, Body&& body) {
  switch (vectors) {
    case 1: return body(std::integral_constant<int, 1>{});
    case 2: return body(std::integral_constant<int, 2>{});
    case 3: return body(std::integral_constant<int, kPanelVectors >= 3 ? 3 : 1>{});
    case 4: return body(std::integral_constant<int, kPanelVectors >= 4 ? 4 : 1>{});
  }
}

// `rows` rows times one panel of `columns` columns, at most kPanel; every row of b must have whole vectors to read.
template <class A>
void multiply_panel(Index rows, Index columns, const A a, const float* b, Index b_stride, Index steps, Result result) {
  const Index vectors = ceil_div(columns, L);
  result.last = columns - (vectors - 1) * L;
  with_vectors(vectors, [&](auto v) { panel_of<v(), A>(rows, a, b, b_stride, steps, result); });
}

// Packed panels: panel after panel, each `steps` rows of whole vectors, with zeros behind the last column.
VITRAL_INLINE Index packed_size(Index steps, Index columns) { return steps * round_up(columns, L); }
VITRAL_INLINE Index panel_width(Index columns, Index panel) { return min(kPanel, columns - panel * kPanel); }
VITRAL_INLINE const float* packed_panel(const float* packed, Index steps, Index panel) {
  return packed + panel * kPanel * steps;
}

// Rows [begin, end) of a panel from a matrix B (steps, columns); `to` points to the panel.
inline void pack_panel(const float* b, Index b_stride, Index begin, Index end, Index columns, float* to) {
  const Index width = round_up(columns, L);
  for (Index k = begin; k < end; ++k)
    for (Index j = 0; j < width; j += L) store(to + k * width + j, load_up_to(b + k * b_stride + j, columns - j));
}

// The same from the transposed matrix (columns, steps), in squares.
inline void pack_transposed(const float* b, Index b_stride, Index begin, Index end, Index columns, float* to) {
  const Index width = round_up(columns, L);
  for (Index j = 0; j < width; j += L)
    for (Index k = begin; k < end; k += L) {
      Vec square[L];
#pragma GCC unroll 16
      for (Index i = 0; i < L; ++i)
        square[i] = j + i < columns ? load_up_to(b + (j + i) * b_stride + k, end - k) : Vec{};
      transpose(square);
      const Index rows = min(L, end - k);
      for (Index i = 0; i < rows; ++i) store(to + (k + i) * width + j, square[i]);
    }
}

// A from A(row, step) = from[row + step * stride] in the order of its tiles: each one's steps, each of them its rows.
inline void pack_tiles(const float* from, Index stride, Index steps, Index rows, float* to) {
  constexpr Index kAtOnce = 16;
  for (Index k = 0; k < steps; k += kAtOnce) {
    // Rows lie too far apart for the hardware to foresee them.
    for (Index next = k + kAtOnce; next < min(k + 2 * kAtOnce, steps); ++next) prefetch(from + next * stride, rows);
    for_each_tile(rows, ByTiles::kTileRows, [&](Index row, Index here) VITRAL_INLINED {
      const float* values = from + k * stride + row;
      float* tile = to + row * steps + k * here;
      for (Index i = min(kAtOnce, steps - k); i > 0; --i, values += stride, tile += here)
        if (here == ByTiles::kTileRows)
          std::memcpy(tile, values, ByTiles::kTileRows * sizeof(float));
        else
          for (Index j = 0; j < here; ++j) tile[j] = values[j];
    });
  }
}

}  // namespace
}  // namespace vitral::VITRAL_ISA
