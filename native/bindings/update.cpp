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

void momentum_update(const InOut& w, const In& g, const InOut& velocity, double learning_rate, double momentum,
                     bool nesterov) {
  expect_size("gradient", g, w.size());
  expect_size("velocity", velocity, w.size());
  kernels().momentum_update(w.data(), g.data(), velocity.data(), w.size(), learning_rate, momentum, nesterov);
}

void adagrad_update(const InOut& w, const In& g, const InOut& accumulator, double learning_rate, double epsilon) {
  expect_size("gradient", g, w.size());
  expect_size("accumulator", accumulator, w.size());
  kernels().adagrad_update(w.data(), g.data(), accumulator.data(), w.size(), learning_rate, epsilon);
}

void rmsprop_update(const InOut& w, const In& g, const InOut& velocity, const std::optional<InOut>& momentums,
                    const std::optional<InOut>& average, double learning_rate, double rho, double momentum,
                    double epsilon) {
  expect_size("gradient", g, w.size());
  expect_size("velocity", velocity, w.size());
  if (momentums) expect_size("momentums", *momentums, w.size());
  if (average) expect_size("average", *average, w.size());
  kernels().rmsprop_update(w.data(), g.data(), velocity.data(), momentums ? momentums->data() : nullptr,
                           average ? average->data() : nullptr, w.size(), learning_rate, rho, momentum, epsilon);
}

void adadelta_update(const InOut& w, const In& g, const InOut& accumulated_gradient, const InOut& accumulated_step,
                     double learning_rate, double rho, double epsilon) {
  expect_size("gradient", g, w.size());
  expect_size("accumulated_gradient", accumulated_gradient, w.size());
  expect_size("accumulated_step", accumulated_step, w.size());
  kernels().adadelta_update(w.data(), g.data(), accumulated_gradient.data(), accumulated_step.data(), w.size(),
                            learning_rate, rho, epsilon);
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
  module.def("momentum_update", &momentum_update, NoGil());
  module.def("adagrad_update", &adagrad_update, NoGil());
  module.def("rmsprop_update", &rmsprop_update, nb::arg(), nb::arg(), nb::arg(), nb::arg().none(), nb::arg().none(),
             nb::arg(), nb::arg(), nb::arg(), nb::arg(), NoGil());
  module.def("adadelta_update", &adadelta_update, NoGil());
  module.def("adam_update", &adam_update, nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg().none(), nb::arg(),
             nb::arg(), nb::arg(), nb::arg(), NoGil());
}

}  // namespace vitral
