// Winograd's tiles, and their way from an image into the transformed domain; the formulas are in winograd.h.
#pragma once

#include "kernels/kernels.h"
#include "kernels/matmul.h"
#include "kernels/memory.h"
#include "kernels/window.h"
#include "kernels/winograd.h"

namespace vitral::VITRAL_ISA {
namespace {

constexpr Index kLargestBlock = 96;  // tiles
// What a block's transforms may take of the second-level cache.
constexpr Index kBlockFloats = 320 << 10;
constexpr Index kFewestBlocks = 16;
// Every block reads the whole transformed kernel.
constexpr Index kFewestTiles = 25;
// Planes of a power of two in size would all compete for the same places in the cache.
constexpr Index kPlaneGap = 16;

// The tiles that cover y, in blocks of at most `largest`: of whole images where `whole_images` asks for it.
template <class W>
struct Tiles {
  Tiles(const Convolution& c, Index largest, bool whole_images)
      : per_column(ceil_div(c.rows, W::outputs)), per_row(ceil_div(c.columns, W::outputs)), count(c.n * per_image()),
        block(whole_images ? per_image() * max(1, min(largest / per_image(), c.n / kFewestBlocks))
                           : min(largest, max(kFewestTiles, round_up(count / kFewestBlocks, 6)))),
        blocks(ceil_div(count, block)) {}

  struct Place {
    Index image, row, column;  // of the tile's first output
  };
  Place operator[](Index tile) const {
    const Index in_image = tile % per_image();
    return {tile / per_image(), in_image / per_row * W::outputs, in_image % per_row * W::outputs};
  }

  Index per_image() const { return per_column * per_row; }

  Index per_column, per_row, count, block, blocks;
};

// A square of S x S pixels, all channels, whose first pixel is at (row, column). Where it lies partly outside of the
// image a copy with zeros is made in `room`.
template <int S>
struct Square {
  const float* from;
  Index pitch;

  Square(const Images& images, Index image, Index row, Index column, float* room)
      : from(images[image] + (row * images.width + column) * images.channels), pitch(images.width * images.channels) {
    if (row >= 0 && column >= 0 && row + S <= images.height && column + S <= images.width) return;
    images.part(image, row, S, column, S, room);
    from = room;
    pitch = S * images.channels;
  }
};

template <int S>
VITRAL_INLINE void load_square(const Square<S>& square, Index channels, Index channel, Vec (&values)[S * S]) {
  const float* from = square.from + channel;
  if (channels - channel >= L) {
#pragma GCC unroll 8
    for (int row = 0; row < S; ++row)
#pragma GCC unroll 8
      for (int column = 0; column < S; ++column)
        values[row * S + column] = load(from + row * square.pitch + column * channels);
    return;
  }
  for (int row = 0; row < S; ++row)
    for (int column = 0; column < S; ++column)
      values[row * S + column] = load_part(from + row * square.pitch + column * channels, channels - channel);
}

// The entries of one tile, `plane` floats apart.
template <int Count>
VITRAL_INLINE void store_planes(const Vec (&values)[Count], float* to, Index plane) {
#pragma GCC unroll 36
  for (int i = 0; i < Count; ++i) store(to + i * plane, values[i]);
}

// B^T d B of the tiles [first, last): one plane (tiles, width) for each entry, width the channels in whole vectors.
template <class W>
void transform_inputs(const Convolution& c, const Tiles<W>& tiles, const Images& x, Index first, Index last,
                      Index plane, float* to) {
  const Workspace room(W::inputs * W::inputs * x.channels);
  for (Index t = first; t < last; ++t, to += round_up(x.channels, L)) {
    const auto place = tiles[t];
    const Square<W::inputs> square(x, place.image, W::first_input(place.row) - c.top,
                                   W::first_input(place.column) - c.left, room);
    for (Index channel = 0; channel < x.channels; channel += L) {
      Vec d[W::inputs * W::inputs], transformed[entries_of<W>];
      load_square(square, x.channels, channel, d);
      along_both_axes<W::inputs, W::transformed>(d, transformed, W::input);
      store_planes(transformed, to + channel, plane);
    }
  }
}

}  // namespace
}  // namespace vitral::VITRAL_ISA
