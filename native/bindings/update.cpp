#include <optional>

#include <nanobind/stl/optional.h>

#include "bindings/array.h"
#include "bindings/bindings.h"
#include "kernels/kernels.h"

namespace vitral {
namespace {

using In = Array<const float>;
using InOut = Array<float>;

void weight_decay_update(const InOut& w, double rate) { kernels().weight_decay_update(w.data(), w.size(), rate); }

void sgd_update(const InOut& w, const In& g, double learning_rate) {
  expect_size("gradient", g, w.size());
  kernels().sgd_update(w.data(), g.data(), w.size(), learning_rate);
}

void adam_update(const InOut& w, const In& g, const InOut& m, const InOut& v, const std::optional<InOut>& highest,
                 double alpha, double beta_1, double beta_2, double epsilon) {
  expect_size("gradient", g, w.size());
  expect_size("momentum", m, w.size());
  expect_size("velocity", v, w.size());
  if (highest) expect_size("highest_velocity", *highest, w.size());
  kernels().adam_update(w.data(), g.data(), m.data(), v.data(), highest ? highest->data() : nullptr, w.size(), alpha,
                        beta_1, beta_2, epsilon);
}

}  // namespace

void bind_update(nb::module_& module) {
  module.def("weight_decay_update", &weight_decay_update, NoGil());
  module.def("sgd_update", &sgd_update, NoGil());
  module.def("adam_update", &adam_update, nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg().none(), nb::arg(),
             nb::arg(), nb::arg(), nb::arg(), NoGil());
}

}  // namespace vitral
