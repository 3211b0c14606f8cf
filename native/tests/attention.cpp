#include "check.h"

namespace vitral::test {
namespace {

double dot(const float* a, Index a_step, const float* b, Index b_step, Index n) {
  double total = 0;
  for (Index i = 0; i < n; ++i) total += double{a[i * a_step]} * b[i * b_step];
  return total;
}

// Every sum written out, for one head of one sample.
void check_attention(const Attention& a, bool drops) {
  const Index places = a.samples * a.heads, size = a.queries * a.keys;
  const Buffer<float> query = numbers(places * a.queries * a.key_width);
  const Buffer<float> key = numbers(places * a.keys * a.key_width, 2);
  const Buffer<float> value = numbers(places * a.keys * a.value_width, 3);
  const Buffer<float> dy = numbers(places * a.queries * a.value_width, 4), chance = numbers(places * size, 5);
  Buffer<std::uint8_t> keep(places * size);
  for (Index i = 0; i < keep.size(); ++i) keep[i] = chance[i] > -0.4f;
  const std::uint8_t* kept = drops ? static_cast<const std::uint8_t*>(keep) : nullptr;

  Buffer<float> y(dy.size(), 7), weights(places * size, 7), dquery(query.size(), 7), dkey(key.size(), 7),
      dvalue(value.size(), 7);
  kernels().attention(a, query, key, value, kept, y, weights);
  kernels().attention_backward(a, query, key, value, weights, kept, dy, dquery, dkey, dvalue);

  Buffer<double> expected_y(y.size()), expected_weights(weights.size()), expected_dquery(query.size()),
      expected_dkey(key.size()), expected_dvalue(value.size());
  const double scale = 1 / std::sqrt(static_cast<double>(a.key_width)), factor = drops ? 1 / (1 - a.rate) : 1;
  for (Index head = 0; head < places; ++head) {
    const Index first = head / a.heads * a.heads, h = head % a.heads;
    const auto place = [&](Index i, Index count, Index width) { return ((first * count) + i * a.heads + h) * width; };
    for (Index i = 0; i < a.queries; ++i) {
      double* w = expected_weights + (head * a.queries + i) * a.keys;
      Buffer<double> dw(a.keys);
      const Index q = place(i, a.queries, a.key_width), out = place(i, a.queries, a.value_width);
      double total = 0, along = 0;
      for (Index j = 0; j < a.keys; ++j)
        total += w[j] = std::exp(scale * dot(query + q, 1, key + place(j, a.keys, a.key_width), 1, a.key_width));
      for (Index j = 0; j < a.keys; ++j) {
        w[j] /= total;
        const double used = drops && !keep[(head * a.queries + i) * a.keys + j] ? 0 : factor;
        const Index v = place(j, a.keys, a.value_width);
        dw[j] = used * dot(dy + out, 1, value + v, 1, a.value_width);
        along += dw[j] * w[j];
        for (Index c = 0; c < a.value_width; ++c) {
          expected_y[out + c] += used * w[j] * value[v + c];
          expected_dvalue[v + c] += used * w[j] * dy[out + c];
        }
      }
      for (Index j = 0; j < a.keys; ++j) {
        const Index k = place(j, a.keys, a.key_width);
        for (Index c = 0; c < a.key_width; ++c) {
          expected_dquery[q + c] += scale * w[j] * (dw[j] - along) * key[k + c];
          expected_dkey[k + c] += scale * w[j] * (dw[j] - along) * query[q + c];
        }
      }
    }
  }
  CHECK(close(weights, expected_weights));
  CHECK(close(y, expected_y));
  CHECK(close(dquery, expected_dquery));
  CHECK(close(dkey, expected_dkey));
  CHECK(close(dvalue, expected_dvalue));
}

TEST(attention_and_its_gradients) {
  constexpr Attention kCases[] = {{1, 1, 1, 1, 1, 1, 0.3}, {2, 3, 5, 7, 4, 6, 0.3},   {3, 2, 9, 4, 16, 3, 0.5},
                                  {1, 2, 3, 70, 5, 17, 0}, {1, 1, 17, 260, 20, 33, 0.1}, {4, 4, 16, 16, 16, 16, 0.1}};
  for (const Attention& a : kCases)
    for (const bool drops : {false, true}) check_attention(a, drops);
}

}  // namespace
}  // namespace vitral::test
