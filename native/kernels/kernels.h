// Every kernel: its signature, once.
//
// All arrays are float32 and C-contiguous unless said otherwise; images are NHWC, convolution kernels HWIO. Gradients
// are written, not added to. A null pointer means that the argument, or the result, is not wanted.
#pragma once

#include <cstdint>

#include "kernels/attention.h"
#include "kernels/border.h"
#include "kernels/convolution.h"
#include "kernels/norm.h"
#include "kernels/recurrence.h"
#include "kernels/sampling.h"
#include "kernels/windows.h"

namespace vitral {

using Index = std::int64_t;

// The activations that can be applied in place and whose derivative follows from their output alone.
enum class Activation : int { linear, relu, sigmoid, tanh };

// A variable of n values, its gradient, and the arrays that an optimizer keeps for it.
struct Updated {
  Index n;
  float* w;
  const float* g;
  float* state[3];
};

// X(name, parameters): the list from which the declarations for each instruction set, the table of function pointers
// and its contents are made.
#define VITRAL_KERNELS(X)                                                                                             \
  /* activation.cpp: y = f(x) for n values, and dx = dy f'(x) from x or from y. */                                    \
  X(activation_forward, (Activation activation, const float* x, Index n, float* y))                                   \
  X(activation_backward_from_output, (Activation activation, const float* dy, const float* y, Index n, float* dz))    \
  X(relu_forward, (const float* x, Index n, float negative_slope, float max_value, float threshold, float* y))        \
  X(relu_backward, (const float* dy, const float* x, Index n, float negative_slope, float max_value,                  \
                    float threshold, float* dx))                                                                      \
  X(elu_forward, (const float* x, Index n, float alpha, float* y))                                                    \
  X(elu_backward, (const float* dy, const float* x, const float* y, Index n, float alpha, float* dx))                 \
  X(gelu_forward, (const float* x, Index n, bool approximate, float* y))                                              \
  X(gelu_backward, (const float* dy, const float* x, Index n, bool approximate, float* dx))                           \
  X(silu_forward, (const float* x, Index n, float* y))                                                                \
  X(silu_backward, (const float* dy, const float* x, Index n, float* dx))                                             \
  X(softplus_forward, (const float* x, Index n, float* y))                                                            \
  X(softplus_backward, (const float* dy, const float* x, Index n, float* dx))                                         \
  /* softmax.cpp: the same within each of the rows; arrays (rows, columns). */                                        \
  X(softmax_forward, (const float* x, Index rows, Index columns, float* y))                                           \
  X(softmax_backward, (const float* dy, const float* y, Index rows, Index columns, float* dx))                        \
  X(log_softmax_forward, (const float* x, Index rows, Index columns, float* y))                                       \
  X(log_softmax_backward, (const float* dy, const float* y, Index rows, Index columns, float* dx))                    \
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
  /* dense.cpp */                                                                                                     \
  X(dense, (const float* x, const float* w, const float* bias, Activation activation, Index n, Index inputs,          \
            Index units, float* y))                                                                                   \
  X(dense_input_gradient, (const float* dz, const float* w, const float* x, Activation input_activation, Index n,     \
                           Index inputs, Index units, float* dx))                                                     \
  X(dense_weight_gradient, (const float* x, const float* dz, Index n, Index inputs, Index units, float* dw,           \
                            float* db))                                                                               \
  X(sum_of_rows, (const float* a, Index rows, Index columns, float* sums))                                            \
  /* conv.cpp: the quickest algorithm for this convolution. Where there are winners, a 2x2 max pooling follows: y   */\
  /* and dz then have half of c.rows and c.columns, which are even, and one winner, 0 to 3, for each value.         */\
  X(convolution, (const Convolution& c, const float* x, const float* w, const float* bias, Activation activation,     \
                  float* y, std::uint8_t* winners))                                                                   \
  X(convolution_weight_gradient, (const Convolution& c, const float* x, const float* dz,                              \
                                  const std::uint8_t* winners, float* dw, float* db))                                 \
  X(convolution_input_gradient, (const Convolution& c, const float* dz, const std::uint8_t* winners,                  \
                                 const float* w, const float* x, Activation input_activation, float* dx))             \
  /* winograd.cpp, winograd_weights.cpp: 3x3, no dilation, one group, in tiles of m x m results, m 4 or 2; stride 1, */\
  /* forward with m = 2 also stride 2.                                                                               */\
  X(winograd_convolution, (const Convolution& c, int m, const float* x, const float* w, const float* bias,            \
                           bool relu, float* y, std::uint8_t* winners))                                               \
  X(winograd_weight_gradient, (const Convolution& c, int m, const float* x, const float* dz,                          \
                               const std::uint8_t* winners, float* dw, float* db))                                    \
  X(winograd_input_gradient, (const Convolution& c, int m, const float* dz, const std::uint8_t* winners,              \
                              const float* w, const float* x, Activation input_activation, float* dx))                \
  /* direct.cpp: any convolution. */                                                                                  \
  X(direct_convolution, (const Convolution& c, const float* x, const float* w, const float* bias, bool relu,          \
                         float* y, std::uint8_t* winners))                                                            \
  X(direct_weight_gradient, (const Convolution& c, const float* x, const float* dz, const std::uint8_t* winners,      \
                             float* dw, float* db))                                                                   \
  X(direct_input_gradient, (const Convolution& c, const float* dz, const std::uint8_t* winners, const float* w,       \
                            const float* x, Activation input_activation, float* dx))                                  \
  /* depthwise.cpp: each channel by itself, groups = channels. */                                                      \
  X(depthwise_convolution, (const Convolution& c, const float* x, const float* w, const float* bias, bool relu,       \
                            float* y))                                                                                \
  X(depthwise_weight_gradient, (const Convolution& c, const float* x, const float* dz, float* dw, float* db))         \
  X(depthwise_input_gradient, (const Convolution& c, const float* dz, const float* w, const float* x,                 \
                               Activation input_activation, float* dx))                                               \
  /* layer_norm.cpp: x, y and their gradients (rows, columns), mean and inverse_std (rows,), the rest (columns,). */  \
  X(layer_norm, (const float* x, Index rows, Index columns, const float* gamma, const float* beta, double epsilon,    \
                 float* y, float* mean, float* inverse_std))                                                          \
  X(layer_norm_backward, (const float* dy, const float* x, Index rows, Index columns, const float* gamma,             \
                          const float* mean, const float* inverse_std, float* dx, float* dgamma, float* dbeta))       \
  /* attention.cpp: see attention.h; keep (samples, heads, queries, keys) is 0 for weights that are dropped. */       \
  X(attention, (const Attention& a, const float* query, const float* key, const float* value,                         \
                const std::uint8_t* keep, float* y, float* weights))                                                  \
  X(attention_backward, (const Attention& a, const float* query, const float* key, const float* value,                \
                         const float* weights, const std::uint8_t* keep, const float* dy, float* dquery,              \
                         float* dkey, float* dvalue))                                                                 \
  /* recurrent.cpp: p, dp (steps, batch, 4 or 3 units), outputs and cells (steps + 1, batch, units), doutputs one   */\
  /* step less, gates (steps, batch, 4 units), dh and dc (batch, units), kernel (units, 4 or 3 units). */             \
  X(lstm, (const Recurrence& r, const float* p, const float* kernel, float* outputs, float* cells, float* gates))     \
  X(lstm_backward, (const Recurrence& r, const float* doutputs, const float* kernel, const float* outputs,            \
                    const float* cells, const float* gates, float* dh, float* dc, float* dp, float* dkernel))         \
  X(gru, (const Recurrence& r, const float* p, const float* kernel, const float* bias, float* outputs,                \
          float* gates))                                                                                              \
  X(gru_backward, (const Recurrence& r, const float* doutputs, const float* kernel, const float* outputs,             \
                   const float* gates, float* dh, float* dp, float* dkernel, float* dbias))                           \
  /* sampling.cpp: maps (samples, 6). */                                                                              \
  X(affine_sample2d, (const Sampling& s, const float* x, const float* maps, float* y))                                \
  X(affine_sample2d_backward, (const Sampling& s, const float* dy, const float* maps, float* dx))                     \
  /* merge.cpp and random.cpp: n values. */                                                                           \
  X(add, (const float* a, const float* b, Index n, float* y))                                                         \
  X(keep_mask, (std::uint64_t key0, std::uint64_t key1, double rate, Index n, std::uint8_t* keep))                    \
  /* loss.cpp: the losses (rows) and the gradient (rows, columns) of predictions p or logits z against targets y */   \
  /* (rows, columns) or labels (rows), which must be in range. */                                                     \
  X(mean_squared_error, (const float* p, const float* y, Index rows, Index columns, float* losses,                    \
                         float* gradient))                                                                            \
  X(mean_absolute_error, (const float* p, const float* y, Index rows, Index columns, float* losses,                   \
                          float* gradient))                                                                           \
  X(huber, (const float* p, const float* y, Index rows, Index columns, double delta, float* losses,                   \
            float* gradient))                                                                                         \
  X(sigmoid_cross_entropy, (const float* z, const float* y, Index rows, Index columns, float* losses,                 \
                            float* gradient))                                                                         \
  X(binary_cross_entropy, (const float* p, const float* y, Index rows, Index columns, double epsilon,                 \
                           bool before_sigmoid, float* losses, float* gradient))                                      \
  X(softmax_cross_entropy, (const float* z, const float* y, Index rows, Index columns, float* losses,                 \
                            float* gradient))                                                                         \
  X(sparse_softmax_cross_entropy, (const float* z, const std::int64_t* labels, Index rows, Index columns,             \
                                   float* losses, float* gradient))                                                   \
  X(categorical_cross_entropy, (const float* p, const float* y, Index rows, Index columns, double epsilon,            \
                                bool before_softmax, float* losses, float* gradient))                                 \
  X(sparse_categorical_cross_entropy, (const float* p, const std::int64_t* labels, Index rows, Index columns,         \
                                       double epsilon, bool before_softmax, float* losses, float* gradient))          \
  /* penalty.cpp: gradient += 2 strength w, for n values; *penalty = strength times the sum of w^2. */                  \
  X(l2_penalty, (const float* w, Index n, double strength, float* gradient, double* penalty))                         \
  /* update.cpp: one pass over `count` variables, their gradients and their state, which is in the order of the */    \
  /* formula's. Numbers arrive as doubles, so that 1 - beta is as exact as its float. */                               \
  X(weight_decay_update, (const Updated* variables, Index count, double rate))                                        \
  X(sgd_update, (const Updated* variables, Index count, double learning_rate))                                        \
  X(momentum_update, (const Updated* variables, Index count, double learning_rate, double momentum, bool nesterov))   \
  X(adagrad_update, (const Updated* variables, Index count, double learning_rate, double epsilon))                    \
  X(rmsprop_update, (const Updated* variables, Index count, double learning_rate, double rho, double momentum,        \
                     double epsilon))                                                                                 \
  X(adadelta_update, (const Updated* variables, Index count, double learning_rate, double rho, double epsilon))       \
  X(adam_update, (const Updated* variables, Index count, double alpha, double beta_1, double beta_2, double epsilon))

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
