// Every kernel: its signature, once.
//
// All arrays are float32 and C-contiguous unless said otherwise; images are NHWC, convolution kernels HWIO. Gradients
// are written, not added to. A null pointer means that the argument, or the result, is not wanted.
#pragma once

#include <cstdint>

namespace vitral {

using Index = std::int64_t;

// Activations that can be applied in place and whose derivative can be told from their output.
enum class Activation { linear, relu, sigmoid, tanh };

// X(name, parameters): the list from which the declarations for each instruction set, the table of function pointers
// and its contents are made.
#define VITRAL_KERNELS(X)                                                                                           \
  /* activation.cpp: y = f(x) for n values, and dx = dy f'(x) from x or from y. */                                  \
  X(activation_forward, (Activation activation, const float* x, Index n, float* y))                                 \
  X(activation_backward_from_output, (Activation activation, const float* dy, const float* y, Index n, float* dz))  \
  X(relu_forward, (const float* x, Index n, float negative_slope, float max_value, float threshold, float* y))      \
  X(relu_backward, (const float* dy, const float* x, Index n, float negative_slope, float max_value,                \
                    float threshold, float* dx))                                                                    \
  X(elu_forward, (const float* x, Index n, float alpha, float* y))                                                  \
  X(elu_backward, (const float* dy, const float* x, const float* y, Index n, float alpha, float* dx))               \
  X(gelu_forward, (const float* x, Index n, bool approximate, float* y))                                            \
  X(gelu_backward, (const float* dy, const float* x, Index n, bool approximate, float* dx))                         \
  X(silu_forward, (const float* x, Index n, float* y))                                                              \
  X(silu_backward, (const float* dy, const float* x, Index n, float* dx))                                           \
  X(softplus_forward, (const float* x, Index n, float* y))                                                          \
  X(softplus_backward, (const float* dy, const float* x, Index n, float* dx))                                       \
  /* softmax.cpp: the same within each of the rows; arrays (rows, columns). */                                      \
  X(softmax_forward, (const float* x, Index rows, Index columns, float* y))                                         \
  X(softmax_backward, (const float* dy, const float* y, Index rows, Index columns, float* dx))                      \
  X(log_softmax_forward, (const float* x, Index rows, Index columns, float* y))                                     \
  X(log_softmax_backward, (const float* dy, const float* y, Index rows, Index columns, float* dx))                  \
  /* loss.cpp: the losses (rows) and the gradient (rows, columns) of predictions p or logits z against targets y */ \
  /* (rows, columns) or labels (rows), which must be in range. */                                                   \
  X(mean_squared_error, (const float* p, const float* y, Index rows, Index columns, float* losses,                  \
                         float* gradient))                                                                          \
  X(mean_absolute_error, (const float* p, const float* y, Index rows, Index columns, float* losses,                 \
                          float* gradient))                                                                         \
  X(huber, (const float* p, const float* y, Index rows, Index columns, double delta, float* losses,                 \
            float* gradient))                                                                                       \
  X(sigmoid_cross_entropy, (const float* z, const float* y, Index rows, Index columns, float* losses,               \
                            float* gradient))                                                                       \
  X(binary_cross_entropy, (const float* p, const float* y, Index rows, Index columns, double epsilon,               \
                           bool before_sigmoid, float* losses, float* gradient))                                    \
  X(softmax_cross_entropy, (const float* z, const float* y, Index rows, Index columns, float* losses,               \
                            float* gradient))                                                                       \
  X(sparse_softmax_cross_entropy, (const float* z, const std::int64_t* labels, Index rows, Index columns,           \
                                   float* losses, float* gradient))                                                 \
  X(categorical_cross_entropy, (const float* p, const float* y, Index rows, Index columns, double epsilon,          \
                                bool before_softmax, float* losses, float* gradient))                               \
  X(sparse_categorical_cross_entropy, (const float* p, const std::int64_t* labels, Index rows, Index columns,       \
                                       double epsilon, bool before_softmax, float* losses, float* gradient))        \
  /* update.cpp: one pass over n values of a variable w, its gradient g and its state. */                           \
  /* Numbers arrive as doubles, so that 1 - beta is as exact as its float. */                                       \
  X(weight_decay_update, (float* w, Index n, double rate))                                                          \
  X(sgd_update, (float* w, const float* g, Index n, double learning_rate))                                          \
  X(momentum_update, (float* w, const float* g, float* velocity, Index n, double learning_rate, double momentum,    \
                      bool nesterov))                                                                               \
  X(adagrad_update, (float* w, const float* g, float* accumulator, Index n, double learning_rate, double epsilon))  \
  X(rmsprop_update, (float* w, const float* g, float* velocity, float* momentums, float* average, Index n,          \
                     double learning_rate, double rho, double momentum, double epsilon))                            \
  X(adadelta_update, (float* w, const float* g, float* accumulated_gradient, float* accumulated_step, Index n,      \
                      double learning_rate, double rho, double epsilon))                                            \
  X(adam_update, (float* w, const float* g, float* momentum, float* velocity, float* highest, Index n,              \
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
