#include <optional>

#include <nanobind/stl/optional.h>

#include "bindings/array.h"
#include "bindings/bindings.h"
#include "kernels/kernels.h"

namespace vitral {
namespace {

using In = Array<const float>;
using Out = Array<float>;
using Maybe = std::optional<In>;

// The sizes, from the inputs' share (steps, batch, gates * units) and the kernel (units, gates * units).
template <class T>
Recurrence checked(const Array<T>& p, const In& kernel, Index gates) {
  const bool fits = p.axes() == 3 && kernel.axes() == 2 && p.size() > 0 && kernel.shape(1) == gates * kernel.shape(0) &&
                    p.shape(2) == kernel.shape(1);
  if (!fits)
    throw ShapeError("the steps have the shape " + p.shape_text() + " and the kernel " + kernel.shape_text() +
                     "; expected (steps, batch, " + std::to_string(gates) + " units) and (units, " +
                     std::to_string(gates) + " units)");
  return {p.shape(0), p.shape(1), kernel.shape(0)};
}

template <class T>
void expect_states(const char* name, const Array<T>& states, const Recurrence& r) {
  expect_size(name, states, (r.steps + 1) * r.batch * r.units);
}

template <class T>
void expect_gates(const Array<T>& gates, const Recurrence& r) {
  expect_size("gates", gates, r.steps * r.batch * 4 * r.units);
}

void expect_doutputs(const In& doutputs, const Recurrence& r) {
  expect_size("dy", doutputs, r.steps * r.batch * r.units);
}

void lstm(const In& p, const In& kernel, const Out& outputs, const Out& cells, const Out& gates) {
  const Recurrence r = checked(p, kernel, 4);
  expect_states("outputs", outputs, r);
  expect_states("cells", cells, r);
  expect_gates(gates, r);
  kernels().lstm(r, p.data(), kernel.data(), outputs.data(), cells.data(), gates.data());
}

void lstm_backward(const In& doutputs, const In& kernel, const In& outputs, const In& cells, const In& gates,
                   const Out& dh, const Out& dc, const Out& dp, const Out& dkernel) {
  const Recurrence r = checked(dp, kernel, 4);
  expect_doutputs(doutputs, r);
  expect_states("outputs", outputs, r);
  expect_states("cells", cells, r);
  expect_gates(gates, r);
  expect_size("dh", dh, r.batch * r.units);
  expect_size("dc", dc, r.batch * r.units);
  expect_size("dkernel", dkernel, kernel.size());
  kernels().lstm_backward(r, doutputs.data(), kernel.data(), outputs.data(), cells.data(), gates.data(),
                          dh.data(), dc.data(), dp.data(), dkernel.data());
}

void gru(const In& p, const In& kernel, const Maybe& bias, const Out& outputs, const Out& gates) {
  const Recurrence r = checked(p, kernel, 3);
  if (bias) expect_size("bias", *bias, 3 * r.units);
  expect_states("outputs", outputs, r);
  expect_gates(gates, r);
  kernels().gru(r, p.data(), kernel.data(), bias ? bias->data() : nullptr, outputs.data(), gates.data());
}

void gru_backward(const In& doutputs, const In& kernel, const In& outputs, const In& gates, const Out& dh,
                  const Out& dp, const Out& dkernel, const std::optional<Out>& dbias) {
  const Recurrence r = checked(dp, kernel, 3);
  expect_doutputs(doutputs, r);
  expect_states("outputs", outputs, r);
  expect_gates(gates, r);
  expect_size("dh", dh, r.batch * r.units);
  expect_size("dkernel", dkernel, kernel.size());
  if (dbias) expect_size("dbias", *dbias, 3 * r.units);
  kernels().gru_backward(r, doutputs.data(), kernel.data(), outputs.data(), gates.data(), dh.data(),
                         dp.data(), dkernel.data(), dbias ? dbias->data() : nullptr);
}

}  // namespace

void bind_recurrent(nb::module_& module) {
  const auto array = nb::arg();
  const auto maybe = nb::arg().none();
  module.def("lstm", &lstm, NoGil());
  module.def("lstm_backward", &lstm_backward, NoGil());
  module.def("gru", &gru, array, array, maybe, array, array, NoGil());
  module.def("gru_backward", &gru_backward, array, array, array, array, array, array, array, maybe, NoGil());
}

}  // namespace vitral
