#include <optional>
#include <string>

#include <nanobind/stl/optional.h>

#include "bindings/array.h"
#include "bindings/bindings.h"
#include "kernels/kernels.h"

namespace vitral {
namespace {

using In = Array<const float>;
using Out = Array<float>;

void dropout(const In& x, const Array<const bool>& keep, double rate, const Out& y) {
  expect_size("keep", keep, x.size());
  expect_size("y", y, x.size());
  kernels().dropout(x.data(), reinterpret_cast<const std::uint8_t*>(keep.data()), x.size(), rate, y.data());
}

void affine(const In& x, const In& scale, const std::optional<In>& offset, const Out& y) {
  if (scale.size() == 0 || x.size() % scale.size() != 0)
    throw ShapeError("scale has the shape " + scale.shape_text() + "; expected one value, or one for each channel of " +
                     x.shape_text());
  if (offset) expect_size("offset", *offset, scale.size());
  expect_size("y", y, x.size());
  kernels().affine(x.data(), scale.data(), offset ? offset->data() : nullptr, x.size(), scale.size(), y.data());
}

// Refuses arrays that are not images and the same images with a border.
template <class Without, class With>
void check_border(const Border& border, const Without& without, const With& with) {
  const bool fits = border.top >= 0 && border.bottom >= 0 && border.left >= 0 && border.right >= 0 &&
                    without.axes() == 4 && with.axes() == 4 && without.size() > 0 &&
                    with.shape(0) == without.shape(0) &&
                    with.shape(1) == border.top + without.shape(1) + border.bottom &&
                    with.shape(2) == border.left + without.shape(2) + border.right &&
                    with.shape(3) == without.shape(3);
  if (!fits)
    throw ShapeError("the shapes are " + without.shape_text() + " and " + with.shape_text() +
                     "; expected images (batch, height, width, channels) and the same with a border of ((" +
                     std::to_string(border.top) + ", " + std::to_string(border.bottom) + "), (" +
                     std::to_string(border.left) + ", " + std::to_string(border.right) + "))");
}

void zero_pad2d(Index top, Index bottom, Index left, Index right, const In& x, const Out& y) {
  const Border border{top, bottom, left, right};
  check_border(border, x, y);
  kernels().zero_pad2d(border, x.shape(0), x.shape(1), x.shape(2), x.shape(3), x.data(), y.data());
}

void zero_pad2d_backward(Index top, Index bottom, Index left, Index right, const In& dy, const Out& dx) {
  const Border border{top, bottom, left, right};
  check_border(border, dx, dy);
  kernels().zero_pad2d_backward(border, dx.shape(0), dx.shape(1), dx.shape(2), dx.shape(3), dy.data(), dx.data());
}

}  // namespace

void bind_shape(nb::module_& module) {
  module.def("dropout", &dropout, NoGil());
  module.def("affine", &affine, nb::arg(), nb::arg(), nb::arg().none(), nb::arg(), NoGil());
  module.def("zero_pad2d", &zero_pad2d, NoGil());
  module.def("zero_pad2d_backward", &zero_pad2d_backward, NoGil());
}

}  // namespace vitral
