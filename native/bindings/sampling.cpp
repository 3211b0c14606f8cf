#include "bindings/array.h"
#include "bindings/bindings.h"
#include "kernels/kernels.h"

namespace vitral {
namespace {

using In = Array<const float>;
using Out = Array<float>;

Sampling checked(const In& x, const In& maps, bool bilinear, int beyond, float fill, const Out& y) {
  if (x.axes() != 4 || x.size() == 0)
    throw ShapeError("the images have the shape " + x.shape_text() + "; expected (batch, height, width, channels)");
  if (beyond < 0 || beyond > static_cast<int>(Beyond::constant))
    throw std::invalid_argument("fill mode number " + std::to_string(beyond) + "; expected 0 to 3");
  expect_size("maps", maps, 6 * x.shape(0));
  expect_size("y", y, x.size());
  return {x.shape(0), x.shape(1), x.shape(2), x.shape(3), bilinear, static_cast<Beyond>(beyond), fill};
}

void affine_sample2d(const In& x, const In& maps, bool bilinear, int beyond, float fill, const Out& y) {
  const Sampling s = checked(x, maps, bilinear, beyond, fill, y);
  kernels().affine_sample2d(s, x.data(), maps.data(), y.data());
}

void affine_sample2d_backward(const In& dy, const In& maps, bool bilinear, int beyond, const Out& dx) {
  const Sampling s = checked(dy, maps, bilinear, beyond, 0, dx);
  kernels().affine_sample2d_backward(s, dy.data(), maps.data(), dx.data());
}

}  // namespace

void bind_sampling(nb::module_& module) {
  module.def("affine_sample2d", &affine_sample2d, NoGil());
  module.def("affine_sample2d_backward", &affine_sample2d_backward, NoGil());
}

}  // namespace vitral
