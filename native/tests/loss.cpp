#include "check.h"

#include <algorithm>

namespace vitral::test {
namespace {

constexpr Index kRows = 37;
constexpr Index kColumns[] = {1, 2, 10, 16, 33, 300};
constexpr double kEpsilon = 1e-7;

// Predictions, targets and labels of one width, and results of the right size.
struct Batch {
  explicit Batch(Index columns)
      : columns(columns), z(numbers(kRows * columns)), p(kRows * columns), y(numbers(kRows * columns, 2)),
        one_hot(kRows * columns), labels(kRows), losses(kRows), gradient(kRows * columns), right_losses(kRows),
        right_gradient(kRows * columns) {
    for (Index i = 0; i < p.size(); ++i) {
      p[i] = 0.505f + 0.49f * z[i];
      y[i] = (y[i] + 1) / 2;
    }
    for (Index row = 0; row < kRows; ++row) {
      labels[row] = row * 7 % columns;
      one_hot[row * columns + labels[row]] = 1;
    }
  }

  // Means over rows of part(prediction, target), a loss and its slope.
  template <class Part>
  void expect_means(const float* predictions, Part part) {
    for (Index row = 0; row < kRows; ++row) {
      double total = 0;
      for (Index i = row * columns; i < (row + 1) * columns; ++i) {
        const auto [loss, slope] = part(predictions[i], y[i]);
        total += loss;
        right_gradient[i] = static_cast<float>(slope / static_cast<double>(columns));
      }
      right_losses[row] = static_cast<float>(total / static_cast<double>(columns));
    }
    expect_right();
  }

  // The formula for probabilities softmax(scores) / sum, or for shares of p, against targets t.
  void expect_cross_entropy(const float* t, bool from_logits, bool before_softmax) {
    for (Index row = 0; row < kRows; ++row) {
      const Index begin = row * columns, end = begin + columns;
      double total = 0, weight = 0, loss = 0;
      for (Index i = begin; i < end; ++i) {
        total += from_logits ? std::exp(z[i]) : p[i];
        weight += t[i];
      }
      for (Index i = begin; i < end; ++i) {
        const double share = (from_logits ? std::exp(z[i]) : p[i]) / total;
        // A single class has the share 1, which is clipped.
        const bool clipped = !from_logits && columns == 1;
        if (t[i] != 0) loss -= t[i] * std::log(clipped ? 1 - std::ldexp(1.0, -23) : share);
        double slope = from_logits ? share * weight - t[i] : p[i] * weight - t[i];
        if (!from_logits && !before_softmax) slope = clipped ? 0 : (weight - t[i] / share) / total;
        right_gradient[i] = static_cast<float>(slope);
      }
      right_losses[row] = static_cast<float>(loss);
    }
    expect_right();
  }

  void expect_right() {
    CHECK(close(losses, right_losses, 3e-6));
    CHECK(close(gradient, right_gradient, 3e-6));
  }

  Index columns;
  Buffer<float> z, p, y, one_hot;
  Buffer<std::int64_t> labels;
  Buffer<float> losses, gradient, right_losses, right_gradient;
};

struct Part {
  double loss, slope;
};

TEST(losses_for_numbers) {
  for (const Index columns : kColumns) {
    Batch b(columns);
    kernels().mean_squared_error(b.z, b.y, kRows, columns, b.losses, b.gradient);
    b.expect_means(b.z, [](double p, double y) { return Part{(p - y) * (p - y), 2 * (p - y)}; });
    kernels().mean_absolute_error(b.z, b.y, kRows, columns, b.losses, b.gradient);
    b.expect_means(b.z, [](double p, double y) { return Part{std::fabs(p - y), p > y ? 1.0 : -1.0}; });
    kernels().huber(b.z, b.y, kRows, columns, 0.5, b.losses, b.gradient);
    b.expect_means(b.z, [](double p, double y) {
      const double e = p - y;
      return Part{std::fabs(e) <= 0.5 ? e * e / 2 : std::fabs(e) / 2 - 0.125, std::clamp(e, -0.5, 0.5)};
    });
  }
}

TEST(losses_for_yes_and_no) {
  for (const Index columns : kColumns) {
    Batch b(columns);
    kernels().sigmoid_cross_entropy(b.z, b.y, kRows, columns, b.losses, b.gradient);
    b.expect_means(b.z, [](double z, double y) {
      const double a = 1 / (1 + std::exp(-z));
      return Part{-y * std::log(a) - (1 - y) * std::log(1 - a), a - y};
    });
    for (const bool before_sigmoid : {false, true}) {
      kernels().binary_cross_entropy(b.p, b.y, kRows, columns, kEpsilon, before_sigmoid, b.losses, b.gradient);
      b.expect_means(b.p, [=](double p, double y) {
        return Part{-y * std::log(p) - (1 - y) * std::log(1 - p), (p - y) / (before_sigmoid ? 1 : p * (1 - p))};
      });
    }
  }
}

TEST(losses_for_classes) {
  for (const Index columns : kColumns) {
    Batch b(columns);
    kernels().softmax_cross_entropy(b.z, b.y, kRows, columns, b.losses, b.gradient);
    b.expect_cross_entropy(b.y, true, false);
    kernels().sparse_softmax_cross_entropy(b.z, b.labels, kRows, columns, b.losses, b.gradient);
    b.expect_cross_entropy(b.one_hot, true, false);
    for (const bool before_softmax : {false, true}) {
      kernels().categorical_cross_entropy(b.p, b.y, kRows, columns, kEpsilon, before_softmax, b.losses, b.gradient);
      b.expect_cross_entropy(b.y, false, before_softmax);
      kernels().sparse_categorical_cross_entropy(b.p, b.labels, kRows, columns, kEpsilon, before_softmax, b.losses,
                                                 b.gradient);
      b.expect_cross_entropy(b.one_hot, false, before_softmax);
    }
  }
}

}  // namespace
}  // namespace vitral::test
