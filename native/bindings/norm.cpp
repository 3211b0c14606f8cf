#include <algorithm>
#include <optional>
#include <string>

#include <nanobind/stl/optional.h>

#include "bindings/array.h"
#include "bindings/bindings.h"
#include "kernels/kernels.h"

namespace vitral {
namespace {

using In = Array<const float>;
using Out = Array<float>;
using Maybe = std::optional<In>;

// The rows of an array (3, channels): mean, variance and 1 / sqrt(variance + epsilon).
template <class T>
T* mean_of(const Array<T>& statistics) { return statistics.data(); }
template <class T>
T* variance_of(const Array<T>& statistics) { return statistics.data() + statistics.size() / 3; }
template <class T>
T* inverse_std_of(const Array<T>& statistics) { return statistics.data() + statistics.size() / 3 * 2; }

template <class T>
BatchNorm checked(const In& x, const Array<T>& statistics, const Maybe& gamma, const Maybe& beta, bool relu) {
  if (x.axes() == 0 || x.size() == 0)
    throw ShapeError("x has the shape " + x.shape_text() + "; expected (..., channels)");
  const Index channels = x.shape(-1);
  expect_size("statistics", statistics, 3 * channels);
  if (gamma) expect_size("gamma", *gamma, channels);
  if (beta) expect_size("beta", *beta, channels);
  return {.rows = x.size() / channels,
          .channels = channels,
          .mean = mean_of(statistics),
          .inverse_std = inverse_std_of(statistics),
          .gamma = gamma ? gamma->data() : nullptr,
          .beta = beta ? beta->data() : nullptr,
          .relu = relu};
}

void batch_norm_training(const In& x, const Maybe& gamma, const Maybe& beta, double epsilon, bool relu, const Out& y,
                         const Out& statistics) {
  const BatchNorm norm = checked(x, statistics, gamma, beta, relu);
  expect_size("y", y, x.size());
  const Kernels& k = kernels();
  k.batch_moments(x.data(), norm.rows, norm.channels, mean_of(statistics), variance_of(statistics));
  k.inverse_deviation(variance_of(statistics), norm.channels, epsilon, inverse_std_of(statistics));
  k.batch_norm(norm, x.data(), y.data());
}

void batch_norm_inference(const In& x, const Maybe& gamma, const Maybe& beta, const In& mean, const In& variance,
                          double epsilon, bool relu, const Out& y, const Out& statistics) {
  const BatchNorm norm = checked(x, statistics, gamma, beta, relu);
  expect_size("mean", mean, norm.channels);
  expect_size("variance", variance, norm.channels);
  expect_size("y", y, x.size());
  std::copy_n(mean.data(), norm.channels, mean_of(statistics));
  std::copy_n(variance.data(), norm.channels, variance_of(statistics));
  const Kernels& k = kernels();
  k.inverse_deviation(variance.data(), norm.channels, epsilon, inverse_std_of(statistics));
  k.batch_norm(norm, x.data(), y.data());
}

// of_batch: whether mean and variance were the batch's own. sums (2, channels) are dgamma and dbeta.
void batch_norm_backward(bool of_batch, const In& dy, const In& x, const In& statistics, const Maybe& gamma,
                         const Maybe& beta, bool relu, const Out& dx, const Out& sums) {
  const BatchNorm norm = checked(x, statistics, gamma, beta, relu);
  expect_size("dy", dy, x.size());
  expect_size("dx", dx, x.size());
  expect_size("sums", sums, 2 * norm.channels);
  kernels().batch_norm_backward(norm, of_batch, dy.data(), x.data(), dx.data(), sums.data(),
                                sums.data() + norm.channels);
}

// Rows of an array x (rows, ..., columns); moments (2, rows) are mean and 1 / sqrt(variance + epsilon).
Index checked_rows(const In& x, Index moments, Index columns, const Maybe& gamma) {
  if (columns < 1 || x.size() == 0 || x.size() % columns != 0)
    throw ShapeError("x has the shape " + x.shape_text() + "; expected rows of " + std::to_string(columns) + " values");
  const Index rows = x.size() / columns;
  if (moments != 2 * rows) throw ShapeError("there are " + std::to_string(moments) + " moments; expected two a row");
  if (gamma) expect_size("gamma", *gamma, columns);
  return rows;
}

void layer_norm(const In& x, Index columns, const Maybe& gamma, const Maybe& beta, double epsilon, const Out& y,
                const Out& moments) {
  const Index rows = checked_rows(x, moments.size(), columns, gamma);
  if (beta) expect_size("beta", *beta, columns);
  expect_size("y", y, x.size());
  kernels().layer_norm(x.data(), rows, columns, gamma ? gamma->data() : nullptr, beta ? beta->data() : nullptr, epsilon,
                       y.data(), moments.data(), moments.data() + rows);
}

void layer_norm_backward(const In& dy, const In& x, Index columns, const Maybe& gamma, const In& moments, const Out& dx,
                         const Out& sums) {
  const Index rows = checked_rows(x, moments.size(), columns, gamma);
  expect_size("dy", dy, x.size());
  expect_size("dx", dx, x.size());
  expect_size("sums", sums, 2 * columns);
  kernels().layer_norm_backward(dy.data(), x.data(), rows, columns, gamma ? gamma->data() : nullptr, moments.data(),
                                moments.data() + rows, dx.data(), sums.data(), sums.data() + columns);
}

}  // namespace

void bind_norm(nb::module_& module) {
  const auto array = nb::arg();
  const auto maybe = nb::arg().none();
  module.def("batch_norm_training", &batch_norm_training, array, maybe, maybe, array, array, array, array, NoGil());
  module.def("batch_norm_inference", &batch_norm_inference, array, maybe, maybe, array, array, array, array, array,
             array, NoGil());
  module.def("batch_norm_backward", &batch_norm_backward, array, array, array, array, maybe, maybe, array, array,
             array, NoGil());
  module.def("layer_norm", &layer_norm, array, array, maybe, maybe, array, array, array, NoGil());
  module.def("layer_norm_backward", &layer_norm_backward, array, array, array, maybe, array, array, array, NoGil());
}

}  // namespace vitral
