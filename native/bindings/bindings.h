// One function a family, which registers its kernels in the module.
#pragma once

#include <nanobind/nanobind.h>

#include "kernels/subnormals.h"

namespace vitral {

namespace nb = nanobind;
// What a kernel runs under.
using NoGil = nb::call_guard<nb::gil_scoped_release, FlushSubnormals>;

void bind_runtime(nb::module_& module);
void bind_conv(nb::module_& module);
void bind_dense(nb::module_& module);
void bind_activation(nb::module_& module);
void bind_loss(nb::module_& module);
void bind_attention(nb::module_& module);
void bind_batch(nb::module_& module);
void bind_merge(nb::module_& module);
void bind_norm(nb::module_& module);
void bind_penalty(nb::module_& module);
void bind_pool(nb::module_& module);
void bind_random(nb::module_& module);
void bind_recurrent(nb::module_& module);
void bind_sampling(nb::module_& module);
void bind_shape(nb::module_& module);
void bind_update(nb::module_& module);

}  // namespace vitral
