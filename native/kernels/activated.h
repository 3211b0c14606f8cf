// Activations applied to a stretch of values that lies in the cache.
#pragma once

#include "kernels/activation.h"
#include "kernels/simd.h"

namespace vitral::VITRAL_ISA {
namespace {

// values = activation(values).
inline void apply(Activation activation, Index count, float* values) {
  for (Index i = 0; i < count; i += L)
    store_up_to(values + i, activate(activation, load_up_to(values + i, count - i)), count - i);
}

// values = values times the derivative of the activation whose outputs are given.
inline void pass_through(Activation activation, const float* outputs, Index count, float* values) {
  for (Index i = 0; i < count; i += L)
    store_up_to(values + i,
                derivative_from_output(activation, load_up_to(values + i, count - i),
                                       load_up_to(outputs + i, count - i)),
                count - i);
}

}  // namespace
}  // namespace vitral::VITRAL_ISA
