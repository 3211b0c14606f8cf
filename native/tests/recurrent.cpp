#include "check.h"

namespace vitral::test {
namespace {

constexpr Recurrence kCases[] = {{1, 1, 1}, {3, 2, 4}, {2, 5, 17}, {4, 49, 8}, {2, 3, 33}};

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

// Shares of the inputs, states and kernels of a layer with so many gates, and the gradient of its outputs.
struct Layer {
  Layer(const Recurrence& r, Index gates)
      : r(r), gates(gates), size(r.batch * r.units), width(gates * r.units), p(numbers(r.steps * r.batch * width)),
        kernel(numbers(r.units * width, 2)), bias(numbers(width, 3)), dy(numbers(r.steps * size, 4)),
        states(numbers(size, 5)), carry(numbers(size, 6)), dh(numbers(size, 7)), dc(numbers(size, 8)) {}

  // The state's share of gate `gate` of unit j.
  double product(const double* h, Index row, Index gate, Index j) const {
    double total = 0;
    for (Index k = 0; k < r.units; ++k) total += h[row * r.units + k] * kernel[k * width + gate * r.units + j];
    return total;
  }

  // The state's gradient gets what comes through the kernel, and the kernel its own.
  void back(const double* dz, const double* h, double* dstate, double* dkernel) const {
    for (Index row = 0; row < r.batch; ++row)
      for (Index k = 0; k < r.units; ++k)
        for (Index z = 0; z < width; ++z) {
          dstate[row * r.units + k] += dz[row * width + z] * kernel[k * width + z];
          dkernel[k * width + z] += h[row * r.units + k] * dz[row * width + z];
        }
  }

