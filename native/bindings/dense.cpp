#include <optional>

#include <nanobind/stl/optional.h>

#include "bindings/array.h"
#include "bindings/bindings.h"
#include "kernels/kernels.h"

namespace vitral {
namespace {

using In = Array<const float>;
using Out = Array<float>;

void dense(const In& x, const In& w, const std::optional<In>& bias, int activation, const Out& y) {
  const std::int64_t inputs = w.shape(0), units = w.shape(1), n = y.size() / units;
  expect_size("x", x, n * inputs);
  if (bias) expect_size("bias", *bias, units);
  kernels().dense(x.data(), w.data(), bias ? bias->data() : nullptr, static_cast<Activation>(activation), n, inputs,
                  units, y.data());
}

void dense_backward(const In& x, const In& w, const In& dz, int input_activation, const std::optional<Out>& dx,
                    const Out& dw, const std::optional<Out>& db) {
  const std::int64_t inputs = w.shape(0), units = w.shape(1), n = x.size() / inputs;
  expect_size("dy", dz, n * units);
  expect_size("dw", dw, inputs * units);
  if (db) expect_size("db", *db, units);
  kernels().dense_weight_gradient(x.data(), dz.data(), n, inputs, units, dw.data(), db ? db->data() : nullptr);
  if (dx) {
    expect_size("dx", *dx, n * inputs);
    kernels().dense_input_gradient(dz.data(), w.data(), x.data(), static_cast<Activation>(input_activation), n, inputs,
                                   units, dx->data());
  }
}

}  // namespace

void bind_dense(nb::module_& module) {
  module.def("dense", &dense, nb::arg(), nb::arg(), nb::arg().none(), nb::arg(), nb::arg(), NoGil());
  module.def("dense_backward", &dense_backward, nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg().none(), nb::arg(),
             nb::arg().none(), NoGil());
}

}  // namespace vitral
