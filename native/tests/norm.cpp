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

}  // namespace
}  // namespace vitral::test
