// Which algorithm carries a convolution out.
#include "kernels/activated.h"
#include "kernels/kernels.h"
#include "kernels/loop.h"

namespace vitral::VITRAL_ISA {
namespace {

// What it costs to transform the kernel once, and every tile, in multiplications as measured.
constexpr Index kKernelCost = 700;
constexpr double kTileCost = 1.6;
constexpr double kStridedTileCost = 1.2;

// 3x3, and so many channels and filters that transforms are worth it.
bool suits_winograd(const Convolution& c) {
  constexpr Index kFewChannels = 16;
  return c.kernel_height == 3 && c.kernel_width == 3 && c.dilation_y == 1 && c.dilation_x == 1 && c.groups == 1 &&
         c.channels >= kFewChannels && c.filters >= kFewChannels && c.top <= 2 && c.left <= 2;
}

// Whether Winograd's algorithm takes less than the direct one, which needs 9 multiplications for each result.
bool takes_less(const Convolution& c, Index rows, Index columns, double tile_cost, Index in_tiles) {
  return tile_cost * static_cast<double>(c.n * in_tiles) < static_cast<double>(c.n * 9 * rows * columns - kKernelCost);
}

// With stride 1, how many results along an axis Winograd's tiles have, 4 or 2, or 0 for the direct algorithm. Tiles
// that hang over the border are paid for in full.
int winograd_tile(const Convolution& c, Index rows, Index columns) {
  if (!suits_winograd(c) || c.stride_y != 1 || c.stride_x != 1) return 0;
  const Index by_four = 36 * ceil_div(rows, 4) * ceil_div(columns, 4);
  const Index by_two = 16 * ceil_div(rows, 2) * ceil_div(columns, 2);
  if (!takes_less(c, rows, columns, kTileCost, min(by_four, by_two))) return 0;
  return by_four <= by_two ? 4 : 2;
}

bool takes_strided_tiles(const Convolution& c) {
  return suits_winograd(c) && c.stride_y == 2 && c.stride_x == 2 &&
         takes_less(c, c.rows, c.columns, kStridedTileCost, 25 * ceil_div(c.rows, 2) * ceil_div(c.columns, 2));
}

// Pooled ones are few, and left to the direct algorithm.
bool is_depthwise(const Convolution& c, const std::uint8_t* winners) {
  return c.groups > 1 && c.groups == c.channels && winners == nullptr;
}

}  // namespace

void convolution(const Convolution& c, const float* x, const float* w, const float* bias, Activation activation,
                 float* y, std::uint8_t* winners) {
  const bool relu = activation == Activation::relu;
  if (const int tile = takes_strided_tiles(c) ? 2 : winograd_tile(c, c.rows, c.columns))
    winograd_convolution(c, tile, x, w, bias, relu, y, winners);
  else if (is_depthwise(c, winners))
    depthwise_convolution(c, x, w, bias, relu, y);
  else
    direct_convolution(c, x, w, bias, relu, y, winners);
  // Both grow with their argument, so they may come after the pooling.
  if (activation == Activation::sigmoid || activation == Activation::tanh)
    for_each_block(c.n * c.rows * c.columns * c.filters / (winners == nullptr ? 1 : 4), 1 << 14, 20,
                   [=](Index begin, Index end) { apply(activation, end - begin, y + begin); });
}

void convolution_weight_gradient(const Convolution& c, const float* x, const float* dz, const std::uint8_t* winners,
                                 float* dw, float* db) {
  if (const int tile = winograd_tile(c, c.rows, c.columns))
    winograd_weight_gradient(c, tile, x, dz, winners, dw, db);
  else if (is_depthwise(c, winners))
    depthwise_weight_gradient(c, x, dz, dw, db);
  else
    direct_weight_gradient(c, x, dz, winners, dw, db);
}

void convolution_input_gradient(const Convolution& c, const float* dz, const std::uint8_t* winners, const float* w,
                                const float* x, Activation input_activation, float* dx) {
  if (const int tile = winograd_tile(c, c.height, c.width))
    winograd_input_gradient(c, tile, dz, winners, w, x, input_activation, dx);
  else if (is_depthwise(c, winners))
    depthwise_input_gradient(c, dz, w, x, input_activation, dx);
  else
    direct_input_gradient(c, dz, winners, w, x, input_activation, dx);
}

}  // namespace vitral::VITRAL_ISA
