// softmax and its logarithm, row by row, each right above its derivative.
#include "kernels/kernels.h"
#include "kernels/rows.h"

namespace vitral::VITRAL_ISA {

void softmax_forward(const float* x, Index rows, Index columns, float* y) {
  const Rows input(x, rows, columns);
  for_each_row(rows, columns, [=](Index row) {
    float* to = y + row * columns;
    Terms terms(to, columns);
    const float top = largest_of_row(input, row, columns);
    const float scale = 1.0f / exponentials_of_row(input, row, columns, top, terms);
    for (Index i = 0; i < columns; i += L) store_up_to(to + i, terms.at(i) * scale, columns - i);
  });
}

// dx = y (dy - sum dy y)
void softmax_backward(const float* dy, const float* y, Index rows, Index columns, float* dx) {
  const Rows gradient(dy, rows, columns), output(y, rows, columns);
  for_each_row(rows, columns, [=](Index row) {
    float* to = dx + row * columns;
    Vec products{};
    for (Index i = 0; i < columns; i += L) products += gradient.at(row, i) * output.at(row, i);
    const float total = sum(products);
    for (Index i = 0; i < columns; i += L)
      store_up_to(to + i, output.at(row, i) * (gradient.at(row, i) - total), columns - i);
  });
}

void log_softmax_forward(const float* x, Index rows, Index columns, float* y) {
  const Rows input(x, rows, columns);
  for_each_row(rows, columns, [=](Index row) {
    float* to = y + row * columns;
    const float top = largest_of_row(input, row, columns);
    Vec total{};
    for (Index i = 0; i < columns; i += L) total += exp(input.at(row, i, kNothing) - top);
    const float log_total = log(sum(total));
    for (Index i = 0; i < columns; i += L) store_up_to(to + i, (input.at(row, i) - top) - log_total, columns - i);
  });
}

// dx = dy - e^y sum dy
void log_softmax_backward(const float* dy, const float* y, Index rows, Index columns, float* dx) {
  const Rows gradient(dy, rows, columns), output(y, rows, columns);
  for_each_row(rows, columns, [=](Index row) {
    float* to = dx + row * columns;
    const float total = sum_of_row(gradient, row, columns);
    for (Index i = 0; i < columns; i += L)
      store_up_to(to + i, gradient.at(row, i) - exp(output.at(row, i)) * total, columns - i);
  });
}

}  // namespace vitral::VITRAL_ISA
