#pragma once

#include <cstring>
#include <string>

#include "bindings/array.h"
#include "kernels/kernels.h"

namespace vitral {

// The activation of this name; throws std::invalid_argument, Python's ValueError, for any other.
inline Activation activation_named(const char* name) {
  constexpr const char* names[] = {"linear", "relu", "sigmoid", "tanh"};
  for (int i = 0; i < 4; ++i)
    if (std::strcmp(name, names[i]) == 0) return static_cast<Activation>(i);
  throw std::invalid_argument("activation is '" + std::string(name) + "'; expected linear, relu, sigmoid or tanh");
}

}  // namespace vitral
