#include <string>

#include "bindings/array.h"
#include "bindings/bindings.h"
#include "kernels/kernels.h"

namespace vitral {
namespace {

using In = Array<const float>;
using Out = Array<float>;

WindowAxis checked(const char* name, const WindowAxis& axis) {
  const bool fits = axis.size > 0 && axis.window > 0 && axis.stride > 0 && axis.count > 0 && axis.before >= 0 &&
                    axis.before < axis.window && (axis.count - 1) * axis.stride - axis.before < axis.size;
  if (!fits)
    throw ShapeError(std::to_string(axis.count) + " windows of " + std::to_string(axis.window) + " " + name +
                     " with stride " + std::to_string(axis.stride) + " do not fit on an image of " +
                     std::to_string(axis.size) + " " + name);
  return axis;
}

// Images that the windows were made for, and how many of them.
struct Images {
  template <class T>
  Images(const Windows& w, const char* name, const Array<T>& x) {
    if (x.axes() != 4 || x.size() == 0 || x.shape(1) != w.rows.size || x.shape(2) != w.columns.size)
      throw ShapeError(std::string(name) + " has the shape " + x.shape_text() + "; expected (batch, " +
                       std::to_string(w.rows.size) + ", " + std::to_string(w.columns.size) + ", channels)");
    samples = x.shape(0);
    channels = x.shape(3);
    values = samples * w.rows.count * w.columns.count * channels;
  }
  Index samples, channels;
  Index values;  // of all windows
};

void max_pool2d(const Windows& w, const In& x, const Out& y, const Array<std::uint8_t>& winner) {
  const Images images(w, "x", x);
  expect_size("y", y, images.values);
  expect_size("winner", winner, images.values);
  kernels().max_pool2d(w, images.samples, images.channels, x.data(), y.data(), winner.data());
}

void max_pool2d_backward(const Windows& w, int input_activation, const In& dy, const In& y,
                         const Array<const std::uint8_t>& winner, const Out& dx) {
  const Images images(w, "dx", dx);
  expect_size("dy", dy, images.values);
  expect_size("y", y, images.values);
  expect_size("winner", winner, images.values);
  kernels().max_pool2d_backward(w, static_cast<Activation>(input_activation), images.samples, images.channels,
                                dy.data(), y.data(), winner.data(), dx.data());
}

void average_pool2d(const Windows& w, const In& x, const Out& y) {
  const Images images(w, "x", x);
  expect_size("y", y, images.values);
  kernels().average_pool2d(w, images.samples, images.channels, x.data(), y.data());
}

void average_pool2d_backward(const Windows& w, int input_activation, const In& dy, const In& x, const Out& dx) {
  const Images images(w, "dx", dx);
  expect_size("dy", dy, images.values);
  expect_size("x", x, dx.size());
  kernels().average_pool2d_backward(w, static_cast<Activation>(input_activation), images.samples, images.channels,
                                    dy.data(), x.data(), dx.data());
}

}  // namespace

void bind_pool(nb::module_& module) {
  nb::class_<Windows>(module, "Windows")
      .def("__init__",
           [](Windows* self, Index height, Index width, Index window_rows, Index window_columns, Index row_stride,
              Index column_stride, Index top, Index left, Index rows, Index columns) {
             new (self) Windows{checked("rows", {height, window_rows, row_stride, top, rows}),
                                checked("columns", {width, window_columns, column_stride, left, columns})};
           });
  module.def("max_pool2d", &max_pool2d, NoGil());
  module.def("max_pool2d_backward", &max_pool2d_backward, NoGil());
  module.def("average_pool2d", &average_pool2d, NoGil());
  module.def("average_pool2d_backward", &average_pool2d_backward, NoGil());
}

}  // namespace vitral
