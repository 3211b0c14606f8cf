// The gradient of the kernel of a convolution by Winograd's algorithm, the adjoint of winograd.cpp.
#include "kernels/loop.h"
#include "kernels/parts.h"
#include "kernels/winograd_tiles.h"

namespace vitral::VITRAL_ISA {
namespace {

// The gradient is summed up in parts, each over some of the tiles; parts depend on the shape alone, so that the result
// does not depend on the number of threads.
constexpr Index kMostParts = 8;
constexpr Index kLargestParts = 10 << 20;  // floats

// The 2x2 pixels of each winner, which gets the gradient; those of places beyond the image are 0.
template <class W>
VITRAL_INLINE void load_unpooled(const Gradients& dz, const typename Tiles<W>::Place& place, Index f,
                                 Vec (&dy)[W::outputs * W::outputs]) {
  constexpr int M = W::outputs;
#pragma GCC unroll 2
  for (int i = 0; i < M; i += 2)
#pragma GCC unroll 2
    for (int j = 0; j < M; j += 2) {
      const Index row = (place.row + i) / 2, column = (place.column + j) / 2;
      Vec value{};
      IntVec winner{};
      if (row < dz.height / 2 && column < dz.width / 2) {
        const Index at = ((place.image * (dz.height / 2) + row) * (dz.width / 2) + column) * dz.channels + f;
        value = load_up_to(dz.values + at, dz.channels - f);
        winner = load_bytes(dz.winners + at, dz.channels - f);
      }
#pragma GCC unroll 4
      for (int pixel = 0; pixel < 4; ++pixel)
        dy[(i + pixel / 2) * M + j + pixel % 2] = winner == pixel ? value : Vec{};
    }
}

// A dz A^T of the tiles [first, last), of the filters [filter, filter + count): planes (tiles, width).
template <class W>
void transform_gradients(const Tiles<W>& tiles, const Gradients& dz, Index first, Index last, Index filter, Index count,
                         Index plane, float* to) {
  const Images images{dz.values, dz.height, dz.width, dz.channels};
  const Workspace room(W::outputs * W::outputs * dz.channels);
  for (Index t = first; t < last; ++t, to += round_up(count, L)) {
    const auto place = tiles[t];
    const auto transform = [&](auto load) VITRAL_INLINED {
      for (Index f = 0; f < count; f += L) {
        Vec dy[W::outputs * W::outputs], transformed[entries_of<W>];
        load(filter + f, dy);
        along_both_axes<W::outputs, W::transformed>(dy, transformed, W::output_adjoint);
        store_planes(transformed, to + f, plane);
      }
    };
    if (dz.winners != nullptr) {
      transform([&](Index f, auto& dy) VITRAL_INLINED { load_unpooled<W>(dz, place, f, dy); });
    } else {
      const Square<W::outputs> square(images, place.image, place.row, place.column, room);
      transform([&](Index f, auto& dy) VITRAL_INLINED { load_square(square, dz.channels, f, dy); });
    }
  }
}

template <class W>
void weight_gradient(const Convolution& c, const Images& x, const Gradients& dz, float* dw, float* db) {
  constexpr int entries = entries_of<W>;
  // Every block reads and writes all sums: the more of them, the more tiles are worth it.
  const Index largest = entries * c.channels * c.filters > kBlockFloats ? 4 * kLargestBlock : kLargestBlock;
  const Tiles<W> tiles(c, largest, false);
  const Index in_width = round_up(c.channels, L), out_width = round_up(c.filters, L);
  const Index in_plane = tiles.block * in_width + kPlaneGap, out_plane = tiles.block * kPanel + kPlaneGap;
  const Index size = entries * c.channels * out_width;
  const Index parts = max(1, min(min(kMostParts, tiles.blocks), kLargestParts / size));
  const Workspace sums(parts * size), bias_sums(parts * out_width);
  const Index panels = ceil_div(c.filters, kPanel);

  for_each_piece(parts, c.multiply_adds(), [&](Index part) {
    float* total = sums + part * size;
    float* bias_total = bias_sums + part * out_width;
    std::memset(bias_total, 0, out_width * sizeof(float));
    const Workspace inputs(entries * in_plane), transformed(entries * out_plane);
    const Index begin = tiles.blocks * part / parts, end = tiles.blocks * (part + 1) / parts;
    for (Index block = begin; block < end; ++block) {
      const Index first = block * tiles.block, last = min(tiles.count, first + tiles.block);
      transform_inputs(c, tiles, x, first, last, in_plane, inputs);
      for (Index panel = 0; panel < panels; ++panel) {
        const Index filter = panel * kPanel, count = panel_width(c.filters, panel), width = round_up(count, L);
        transform_gradients(tiles, dz, first, last, filter, count, out_plane, transformed);
        for (int e = 0; e < entries; ++e) {
          float* to = total + (panel * kPanel * entries + e * width) * c.channels;
          multiply_panel(c.channels, width, BySteps{inputs + e * in_plane, in_width}, transformed + e * out_plane,
                         width, last - first, {to, width, block == begin ? nullptr : to, width, 0, false});
        }
        // A's second row holds ones only, so this entry of A dz A^T is the sum of the tile.
        const float* tile_sums = transformed + (W::transformed + 1) * out_plane;
        for (Index f = 0; f < width; f += L) {
          Vec sum = load(bias_total + filter + f);
          for (Index t = 0; t < last - first; ++t) sum += load(tile_sums + t * width + f);
          store(bias_total + filter + f, sum);
        }
      }
    }
  });

  for_each_piece(c.channels, 4.0 * static_cast<double>(parts * size), [&](Index channel) {
    for (Index f = 0; f < c.filters; f += L) {
      const Index panel = f / kPanel, width = round_up(panel_width(c.filters, panel), L);
      Vec u[entries], g[9];
      for (int e = 0; e < entries; ++e) {
        const float* from = sums + (panel * kPanel * entries + e * width) * c.channels + channel * width + f % kPanel;
        u[e] = load(from);
        for (Index part = 1; part < parts; ++part) u[e] += load(from + part * size);
      }
      along_both_axes<W::transformed, 3>(u, g, W::kernel_adjoint);
      for (int tap = 0; tap < 9; ++tap)
        store_up_to(dw + (tap * c.channels + channel) * c.filters + f, g[tap], c.filters - f);
    }
  });
  if (db != nullptr) {
    const Workspace total(out_width);
    add_parts(bias_sums, parts, out_width, total);
    std::memcpy(db, total, c.filters * sizeof(float));
  }
}

}  // namespace

void winograd_weight_gradient(const Convolution& c, int m, const float* x, const float* dz, const std::uint8_t* winners,
                              float* dw, float* db) {
  const Images images{x, c.height, c.width, c.channels};
  const Gradients gradients{dz, winners, c.rows, c.columns, c.filters};
  if (m == 4)
    weight_gradient<Winograd<4>>(c, images, gradients, dw, db);
  else
    weight_gradient<Winograd<2>>(c, images, gradients, dw, db);
}

}  // namespace vitral::VITRAL_ISA
