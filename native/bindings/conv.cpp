#include <optional>
#include <tuple>

#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>

#include "bindings/array.h"
#include "bindings/bindings.h"
#include "kernels/kernels.h"

namespace vitral {
namespace {

using In = Array<const float>;
using Out = Array<float>;
using Pair = std::pair<std::int64_t, std::int64_t>;

// The geometry from the arrays' shapes; whatever the arrays hold, no kernel reads beyond them.
struct Geometry : Convolution {
  Geometry(const In& x, const In& w, std::int64_t rows, std::int64_t columns, Pair strides, Pair dilation, Pair before,
           std::int64_t groups) {
    if (x.axes() != 4 || w.axes() != 4)
      throw ShapeError("conv2d received x of shape " + x.shape_text() + " and a kernel of shape " + w.shape_text() +
                       "; expected four axes each");
    n = x.shape(0), height = x.shape(1), width = x.shape(2), channels = x.shape(3);
    kernel_height = w.shape(0), kernel_width = w.shape(1), filters = w.shape(3);
    this->rows = rows, this->columns = columns;
    std::tie(stride_y, stride_x) = strides;
    std::tie(dilation_y, dilation_x) = dilation;
    std::tie(top, left) = before;
    this->groups = groups;
    if (groups < 1 || channels % groups != 0 || filters % groups != 0 || w.shape(2) * groups != channels)
      throw ShapeError("conv2d received x of shape " + x.shape_text() + " and a kernel of shape " + w.shape_text() +
                       " for " + std::to_string(groups) + " groups; expected channels = groups times the kernel's");
  }
};

void conv2d(const In& x, const In& w, const std::optional<In>& bias, Pair strides, Pair dilation, Pair before,
            std::int64_t groups, int activation, const Out& y, const std::optional<Array<std::uint8_t>>& winners) {
  const std::int64_t window = winners ? 2 : 1;
  const Geometry c(x, w, y.shape(1) * window, y.shape(2) * window, strides, dilation, before, groups);
  expect_size("y", y, c.n * c.rows * c.columns * c.filters / (window * window));
  if (winners) expect_size("winners", *winners, y.size());
  if (bias) expect_size("bias", *bias, c.filters);
  kernels().convolution(c, x.data(), w.data(), bias ? bias->data() : nullptr, static_cast<Activation>(activation),
                        y.data(), winners ? winners->data() : nullptr);
}

void conv2d_backward(const In& x, const In& w, const In& dz, const std::optional<Array<const std::uint8_t>>& winners,
                     Pair strides, Pair dilation, Pair before,
                     std::int64_t groups, int input_activation, const std::optional<Out>& dx, const Out& dw,
                     const std::optional<Out>& db) {
  const std::int64_t window = winners ? 2 : 1;
  const Geometry c(x, w, dz.shape(1) * window, dz.shape(2) * window, strides, dilation, before, groups);
  expect_size("dy", dz, c.n * c.rows * c.columns * c.filters / (window * window));
  if (winners) expect_size("winners", *winners, dz.size());
  const std::uint8_t* places = winners ? winners->data() : nullptr;
  expect_size("dw", dw, c.kernel_size());
  if (db) expect_size("db", *db, c.filters);
  kernels().convolution_weight_gradient(c, x.data(), dz.data(), places, dw.data(), db ? db->data() : nullptr);
  if (dx) {
    expect_size("dx", *dx, x.size());
    kernels().convolution_input_gradient(c, dz.data(), places, w.data(), x.data(),
                                         static_cast<Activation>(input_activation), dx->data());
  }
}

}  // namespace

void bind_conv(nb::module_& module) {
  module.def("conv2d", &conv2d, nb::arg(), nb::arg(), nb::arg().none(), nb::arg(), nb::arg(), nb::arg(), nb::arg(),
             nb::arg(), nb::arg(), nb::arg().none(), NoGil());
  module.def("conv2d_backward", &conv2d_backward, nb::arg(), nb::arg(), nb::arg(), nb::arg().none(), nb::arg(),
             nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg().none(), nb::arg(), nb::arg().none(), NoGil());
}

}  // namespace vitral
