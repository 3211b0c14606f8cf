#include "bindings/activation.h"

#include "bindings/array.h"
#include "bindings/bindings.h"
#include "kernels/kernels.h"

namespace vitral {
namespace {

using In = Array<const float>;
using Out = Array<float>;

void activation_forward(const char* activation, const In& x, const Out& y) {
  expect_size("y", y, x.size());
  kernels().activation_forward(activation_named(activation), x.data(), x.size(), y.data());
}

void activation_backward_from_output(const char* activation, const In& dy, const In& y, const Out& dz) {
  expect_size("dy", dy, y.size());
  expect_size("dz", dz, y.size());
  kernels().activation_backward_from_output(activation_named(activation), dy.data(), y.data(), y.size(), dz.data());
}

void elu_backward(const In& dy, const In& x, const In& y, const Out& dx, float alpha) {
  expect_size("dy", dy, x.size());
  expect_size("y", y, x.size());
  expect_size("dx", dx, x.size());
  kernels().elu_backward(dy.data(), x.data(), y.data(), x.size(), alpha, dx.data());
}

// The others alike: a member of the table of kernels, (x, n, options..., y), as a function of arrays.
template <auto kernel, class... Options>
void forward(const In& x, const Out& y, Options... options) {
  expect_size("y", y, x.size());
  (kernels().*kernel)(x.data(), x.size(), options..., y.data());
}

// (dy, x, n, options..., dx)
template <auto kernel, class... Options>
void backward(const In& dy, const In& x, const Out& dx, Options... options) {
  expect_size("dy", dy, x.size());
  expect_size("dx", dx, x.size());
  (kernels().*kernel)(dy.data(), x.data(), x.size(), options..., dx.data());
}

// (x, rows, columns, y)
template <auto kernel>
void forward_rows(const In& x, const Out& y) {
  expect_rows(x);
  expect_size("y", y, x.size());
  (kernels().*kernel)(x.data(), x.size() / x.shape(-1), x.shape(-1), y.data());
}

// (dy, y, rows, columns, dx)
template <auto kernel>
void backward_rows(const In& dy, const In& y, const Out& dx) {
  expect_rows(y);
  expect_size("dy", dy, y.size());
  expect_size("dx", dx, y.size());
  (kernels().*kernel)(dy.data(), y.data(), y.size() / y.shape(-1), y.shape(-1), dx.data());
}

}  // namespace

void bind_activation(nb::module_& module) {
  using K = Kernels;
  module.def("activation_forward", &activation_forward, NoGil());
  module.def("activation_backward_from_output", &activation_backward_from_output, NoGil());
  module.def("relu_forward", &forward<&K::relu_forward, float, float, float>, NoGil());
  module.def("relu_backward", &backward<&K::relu_backward, float, float, float>, NoGil());
  module.def("elu_forward", &forward<&K::elu_forward, float>, NoGil());
  module.def("elu_backward", &elu_backward, NoGil());
  module.def("gelu_forward", &forward<&K::gelu_forward, bool>, NoGil());
  module.def("gelu_backward", &backward<&K::gelu_backward, bool>, NoGil());
  module.def("silu_forward", &forward<&K::silu_forward>, NoGil());
  module.def("silu_backward", &backward<&K::silu_backward>, NoGil());
  module.def("softplus_forward", &forward<&K::softplus_forward>, NoGil());
  module.def("softplus_backward", &backward<&K::softplus_backward>, NoGil());
  module.def("softmax_forward", &forward_rows<&K::softmax_forward>, NoGil());
  module.def("softmax_backward", &backward_rows<&K::softmax_backward>, NoGil());
  module.def("log_softmax_forward", &forward_rows<&K::log_softmax_forward>, NoGil());
  module.def("log_softmax_backward", &backward_rows<&K::log_softmax_backward>, NoGil());
}

}  // namespace vitral
