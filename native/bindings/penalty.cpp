#include "bindings/array.h"
#include "bindings/bindings.h"
#include "kernels/kernels.h"

namespace vitral {
namespace {

double l2_penalty(const Array<const float>& value, const Array<float>& gradient, double strength) {
  expect_size("gradient", gradient, value.size());
  double penalty = 0;
  kernels().l2_penalty(value.data(), value.size(), strength, gradient.data(), &penalty);
  return penalty;
}

}  // namespace

void bind_penalty(nb::module_& module) { module.def("l2_penalty", &l2_penalty, NoGil()); }

}  // namespace vitral
