#include <optional>

#include <nanobind/stl/optional.h>

#include "bindings/array.h"
#include "bindings/bindings.h"
#include "kernels/kernels.h"

namespace vitral {
namespace {

using In = Array<const float>;
using Out = Array<float>;
using Keep = std::optional<Array<const bool>>;

// The sizes, from arrays (samples, places, heads, width).
Attention checked(const In& query, const In& key, const In& value, const Keep& keep, double rate) {
  const bool fits = query.axes() == 4 && key.axes() == 4 && value.axes() == 4 && query.size() > 0 && value.size() > 0 &&
                    key.shape(0) == query.shape(0) && value.shape(0) == query.shape(0) &&
                    value.shape(1) == key.shape(1) && key.shape(2) == query.shape(2) &&
                    value.shape(2) == query.shape(2) && key.shape(3) == query.shape(3);
  if (!fits)
    throw ShapeError("attention received queries " + query.shape_text() + ", keys " + key.shape_text() +
                     " and values " + value.shape_text() + "; expected (samples, places, heads, width) that fit");
  const Attention a{query.shape(0), query.shape(2), query.shape(1), key.shape(1), key.shape(3), value.shape(3), rate};
  if (keep) expect_size("keep", *keep, a.samples * a.heads * a.queries * a.keys);
  return a;
}

const std::uint8_t* bytes(const Keep& keep) {
  return keep ? reinterpret_cast<const std::uint8_t*>(keep->data()) : nullptr;
}

void attention(const In& query, const In& key, const In& value, const Keep& keep, double rate, const Out& y,
               const Out& weights) {
  const Attention a = checked(query, key, value, keep, rate);
  expect_size("y", y, a.samples * a.queries * a.heads * a.value_width);
  expect_size("weights", weights, a.samples * a.heads * a.queries * a.keys);
  kernels().attention(a, query.data(), key.data(), value.data(), bytes(keep), y.data(), weights.data());
}

void attention_backward(const In& query, const In& key, const In& value, const In& weights, const Keep& keep,
                        double rate, const In& dy, const Out& dquery, const Out& dkey, const Out& dvalue) {
  const Attention a = checked(query, key, value, keep, rate);
  expect_size("weights", weights, a.samples * a.heads * a.queries * a.keys);
  expect_size("dy", dy, a.samples * a.queries * a.heads * a.value_width);
  expect_size("dquery", dquery, query.size());
  expect_size("dkey", dkey, key.size());
  expect_size("dvalue", dvalue, value.size());
  kernels().attention_backward(a, query.data(), key.data(), value.data(), weights.data(), bytes(keep), dy.data(),
                               dquery.data(), dkey.data(), dvalue.data());
}

}  // namespace

void bind_attention(nb::module_& module) {
  const auto array = nb::arg();
  const auto maybe = nb::arg().none();
  module.def("attention", &attention, array, array, array, maybe, array, array, array, NoGil());
  module.def("attention_backward", &attention_backward, array, array, array, array, maybe, array, array, array, array,
             array, NoGil());
}

}  // namespace vitral
