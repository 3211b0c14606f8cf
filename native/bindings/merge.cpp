#include "bindings/array.h"
#include "bindings/bindings.h"
#include "kernels/kernels.h"

namespace vitral {
namespace {

void add(const Array<const float>& a, const Array<const float>& b, const Array<float>& y) {
  expect_size("b", b, a.size());
  expect_size("y", y, a.size());
  kernels().add(a.data(), b.data(), a.size(), y.data());
}

}  // namespace

void bind_merge(nb::module_& module) { module.def("add", &add, NoGil()); }

}  // namespace vitral
