// Attention, head by head: everything about one head stays in a core's caches.
#include <cmath>

#include "kernels/kernels.h"
#include "kernels/packed.h"
#include "kernels/rows.h"

namespace vitral::VITRAL_ISA {
namespace {

// Values of one head of one sample in an array (samples, places, heads, width), from place to place `stride` apart.
struct Head {
  Head(const Attention& a, Index head, Index places, Index width)
      : begin((head / a.heads * places * a.heads + head % a.heads) * width), stride(a.heads * width) {}
  Index begin, stride;
};

// Calls body(head) for every head of every sample; passes: how many products of each kind are made.
template <class Body>
void for_each_head(const Attention& a, double passes, Body&& body) {
  constexpr double kExponential = 25;
  const double pairs = static_cast<double>(a.queries * a.keys);
  const double work = pairs * (passes * 2 * static_cast<double>(a.key_width + a.value_width) + kExponential);
  for_each_piece(a.samples * a.heads, work * static_cast<double>(a.samples * a.heads), body);
}

float key_scale(const Attention& a) { return static_cast<float>(1 / std::sqrt(static_cast<double>(a.key_width))); }

// Each row of scores becomes its softmax.
void to_weights(Index rows, Index columns, float scale, float* scores) {
  const Rows input(scores, rows, columns);
  for (Index row = 0; row < rows; ++row) {
    float* to = scores + row * columns;
    Terms terms(to, columns);
    const float top = largest_of_row(input, row, columns);
    Vec total{};
    for (Index i = 0; i < columns; i += L) {
      const Vec term = exp((input.at(row, i, kNothing) - top) * scale);
      terms.put(i, term);
      total += term;
    }
    const float share = 1.0f / sum(total);
    for (Index i = 0; i < columns; i += L) store_up_to(to + i, terms.at(i) * share, columns - i);
  }
}

// Each row of the weights' gradient becomes that of the scores before they were scaled: w (d - sum d w) scale.
void to_score_gradient(Index rows, Index columns, const float* weights, float scale, float* gradient) {
  const Rows w(weights, rows, columns), d(gradient, rows, columns);
  for (Index row = 0; row < rows; ++row) {
    float* to = gradient + row * columns;
    Vec products{};
    for (Index i = 0; i < columns; i += L) products += w.at(row, i) * d.at(row, i);
    const float total = sum(products);
    for (Index i = 0; i < columns; i += L)
      store_up_to(to + i, w.at(row, i) * (d.at(row, i) - total) * scale, columns - i);
  }
}

// to = what is kept of the values, times 1 / (1 - rate).
void drop(const float* values, const std::uint8_t* keep, double rate, Index count, float* to) {
  const float scale = static_cast<float>(1 / (1 - rate));
  for (Index i = 0; i < count; i += L) {
    const Index here = count - i;
    const Vec factor = load_bytes(keep + i, here) != 0 ? all(scale) : Vec{};
    store_up_to(to + i, load_up_to(values + i, here) * factor, here);
  }
}

}  // namespace

void attention(const Attention& a, const float* query, const float* key, const float* value, const std::uint8_t* keep,
               float* y, float* weights) {
  for_each_head(a, 1, [&](Index head) {
    const Index size = a.queries * a.keys;
    const Head q(a, head, a.queries, a.key_width), k(a, head, a.keys, a.key_width);
    const Head v(a, head, a.keys, a.value_width), out(a, head, a.queries, a.value_width);
    float* const own = weights + head * size;
    const Packed keys({key + k.begin, k.stride, true}, a.key_width, a.keys);
    keys.multiply(a.queries, ByRows{query + q.begin, q.stride}, fresh(own, a.keys));
    to_weights(a.queries, a.keys, key_scale(a), own);
    const Workspace dropped(keep == nullptr ? 0 : size);
    if (keep != nullptr) drop(own, keep + head * size, a.rate, size, dropped);
    const Packed values({value + v.begin, v.stride, false}, a.keys, a.value_width);
    values.multiply(a.queries, ByRows{keep == nullptr ? own : dropped, a.keys}, fresh(y + out.begin, out.stride));
  });
}

void attention_backward(const Attention& a, const float* query, const float* key, const float* value,
                        const float* weights, const std::uint8_t* keep, const float* dy, float* dquery, float* dkey,
                        float* dvalue) {
  for_each_head(a, 2, [&](Index head) {
    const Index size = a.queries * a.keys;
    const Head q(a, head, a.queries, a.key_width), k(a, head, a.keys, a.key_width);
    const Head v(a, head, a.keys, a.value_width), out(a, head, a.queries, a.value_width);
    const float* const own = weights + head * size;
    const Workspace space(size);
    float* const scratch = space;

    // dV = A^T dY, with A as far as it was kept.
    if (keep != nullptr) drop(own, keep + head * size, a.rate, size, scratch);
    const Packed gradients({dy + out.begin, out.stride, false}, a.queries, a.value_width);
    gradients.multiply(a.keys, BySteps{keep == nullptr ? own : scratch, a.keys}, fresh(dvalue + v.begin, v.stride));

    // dA = dY V^T, and from there the gradient of the scores.
    const Packed values({value + v.begin, v.stride, true}, a.value_width, a.keys);
    values.multiply(a.queries, ByRows{dy + out.begin, out.stride}, fresh(scratch, a.keys));
    if (keep != nullptr) drop(scratch, keep + head * size, a.rate, size, scratch);
    to_score_gradient(a.queries, a.keys, own, key_scale(a), scratch);

    const Packed keys({key + k.begin, k.stride, false}, a.keys, a.key_width);
    keys.multiply(a.queries, ByRows{scratch, a.keys}, fresh(dquery + q.begin, q.stride));
    const Packed queries({query + q.begin, q.stride, false}, a.queries, a.key_width);
    queries.multiply(a.keys, BySteps{scratch, a.keys}, fresh(dkey + k.begin, k.stride));
  });
}

}  // namespace vitral::VITRAL_ISA
