#include <initializer_list>
#include <optional>
#include <vector>

#include <nanobind/stl/optional.h>

#include "bindings/arrays.h"
#include "bindings/bindings.h"
#include "kernels/kernels.h"

namespace vitral {
namespace {

using In = Arrays<const float>;
using InOut = Arrays<float>;

// An array that belongs to a variable, beside the variable itself; null where it is not kept.
struct Companion {
  const char* name;
  const InOut* arrays;
};

const InOut* if_kept(const std::optional<InOut>& arrays) { return arrays ? &*arrays : nullptr; }

template <class T>
const Array<T>& fitting(const char* name, const Arrays<T>& arrays, const InOut& w, std::size_t i) {
  if (arrays.count() != w.count())
    throw ShapeError(std::string(name) + " has " + std::to_string(arrays.count()) + " arrays; expected " +
                     std::to_string(w.count()) + ", one for each variable");
  expect_size(name, arrays[i], w[i].size());
  return arrays[i];
}

// The variables with all that belongs to each of them, of one size.
std::vector<Updated> together(const InOut& w, const In* g, std::initializer_list<Companion> state) {
  std::vector<Updated> variables;
  variables.reserve(w.count());
  for (std::size_t i = 0; i < w.count(); ++i) {
    Updated one{w[i].size(), w[i].data(), g == nullptr ? nullptr : fitting("gradient", *g, w, i).data(), {}};
    float** place = one.state;
    for (const auto& [name, arrays] : state)
      *place++ = arrays == nullptr ? nullptr : fitting(name, *arrays, w, i).data();
    variables.push_back(one);
  }
  return variables;
}

void weight_decay_update(const InOut& w, double rate) {
  const auto variables = together(w, nullptr, {});
  kernels().weight_decay_update(variables.data(), std::ssize(variables), rate);
}

void sgd_update(const InOut& w, const In& g, double learning_rate) {
  const auto variables = together(w, &g, {});
  kernels().sgd_update(variables.data(), std::ssize(variables), learning_rate);
}

void momentum_update(const InOut& w, const In& g, const InOut& velocity, double learning_rate, double momentum,
                     bool nesterov) {
  const auto variables = together(w, &g, {{"velocity", &velocity}});
  kernels().momentum_update(variables.data(), std::ssize(variables), learning_rate, momentum, nesterov);
}

void adagrad_update(const InOut& w, const In& g, const InOut& accumulator, double learning_rate, double epsilon) {
  const auto variables = together(w, &g, {{"accumulator", &accumulator}});
  kernels().adagrad_update(variables.data(), std::ssize(variables), learning_rate, epsilon);
}

void rmsprop_update(const InOut& w, const In& g, const InOut& velocity, const std::optional<InOut>& momentums,
                    const std::optional<InOut>& average, double learning_rate, double rho, double momentum,
                    double epsilon) {
  const auto variables = together(
      w, &g, {{"velocity", &velocity}, {"momentums", if_kept(momentums)}, {"average", if_kept(average)}});
  kernels().rmsprop_update(variables.data(), std::ssize(variables), learning_rate, rho, momentum, epsilon);
}

void adadelta_update(const InOut& w, const In& g, const InOut& accumulated_gradient, const InOut& accumulated_step,
                     double learning_rate, double rho, double epsilon) {
  const auto variables = together(
      w, &g, {{"accumulated_gradient", &accumulated_gradient}, {"accumulated_step", &accumulated_step}});
  kernels().adadelta_update(variables.data(), std::ssize(variables), learning_rate, rho, epsilon);
}

void adam_update(const InOut& w, const In& g, const InOut& m, const InOut& v, const std::optional<InOut>& highest,
                 double alpha, double beta_1, double beta_2, double epsilon) {
  const auto variables =
      together(w, &g, {{"momentum", &m}, {"velocity", &v}, {"highest_velocity", if_kept(highest)}});
  kernels().adam_update(variables.data(), std::ssize(variables), alpha, beta_1, beta_2, epsilon);
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
