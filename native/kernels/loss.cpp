// Losses: for each row the loss and, in the same pass, its derivative.
#include "kernels/kernels.h"
#include "kernels/rows.h"

namespace vitral::VITRAL_ISA {
namespace {

// What one value adds to the sum over its row, and the derivative of that.
struct Part {
  Vec loss, slope;
};

// Mean over each row of f(p, y).
template <class Function>
VITRAL_INLINE void mean_over_rows(const float* p, const float* y, Index rows, Index columns, float* losses,
                                  float* gradient, Function f) {
  const Rows predictions(p, rows, columns), targets(y, rows, columns);
  const float n = static_cast<float>(columns);
  for_each_row(rows, columns, [=](Index row) {
    Vec total{};
    for (Index i = 0; i < columns; i += L) {
      const Part part = f(predictions.at(row, i), targets.at(row, i));
      total += first(part.loss, columns - i);
      store_up_to(gradient + row * columns + i, part.slope / n, columns - i);
    }
    losses[row] = sum(total) / n;
  });
}

}  // namespace

void mean_squared_error(const float* p, const float* y, Index rows, Index columns, float* losses, float* gradient) {
  mean_over_rows(p, y, rows, columns, losses, gradient, [](Vec p, Vec y) {
    const Vec error = p - y;
    return Part{error * error, 2.0f * error};
  });
}

void mean_absolute_error(const float* p, const float* y, Index rows, Index columns, float* losses, float* gradient) {
  mean_over_rows(p, y, rows, columns, losses, gradient, [](Vec p, Vec y) {
    const Vec error = p - y;
    // The error itself where it is 0 or NaN.
    const Vec sign = error > 0.0f ? all(1.0f) : error < 0.0f ? all(-1.0f) : error;
    return Part{magnitude(error), sign};
  });
}

void huber(const float* p, const float* y, Index rows, Index columns, double delta, float* losses, float* gradient) {
  const float bound = static_cast<float>(delta);
  mean_over_rows(p, y, rows, columns, losses, gradient, [=](Vec p, Vec y) {
    const Vec error = p - y, clipped = bounded(error, bound);
    // e^2 / 2 inside and delta |e| - delta^2 / 2 outside are both c e - c^2 / 2, where c is the clipped error.
    return Part{clipped * (error - 0.5f * clipped), clipped};
  });
}

void sigmoid_cross_entropy(const float* z, const float* y, Index rows, Index columns, float* losses,
                           float* gradient) {
  mean_over_rows(z, y, rows, columns, losses, gradient, [](Vec z, Vec y) {
    const Vec decay = exp(-magnitude(z));
    const Vec sigmoid = (z < 0.0f ? decay : all(1.0f)) / (1.0f + decay);
    return Part{relu(z) - z * y + log1p_of_fraction(decay), sigmoid - y};
  });
}

void binary_cross_entropy(const float* p, const float* y, Index rows, Index columns, double epsilon,
                          bool before_sigmoid, float* losses, float* gradient) {
  const float low = static_cast<float>(epsilon), high = static_cast<float>(1 - epsilon);
  mean_over_rows(p, y, rows, columns, losses, gradient, [=](Vec p, Vec y) {
    const Vec a = at_least(at_most(p, high), low);
    const Vec loss = -(y * log(a) + (1.0f - y) * log(1.0f - a));
    if (before_sigmoid) return Part{loss, p - y};
    const Vec slope = (a - y) / (a * (1.0f - a));
    return Part{loss, p < low ? Vec{} : p > high ? Vec{} : slope};
  });
}

void softmax_cross_entropy(const float* z, const float* y, Index rows, Index columns, float* losses,
                           float* gradient) {
  const Rows logits(z, rows, columns), targets(y, rows, columns);
  for_each_row(rows, columns, [=](Index row) {
    float* to = gradient + row * columns;
    Terms terms(to, columns);
    const float top = largest_of_row(logits, row, columns);
    const float total = exponentials_of_row(logits, row, columns, top, terms);
    Vec weights{}, products{};
    for (Index i = 0; i < columns; i += L) {
      const Vec target = targets.at(row, i);
      weights += target;
      products += target * (logits.at(row, i, top) - top);
    }
    const float weight = sum(weights), scale = weight / total;
    losses[row] = log(total) * weight - sum(products);
    for (Index i = 0; i < columns; i += L)
      store_up_to(to + i, terms.at(i) * scale - targets.at(row, i), columns - i);
  });
}

void sparse_softmax_cross_entropy(const float* z, const std::int64_t* labels, Index rows, Index columns,
                                  float* losses, float* gradient) {
  const Rows logits(z, rows, columns);
  for_each_row(rows, columns, [=](Index row) {
    float* to = gradient + row * columns;
    Terms terms(to, columns);
    const Index label = labels[row];
    const float top = largest_of_row(logits, row, columns);
    const float total = exponentials_of_row(logits, row, columns, top, terms);
    losses[row] = log(total) - (logits.value(row, label) - top);
    const float scale = 1.0f / total;
    for (Index i = 0; i < columns; i += L)
      store_up_to(to + i, terms.at(i) * scale - only_in_lane(label - i, 1.0f), columns - i);
  });
}

void categorical_cross_entropy(const float* p, const float* y, Index rows, Index columns, double epsilon,
                               bool before_softmax, float* losses, float* gradient) {
  const float low = static_cast<float>(epsilon), high = static_cast<float>(1 - epsilon);
  const Rows probabilities(p, rows, columns), targets(y, rows, columns);
  for_each_row(rows, columns, [=](Index row) {
    float* to = gradient + row * columns;
    const float total = sum_of_row(probabilities, row, columns);
    Vec weights{}, products{}, effective_weights{};
    for (Index i = 0; i < columns; i += L) {
      const Vec target = targets.at(row, i), share = probabilities.at(row, i) / total;
      weights += target;
      products += first(target * log(at_least(at_most(share, high), low)), columns - i);
      effective_weights += share < low ? Vec{} : share > high ? Vec{} : target;
    }
    losses[row] = -sum(products);
    const float weight = sum(weights), effective_weight = sum(effective_weights);
    for (Index i = 0; i < columns; i += L) {
      const Vec target = targets.at(row, i), probability = probabilities.at(row, i);
      Vec slope = probability * weight - target;
      if (!before_softmax) {
        const Vec share = probability / total;
        const Vec effective = share < low ? Vec{} : share > high ? Vec{} : target / share;
        slope = (effective_weight - effective) / total;
      }
      store_up_to(to + i, slope, columns - i);
    }
  });
}

void sparse_categorical_cross_entropy(const float* p, const std::int64_t* labels, Index rows, Index columns,
                                      double epsilon, bool before_softmax, float* losses, float* gradient) {
  const float low = static_cast<float>(epsilon), high = static_cast<float>(1 - epsilon);
  const Rows probabilities(p, rows, columns);
  for_each_row(rows, columns, [=](Index row) {
    float* to = gradient + row * columns;
    const Index label = labels[row];
    const float total = sum_of_row(probabilities, row, columns);
    const float share = probabilities.value(row, label) / total;
    const float a = share < low ? low : share > high ? high : share;
    losses[row] = -log(a);
    // A clipped share cannot be changed by moving p a little.
    const float slope = share < low || share > high ? 0.0f : 1.0f / total;
    for (Index i = 0; i < columns; i += L) {
      const Vec gradient = before_softmax ? probabilities.at(row, i) - only_in_lane(label - i, 1.0f)
                                          : slope - only_in_lane(label - i, slope / a);
      store_up_to(to + i, gradient, columns - i);
    }
  });
}

}  // namespace vitral::VITRAL_ISA
