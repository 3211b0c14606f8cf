// What batch normalization computes with.
#pragma once

#include <cstdint>

namespace vitral {

// y = activation((x - mean) inverse_std gamma + beta), arrays (rows, channels), the others (channels,).
struct BatchNorm {
  std::int64_t rows, channels;
  const float* mean;
  const float* inverse_std;
  const float* gamma;  // null for 1
  const float* beta;   // null for 0
  bool relu;
};

}  // namespace vitral