  Recurrence r;
  Index gates, size, width;
  Buffer<float> p, kernel, bias, dy, states, carry, dh, dc;
};

void copy(const Buffer<float>& from, float* to) {
  for (Index i = 0; i < from.size(); ++i) to[i] = from[i];
}
template <class T>
Buffer<double> doubled(const Buffer<T>& values, Index room) {
  Buffer<double> result(room);
  for (Index i = 0; i < values.size(); ++i) result[i] = values[i];
  return result;
}

void check_lstm(const Layer& l) {
  const Index u = l.r.units, size = l.size, steps = l.r.steps;
  Buffer<float> outputs((steps + 1) * size, 7), cells(outputs.size(), 7), gates(steps * 4 * size, 7);
  Buffer<float> dh(size), dc(size), dp(gates.size(), 7), dkernel(l.kernel.size(), 7);
  copy(l.states, outputs), copy(l.carry, cells), copy(l.dh, dh), copy(l.dc, dc);
  kernels().lstm(l.r, l.p, l.kernel, outputs, cells, gates);
  kernels().lstm_backward(l.r, l.dy, l.kernel, outputs, cells, gates, dh, dc, dp, dkernel);

  Buffer<double> h = doubled(l.states, outputs.size()), c = doubled(l.carry, outputs.size()), kept(gates.size());
  for (Index t = 0; t < steps; ++t)
    for (Index row = 0; row < l.r.batch; ++row)
      for (Index j = 0; j < u; ++j) {
        double* gate[4];
        for (Index g = 0; g < 4; ++g) {
          const Index at = (t * l.r.batch + row) * 4 * u + g * u + j;
          const double z = l.p[at] + l.product(h + t * size, row, g, j);
          kept[at] = g == 2 ? std::tanh(z) : sigmoid(z);
          gate[g] = kept + at;
        }
        const Index to = (t + 1) * size + row * u + j;
        c[to] = *gate[1] * c[to - size] + *gate[0] * *gate[2];
        h[to] = *gate[3] * std::tanh(c[to]);
      }
  CHECK(close(outputs, h));
  CHECK(close(cells, c));

  Buffer<double> dstate = doubled(l.dh, size), dcell = doubled(l.dc, size), expected_dp(dp.size()),
                 expected_dkernel(dkernel.size());
  for (Index t = steps - 1; t >= 0; --t) {
    for (Index i = 0; i < size; ++i) {
      const Index at = (t * l.r.batch + i / u) * 4 * u + i % u;
      const double in = kept[at], forget = kept[at + u], g = kept[at + 2 * u], out = kept[at + 3 * u];
      const double a = std::tanh(c[(t + 1) * size + i]), dnew = dstate[i] + l.dy[t * size + i];
      dcell[i] += dnew * out * (1 - a * a);
      expected_dp[at] = dcell[i] * g * in * (1 - in);
      expected_dp[at + u] = dcell[i] * c[t * size + i] * forget * (1 - forget);
      expected_dp[at + 2 * u] = dcell[i] * in * (1 - g * g);
      expected_dp[at + 3 * u] = dnew * a * out * (1 - out);
      dcell[i] *= forget;
      dstate[i] = 0;
    }
    l.back(expected_dp + t * 4 * size, h + t * size, dstate, expected_dkernel);
  }
  CHECK(close(dp, expected_dp, 1e-4));
  CHECK(close(dkernel, expected_dkernel, 1e-4));
  CHECK(close(dh, dstate, 1e-4));
  CHECK(close(dc, dcell, 1e-4));
}

void check_gru(const Layer& l, bool has_bias) {
  const Index u = l.r.units, size = l.size, steps = l.r.steps;
  Buffer<float> outputs((steps + 1) * size, 7), gates(steps * 4 * size, 7);
  Buffer<float> dh(size), dp(steps * 3 * size, 7), dkernel(l.kernel.size(), 7), dbias(has_bias ? 3 * u : 0, 7);
  copy(l.states, outputs), copy(l.dh, dh);
  kernels().gru(l.r, l.p, l.kernel, has_bias ? static_cast<const float*>(l.bias) : nullptr, outputs, gates);
  kernels().gru_backward(l.r, l.dy, l.kernel, outputs, gates, dh, dp, dkernel,
                         has_bias ? static_cast<float*>(dbias) : nullptr);

  Buffer<double> h = doubled(l.states, outputs.size()), kept(gates.size());
  for (Index t = 0; t < steps; ++t)
    for (Index row = 0; row < l.r.batch; ++row)
      for (Index j = 0; j < u; ++j) {
        const float* p = l.p + (t * l.r.batch + row) * 3 * u + j;
        const auto q = [&](Index g) { return l.product(h + t * size, row, g, j) + (has_bias ? l.bias[g * u + j] : 0); };
        const double z = sigmoid(p[0] + q(0)), reset = sigmoid(p[u] + q(1)), c = std::tanh(p[2 * u] + reset * q(2));
        double* to = kept + (t * l.r.batch + row) * 4 * u + j;
        to[0] = z, to[u] = reset, to[2 * u] = c, to[3 * u] = q(2);
        const Index at = t * size + row * u + j;
        h[at + size] = z * h[at] + (1 - z) * c;
      }
  CHECK(close(outputs, h));

  Buffer<double> dstate = doubled(l.dh, size), expected_dp(dp.size()), dq(dp.size()), expected_dkernel(dkernel.size()),
                 expected_dbias(dbias.size());
  for (Index t = steps - 1; t >= 0; --t) {
    for (Index i = 0; i < size; ++i) {
      const double* gate = kept + (t * l.r.batch + i / u) * 4 * u + i % u;
      const double z = gate[0], reset = gate[u], c = gate[2 * u], q = gate[3 * u];
      const double dnew = dstate[i] + l.dy[t * size + i], dc = dnew * (1 - z) * (1 - c * c);
      const Index at = (t * l.r.batch + i / u) * 3 * u + i % u;
      dq[at] = expected_dp[at] = dnew * (h[t * size + i] - c) * z * (1 - z);
      dq[at + u] = expected_dp[at + u] = dc * q * reset * (1 - reset);
      expected_dp[at + 2 * u] = dc;
      dq[at + 2 * u] = dc * reset;
      dstate[i] = dnew * z;
    }
    l.back(dq + t * 3 * size, h + t * size, dstate, expected_dkernel);
  }
  for (Index i = 0; i < dq.size() && has_bias; ++i) expected_dbias[i % (3 * u)] += dq[i];
  CHECK(close(dp, expected_dp, 1e-4));
  CHECK(close(dkernel, expected_dkernel, 1e-4));
  CHECK(close(dbias, expected_dbias, 1e-4));
  CHECK(close(dh, dstate, 1e-4));
}

TEST(lstm_and_its_gradients) {
  for (const Recurrence& r : kCases) check_lstm(Layer(r, 4));
}

TEST(gru_and_its_gradients) {
  for (const Recurrence& r : kCases)
    for (const bool has_bias : {false, true}) check_gru(Layer(r, 3), has_bias);
}

}  // namespace
}  // namespace vitral::test
