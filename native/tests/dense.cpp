#include <algorithm>

#include "check.h"

namespace vitral::test {
namespace {

struct Layer {
  Index n, inputs, units;
};
// Each way through a product: one row, many panels and one block of rows, blocks of rows, few results with long sums
// that are cut into parts, few rows by a matrix as it is stored, many blocks, and the transposed left side of the
// weights' gradient with one block and with several, or of few units: with one part, several panels, several parts.
constexpr Layer kLayers[] = {
    {1, 1, 1},     {1, 17, 3},     {2, 3, 65},      {5, 16, 16},    {13, 33, 10},  {1, 300, 1030}, {7, 31, 1300},
    {49, 65, 33},  {150, 70, 131}, {600, 9, 67},    {3, 2100, 7},   {60, 1111, 5}, {1100, 13, 3},  {2049, 70, 17},
    {519, 205, 37}, {97, 1030, 34}, {20, 1040, 517}, {3, 2100, 32}, {3100, 9, 70}, {4500, 20, 33},
};

void multiply_naively(Index rows, Index columns, Index steps, auto left, auto right, Buffer<double>& sums) {
  for (Index row = 0; row < rows; ++row)
    for (Index step = 0; step < steps; ++step) {
      const double factor = left(row, step);
      for (Index column = 0; column < columns; ++column) sums[row * columns + column] += factor * right(step, column);
    }
}

double activate(Activation activation, double z) {
  switch (activation) {
    case Activation::relu: return std::max(0.0, z);
    case Activation::sigmoid: return 1 / (1 + std::exp(-z));
    case Activation::tanh: return std::tanh(z);
    default: return z;
  }
}

double derivative(Activation activation, double y) {
  switch (activation) {
    case Activation::relu: return y > 0 ? 1 : 0;
    case Activation::sigmoid: return y * (1 - y);
    case Activation::tanh: return 1 - y * y;
    default: return 1;
  }
}

constexpr double kTolerance = 5e-5;

TEST(dense_and_its_gradients) {
  Index number = 0;
  for (const Layer& layer : kLayers) {
    const Index n = layer.n, inputs = layer.inputs, units = layer.units;
    const auto activation = static_cast<Activation>(number++ % 4);
    const Buffer<float> x = numbers(n * inputs), w = numbers(inputs * units, 2), bias = numbers(units, 3),
                        dz = numbers(n * units, 4);

    Buffer<float> y(n * units, 7), without_bias(n * units, 7);
    Buffer<double> z(n * units), expected(n * units), expected_without(n * units);
    kernels().dense(x, w, bias, activation, n, inputs, units, y);
    kernels().dense(x, w, nullptr, Activation::linear, n, inputs, units, without_bias);
    multiply_naively(
        n, units, inputs, [&](Index row, Index step) { return x[row * inputs + step]; },
        [&](Index step, Index column) { return w[step * units + column]; }, z);
    for (Index i = 0; i < n * units; ++i) expected[i] = activate(activation, z[i] + bias[i % units]);
    CHECK(close(y, expected, kTolerance));
    CHECK(close(without_bias, z, kTolerance));

    Buffer<float> dx(n * inputs, 7);
    Buffer<double> expected_dx(n * inputs);
    kernels().dense_input_gradient(dz, w, x, activation, n, inputs, units, dx);
    multiply_naively(
        n, inputs, units, [&](Index row, Index step) { return dz[row * units + step]; },
        [&](Index step, Index column) { return w[column * units + step]; }, expected_dx);
    for (Index i = 0; i < n * inputs; ++i) expected_dx[i] *= derivative(activation, x[i]);
    CHECK(close(dx, expected_dx, kTolerance));

    Buffer<float> dw(inputs * units, 7), again(inputs * units, 7), db(units, 7), sums(units, 7);
    Buffer<double> expected_dw(inputs * units), expected_db(units);
    kernels().dense_weight_gradient(x, dz, n, inputs, units, dw, db);
    kernels().dense_weight_gradient(x, dz, n, inputs, units, again, nullptr);
    kernels().sum_of_rows(dz, n, units, sums);
    multiply_naively(
        inputs, units, n, [&](Index row, Index step) { return x[step * inputs + row]; },
        [&](Index step, Index column) { return dz[step * units + column]; }, expected_dw);
    for (Index i = 0; i < n * units; ++i) expected_db[i % units] += dz[i];
    CHECK(close(dw, expected_dw, kTolerance));
    CHECK(close(again, dw, 0));
    CHECK(close(db, expected_db, kTolerance));
    CHECK(close(sums, expected_db, kTolerance));
  }
}

}  // namespace
}  // namespace vitral::test
