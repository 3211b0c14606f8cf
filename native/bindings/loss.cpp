#include <stdexcept>
#include <string>

#include "bindings/array.h"
#include "bindings/bindings.h"
#include "kernels/kernels.h"

namespace vitral {
namespace {

using In = Array<const float>;
using Labels = Array<const std::int64_t>;
using Out = Array<float>;

// How many rows the predictions have, after all shapes have been compared with theirs.
template <class Targets>
Index checked_rows(const In& predictions, const Targets& targets, std::int64_t expected_targets, const Out& losses,
                   const Out& gradient) {
  expect_size("targets", targets, expected_targets);
  expect_size("losses", losses, predictions.size() / predictions.shape(-1));
  expect_size("gradient", gradient, predictions.size());
  return losses.size();
}

// A member of the table of kernels, (predictions, targets, rows, columns, options..., losses, gradient).
template <auto kernel, class... Options>
void loss(const In& predictions, const In& targets, const Out& losses, const Out& gradient, Options... options) {
  expect_rows(predictions);
  const Index rows = checked_rows(predictions, targets, predictions.size(), losses, gradient);
  (kernels().*kernel)(predictions.data(), targets.data(), rows, predictions.shape(-1), options..., losses.data(),
                      gradient.data());
}

// The same with a label, the number of a column, for each row.
template <auto kernel, class... Options>
void sparse_loss(const In& predictions, const Labels& labels, const Out& losses, const Out& gradient,
                 Options... options) {
  expect_rows(predictions);
  const Index columns = predictions.shape(-1);
  const Index rows = checked_rows(predictions, labels, predictions.size() / columns, losses, gradient);
  for (Index row = 0; row < rows; ++row) {
    const std::int64_t label = labels.data()[row];
    if (label < 0 || label >= columns)
      throw std::out_of_range("received the label " + std::to_string(label) + "; expected 0 to " +
                              std::to_string(columns - 1));
  }
  (kernels().*kernel)(predictions.data(), labels.data(), rows, columns, options..., losses.data(), gradient.data());
}

}  // namespace

void bind_loss(nb::module_& module) {
  using K = Kernels;
  module.def("mean_squared_error", &loss<&K::mean_squared_error>, NoGil());
  module.def("mean_absolute_error", &loss<&K::mean_absolute_error>, NoGil());
  module.def("huber", &loss<&K::huber, double>, NoGil());
  module.def("sigmoid_cross_entropy", &loss<&K::sigmoid_cross_entropy>, NoGil());
  module.def("binary_cross_entropy", &loss<&K::binary_cross_entropy, double, bool>, NoGil());
  module.def("softmax_cross_entropy", &loss<&K::softmax_cross_entropy>, NoGil());
  module.def("sparse_softmax_cross_entropy", &sparse_loss<&K::sparse_softmax_cross_entropy>, NoGil());
  module.def("categorical_cross_entropy", &loss<&K::categorical_cross_entropy, double, bool>, NoGil());
  module.def("sparse_categorical_cross_entropy", &sparse_loss<&K::sparse_categorical_cross_entropy, double, bool>,
             NoGil());
}

}  // namespace vitral
