// Moving, scaling and dropping values.
#include "kernels/kernels.h"
#include "kernels/lanes.h"
#include "kernels/loop.h"
#include "kernels/memory.h"

namespace vitral::VITRAL_ISA {
namespace {

// Values in a block: large enough to be worth handing to a thread.
constexpr Index kBlock = 16384;

VITRAL_INLINE void fill_with_zeros(float* p, Index n) { std::memset(p, 0, static_cast<std::size_t>(n) * 4); }
VITRAL_INLINE void copy(float* to, const float* from, Index n) {
  std::memcpy(to, from, static_cast<std::size_t>(n) * 4);
}

}  // namespace

// y = x / (1 - rate) where it is kept, x times 0 elsewhere: NaN and infinity are not hidden. dx is the same of dy.
void dropout(const float* x, const std::uint8_t* keep, Index n, double rate, float* y) {
  using V = Lanes<L>;
  const float scale = static_cast<float>(1 / (1 - rate));
  for_each_block(n, kBlock, 1, [=](Index begin, Index end) {
    Index i = begin;
    for (; i + L <= end; i += L) V::store(y + i, V::load(x + i) * (V::load(keep + i) != 0 ? all(scale) : Vec{}));
    for (; i < end; ++i) y[i] = x[i] * (keep[i] != 0 ? scale : 0.0f);
  });
}

// y = x scale + offset, each a value per channel. Images have few channels, so scale and offset are first repeated to a
// length that is worth a loop over vectors.
void affine(const float* x, const float* scale, const float* offset, Index n, Index channels, float* y) {
  constexpr Index kWorthLooping = 256;
  const Index length = channels * ceil_div(kWorthLooping, channels);
  const Workspace pattern(2 * length);
  float *const scales = pattern, *const offsets = pattern + length;
  for (Index i = 0; i < length; ++i) {
    scales[i] = i < channels ? scale[i] : scales[i - channels];
    offsets[i] = offset == nullptr ? 0 : i < channels ? offset[i] : offsets[i - channels];
  }
  for_each_block(n, length * ceil_div(kBlock, length), 1, [=](Index begin, Index end) {
    Index i = begin;
    for (; i + length <= end; i += length) {
      for_each_vector<L>(length, [=](Index c) {
        store(y + i + c, load(x + i + c) * load(scales + c) + load(offsets + c));
      });
    }
    for (Index c = 0; i + c < end; ++c) y[i + c] = x[i + c] * scales[c] + offsets[c];
  });
}

void zero_pad2d(const Border& border, Index samples, Index height, Index width, Index channels, const float* x,
                float* y) {
  const Index rows = border.top + height + border.bottom, length = (border.left + width + border.right) * channels;
  for_each_block(samples * rows, ceil_div(kBlock, length), static_cast<double>(length), [=](Index begin, Index end) {
    for (Index row = begin; row < end; ++row) {
      float* to = y + row * length;
      const Index from = row % rows - border.top;
      if (from < 0 || from >= height) {
        fill_with_zeros(to, length);
        continue;
      }
      const Index left = border.left * channels, values = width * channels;
      fill_with_zeros(to, left);
      copy(to + left, x + (row / rows * height + from) * values, values);
      fill_with_zeros(to + left + values, border.right * channels);
    }
  });
}

// height and width are those of dx, the image without the border.
void zero_pad2d_backward(const Border& border, Index samples, Index height, Index width, Index channels,
                         const float* dy, float* dx) {
  const Index rows = border.top + height + border.bottom, length = (border.left + width + border.right) * channels;
  const Index values = width * channels;
  for_each_block(samples * height, ceil_div(kBlock, values), static_cast<double>(values), [=](Index begin, Index end) {
    for (Index row = begin; row < end; ++row) {
      const Index from = row / height * rows + border.top + row % height;
      copy(dx + row * values, dy + from * length + border.left * channels, values);
    }
  });
}

}  // namespace vitral::VITRAL_ISA
