// Every kernel: its signature, once.
//
// All arrays are float32 and C-contiguous unless said otherwise; images are NHWC, convolution kernels HWIO. Gradients
// are written, not added to. A null pointer means that the argument, or the result, is not wanted.
#pragma once

#include <cstdint>

#include "kernels/border.h"
#include "kernels/norm.h"
#include "kernels/windows.h"

namespace vitral {

using Index = std::int64_t;

// Activations that can be applied in place and whose derivative can be told from their output.
enum class Activation { linear, relu, sigmoid, tanh };

// X(name, parameters): the list from which the declarations for each instruction set, the table of function pointers
// and its contents are made.
#define VITRAL_KERNELS(X)                                                                                             \
  /* batch.cpp: out (count, size) = those rows, all of which exist, of source (any, size). */                         \
  X(gather_bytes, (const std::uint8_t* source, const Index* rows, Index count, Index size, float* out))               \
  X(gather_floats, (const float* source, const Index* rows, Index count, Index size, float* out))                     \
  /* norm.cpp: x, y and their gradients (rows, channels), the rest (channels,). */                                    \
  X(batch_moments, (const float* x, Index rows, Index channels, float* mean, float* variance))                        \
  X(inverse_deviation, (const float* variance, Index channels, double epsilon, float* inverse_std))                   \
  X(batch_norm, (const BatchNorm& norm, const float* x, float* y))                                                    \
  X(batch_norm_backward, (const BatchNorm& norm, bool of_batch, const float* dy, const float* x, float* dx,           \
                          float* dgamma, float* dbeta))                                                               \
  /* pool.cpp: x, dx (samples, windows.rows.size, windows.columns.size, channels); y, dy and winner, the place of */  \
  /* the maximum in its window, (samples, windows.rows.count, windows.columns.count, channels). */                    \
  /* input_activation says of what x is the output; dx is then the gradient before that activation. */                \
  X(max_pool2d, (const Windows& windows, Index samples, Index channels, const float* x, float* y,                     \
                 std::uint8_t* winner))                                                                               \
  X(max_pool2d_backward, (const Windows& windows, Activation input_activation, Index samples, Index channels,         \
                          const float* dy, const float* y, const std::uint8_t* winner, float* dx))                    \
  X(average_pool2d, (const Windows& windows, Index samples, Index channels, const float* x, float* y))                \
  X(average_pool2d_backward, (const Windows& windows, Activation input_activation, Index samples,                     \
                              Index channels, const float* dy, const float* x, float* dx))                            \
  /* shape.cpp: n values, and images. A backward pass that is not here is its forward pass on dy. */                  \
  X(dropout, (const float* x, const std::uint8_t* keep, Index n, double rate, float* y))                              \
  X(affine, (const float* x, const float* scale, const float* offset, Index n, Index channels, float* y))             \
  X(zero_pad2d, (const Border& border, Index samples, Index height, Index width, Index channels,                      \
                 const float* x, float* y))                                                                           \
  X(zero_pad2d_backward, (const Border& border, Index samples, Index height, Index width, Index channels,             \
                          const float* dy, float* dx))                                                                \
  /* update.cpp: one pass over n values of a variable w, its gradient g and its state. */                             \
  /* Numbers arrive as doubles, so that 1 - beta is as exact as its float. */                                         \
  X(weight_decay_update, (float* w, Index n, double rate))                                                            \
  X(sgd_update, (float* w, const float* g, Index n, double learning_rate))                                            \
  X(adam_update, (float* w, const float* g, float* momentum, float* velocity, float* highest, Index n,                \
                  double alpha, double beta_1, double beta_2, double epsilon))


struct Kernels {
  const char* instruction_set;
  Index lanes;
#define VITRAL_MEMBER(name, parameters) void(*name) parameters;
  VITRAL_KERNELS(VITRAL_MEMBER)
#undef VITRAL_MEMBER
};

// The table for the instruction set in use: the best that the processor has, or the one that VITRAL_ISA names.
const Kernels& kernels();

// Chooses "baseline", "avx2" or "avx512"; false if the processor or this build does not have it.
bool choose_instruction_set(const char* name);

}  // namespace vitral

#ifdef VITRAL_ISA
namespace vitral::VITRAL_ISA {
#define VITRAL_DECLARATION(name, parameters) void name parameters;
VITRAL_KERNELS(VITRAL_DECLARATION)
#undef VITRAL_DECLARATION
extern const Kernels table;
}  // namespace vitral::VITRAL_ISA
#endif
