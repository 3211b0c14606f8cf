#include "bindings/array.h"
#include "bindings/bindings.h"
#include "kernels/kernels.h"

namespace vitral {
namespace {

void keep_mask(std::uint64_t key0, std::uint64_t key1, double rate, const Array<bool>& keep) {
  kernels().keep_mask(key0, key1, rate, keep.size(), reinterpret_cast<std::uint8_t*>(keep.data()));
}

}  // namespace

void bind_random(nb::module_& module) { module.def("keep_mask", &keep_mask, NoGil()); }

}  // namespace vitral
