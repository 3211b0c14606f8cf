// Dense layers: one matrix product forward, two backward.
#include "kernels/activated.h"
#include "kernels/kernels.h"
#include "kernels/parts.h"
#include "kernels/product.h"

namespace vitral::VITRAL_ISA {

namespace {

// What multiply does to stretches of its result: something soon, and once they are finished.
struct Nothing {
  void prepare(Index, Index, Index) const {}
  void operator()(Index, Index, Index, float*) const {}
};

struct Activate : Nothing {
  Activation activation;
  explicit Activate(Activation activation) : activation(activation) {}
  void operator()(Index, Index, Index count, float* values) const {
    if (activation != Activation::linear) apply(activation, count, values);
  }
};

// Times the derivative of the activation whose outputs (rows, columns) are given.
struct PassThrough {
  Activation activation;
  const float* outputs;
  Index columns;
  void prepare(Index row, Index first, Index count) const {
    if (activation != Activation::linear) prefetch(outputs + row * columns + first, count);
  }
  void operator()(Index row, Index first, Index count, float* values) const {
    if (activation != Activation::linear) pass_through(activation, outputs + row * columns + first, count, values);
  }
};

// dW = x^T dz, with few units: vectors along them would be half empty. So it is made as dz^T x, along the inputs.
void narrow_weight_gradient(const float* x, const float* dz, Index n, Index inputs, Index units, float* dw) {
  constexpr Index kPart = 1024;
  const Index parts = ceil_div(n, kPart), panels = ceil_div(inputs, kPanel), size = inputs * units;
  const Workspace sums(parts * size);
  for_each_piece(parts * panels, static_cast<double>(n * size), [&](Index piece) {
    const Index begin = piece / panels * kPart, steps = min(kPart, n - begin);
    const Index first = piece % panels * kPanel, width = panel_width(inputs, piece % panels);
    const Index whole = round_up(width, L);
    const float* panel = x + begin * inputs + first;
    const Workspace copy(width == whole ? 0 : steps * whole), transposed(units * kPanel);
    if (width != whole) pack_panel(panel, inputs, 0, steps, width, copy);
    multiply_panel(units, width, BySteps{dz + begin * units, units}, width == whole ? panel : copy,
                   width == whole ? inputs : whole, steps, {transposed, kPanel, nullptr, 0, 0, false});
    float* to = sums + piece / panels * size + first * units;
    for (Index input = 0; input < width; ++input)
      for (Index unit = 0; unit < units; ++unit) *to++ = transposed[unit * kPanel + input];
  });
  add_parts(sums, parts, size, dw);
}

}  // namespace

// y = activation(x W + b); x (n, inputs), W (inputs, units), y (n, units).
void dense(const float* x, const float* w, const float* bias, Activation activation, Index n, Index inputs,
           Index units, float* y) {
  multiply(n, units, inputs, {x, inputs, false}, {w, units, false}, bias, y,
           Activate(activation));
}

// dx = dz W^T, times the derivative of the activation that made x.
void dense_input_gradient(const float* dz, const float* w, const float* x, Activation input_activation, Index n,
                          Index inputs, Index units, float* dx) {
  multiply(n, inputs, units, {dz, units, false}, {w, units, true}, nullptr, dx,
           PassThrough{input_activation, x, inputs});
}

// dW = x^T dz, db = the sum of dz's rows.
void dense_weight_gradient(const float* x, const float* dz, Index n, Index inputs, Index units, float* dw, float* db) {
  if (units <= L && units < inputs)
    narrow_weight_gradient(x, dz, n, inputs, units, dw);
  else
    multiply(inputs, units, n, {x, inputs, true}, {dz, units, false}, nullptr, dw, Nothing{});
  if (db != nullptr) sum_of_rows(dz, n, units, db);
}

// sums[j] = the sum of a's column j, in parts of fixed length.
void sum_of_rows(const float* a, Index rows, Index columns, float* sums) {
  constexpr Index kPart = 128;
  const Index parts = ceil_div(rows, kPart);
  const Workspace partial(parts * columns);
  for_each_piece(parts, static_cast<double>(rows * columns), [&](Index part) {
    float* to = partial + part * columns;
    const Index end = min(rows, (part + 1) * kPart);
    for (Index j = 0; j < columns; j += L) {
      const Index count = columns - j;
      Vec total{};
      for (Index row = part * kPart; row < end; ++row) total += load_up_to(a + row * columns + j, count);
      store_up_to(to + j, total, count);
    }
  });
  add_parts(partial, parts, columns, sums);
}

}  // namespace vitral::VITRAL_ISA
