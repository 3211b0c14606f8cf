#include "check.h"

namespace vitral::test {
namespace {

constexpr Index kRows[] = {1, 3, 4, 9, 1100};
constexpr Index kChannels[] = {1, 2, 3, 4, 7, 8, 10, 16, 19, 37};
constexpr double kEpsilon = 0.1;

// Calls body for every shape, with and without gamma and beta.
template <class Body>
void for_each_case(Body body) {
  for (const Index rows : kRows)
    for (const Index channels : kChannels)
      for (const bool weights : {false, true}) body(rows, channels, weights);
}

struct Moments {
  Moments(const Buffer<float>& x, Index rows, Index channels) : mean(channels), variance(channels) {
    for (Index c = 0; c < channels; ++c) {
      for (Index r = 0; r < rows; ++r) mean[c] += x[r * channels + c] / static_cast<double>(rows);
      for (Index r = 0; r < rows; ++r) {
        const double distance = x[r * channels + c] - mean[c];
        variance[c] += distance * distance / static_cast<double>(rows);
      }
    }
  }
  Buffer<double> mean, variance;
};

TEST(batch_norm_and_its_gradients) {
  for_each_case([](Index rows, Index channels, bool weights) {
    const Index size = rows * channels;
    const Buffer<float> x = numbers(size), dy = numbers(size, 2);
    const Buffer<float> gamma = numbers(weights ? channels : 0, 3), beta = numbers(weights ? channels : 0, 4);
    Buffer<float> mean(channels), variance(channels), inverse_std(channels), y(size), dx(size), dgamma(channels),
        dbeta(channels);
    kernels().batch_moments(x, rows, channels, mean, variance);
    kernels().inverse_deviation(variance, channels, kEpsilon, inverse_std);
    const BatchNorm norm{rows, channels, mean, inverse_std, weights ? static_cast<const float*>(gamma) : nullptr,
                         weights ? static_cast<const float*>(beta) : nullptr, true};
    kernels().batch_norm(norm, x, y);

    const Moments moments(x, rows, channels);
    CHECK(close(mean, moments.mean));
    CHECK(close(variance, moments.variance));
    Buffer<double> normalized(size), dz(size), expected_y(size), expected_dgamma(channels), expected_dbeta(channels);
    for (Index i = 0; i < size; ++i) {
      const Index c = i % channels;
      normalized[i] = (x[i] - moments.mean[c]) / std::sqrt(moments.variance[c] + kEpsilon);
      expected_y[i] = std::fmax(0, normalized[i] * (weights ? gamma[c] : 1) + (weights ? beta[c] : 0));
      dz[i] = y[i] > 0 ? dy[i] : 0;
      expected_dgamma[c] += dz[i] * normalized[i];
      expected_dbeta[c] += dz[i];
    }
    CHECK(close(y, expected_y));
    for (const bool of_batch : {true, false}) {
      kernels().batch_norm_backward(norm, of_batch, dy, x, dx, dgamma, dbeta);
      Buffer<double> expected_dx(size);
      for (Index i = 0; i < size; ++i) {
        const Index c = i % channels;
        const double moved = (expected_dbeta[c] + normalized[i] * expected_dgamma[c]) / static_cast<double>(rows);
        expected_dx[i] = (dz[i] - (of_batch ? moved : 0)) * (weights ? gamma[c] : 1) /
                         std::sqrt(moments.variance[c] + kEpsilon);
      }
      CHECK(close(dx, expected_dx, 1e-4));
      CHECK(close(dgamma, expected_dgamma, 1e-4));
      CHECK(close(dbeta, expected_dbeta, 1e-4));
    }
  });
}

TEST(layer_norm_and_its_gradients) {
  constexpr Index kColumns[] = {1, 2, 5, 16, 19, 40, 300};
  for (const Index rows : {1, 3, 70})
    for (const Index columns : kColumns)
      for (const bool weights : {false, true}) {
        const Index size = rows * columns;
        const Buffer<float> x = numbers(size), dy = numbers(size, 2);
        const Buffer<float> gamma = numbers(columns, 3), beta = numbers(columns, 4);
        const float* scales = weights ? static_cast<const float*>(gamma) : nullptr;
        Buffer<float> y(size, 7), mean(rows), inverse_std(rows), dx(size, 7), dgamma(columns, 7), dbeta(columns, 7);
        kernels().layer_norm(x, rows, columns, scales, weights ? static_cast<const float*>(beta) : nullptr, kEpsilon, y,
                             mean, inverse_std);
        kernels().layer_norm_backward(dy, x, rows, columns, scales, mean, inverse_std, dx, dgamma, dbeta);
        Buffer<double> expected_y(size), expected_dx(size), expected_dgamma(columns), expected_dbeta(columns);
        for (Index row = 0; row < rows; ++row) {
          const double n = static_cast<double>(columns);
          double middle = 0, variance = 0, by_mean = 0, by_deviation = 0;
          const auto at = [&](Index c) { return row * columns + c; };
          for (Index c = 0; c < columns; ++c) middle += x[at(c)] / n;
          for (Index c = 0; c < columns; ++c) variance += (x[at(c)] - middle) * (x[at(c)] - middle) / n;
          const double scale = 1 / std::sqrt(variance + kEpsilon);
          const auto normalized = [&](Index c) { return (x[at(c)] - middle) * scale; };
          const auto dz = [&](Index c) { return double{dy[at(c)]} * (weights ? gamma[c] : 1); };
          for (Index c = 0; c < columns; ++c) {
            expected_y[at(c)] = normalized(c) * (weights ? gamma[c] : 1) + (weights ? beta[c] : 0);
            expected_dgamma[c] += dy[at(c)] * normalized(c);
            expected_dbeta[c] += dy[at(c)];
            by_mean += dz(c) / n;
            by_deviation += dz(c) * normalized(c) / n;
          }
          for (Index c = 0; c < columns; ++c)
            expected_dx[at(c)] = (dz(c) - by_mean - normalized(c) * by_deviation) * scale;
        }
        CHECK(close(y, expected_y));
        CHECK(close(dx, expected_dx));
        CHECK(close(dgamma, expected_dgamma));
        CHECK(close(dbeta, expected_dbeta));
      }
}

}  // namespace
}  // namespace vitral::test
