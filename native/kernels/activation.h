// The activations that other operations apply while their result is still in a register.
#pragma once

#include "kernels/kernels.h"
#include "kernels/math.h"

namespace vitral::VITRAL_ISA {
namespace {

VITRAL_INLINE Vec activate(Activation activation, Vec z) {
  switch (activation) {
    case Activation::relu: return relu(z);
    case Activation::sigmoid: return sigmoid(z);
    case Activation::tanh: return tanh(z);
    case Activation::linear: break;
  }
  return z;
}

// dz from dy and the output y, which tells the derivative of each of these.
template <class V>
VITRAL_INLINE V derivative_from_output(Activation activation, V dy, V y) {
  switch (activation) {
    case Activation::relu: return y > 0.0f ? dy : V{};
    case Activation::sigmoid: return dy * y * (1.0f - y);
    case Activation::tanh: return dy * (1.0f - y * y);
    case Activation::linear: break;
  }
  return dy;
}

}  // namespace
}  // namespace vitral::VITRAL_ISA
