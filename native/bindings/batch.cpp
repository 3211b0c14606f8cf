#include <string>

#include "bindings/array.h"
#include "bindings/bindings.h"
#include "kernels/kernels.h"

namespace vitral {
namespace {

using Rows = Array<const std::int64_t>;

// Checked before anything is written: the shapes, and that every row is there. Returns the values in a sample.
template <class T>
Index checked(const Array<const T>& source, const Rows& rows, const Array<float>& out) {
  bool fits = source.axes() > 0 && out.axes() == source.axes() && out.shape(0) == rows.size();
  Index size = 1;
  for (int axis = 1; fits && axis < source.axes(); ++axis) {
    fits = out.shape(axis) == source.shape(axis);
    size *= source.shape(axis);
  }
  if (!fits)
    throw ShapeError("gather received out of shape " + out.shape_text() + "; expected " + std::to_string(rows.size()) +
                     " samples of source, whose shape is " + source.shape_text());
  for (Index i = 0; i < rows.size(); ++i)
    if (rows.data()[i] < 0 || rows.data()[i] >= source.shape(0))
      throw ShapeError("gather received row " + std::to_string(rows.data()[i]) + " at place " + std::to_string(i) +
                       "; expected rows from 0 to " + std::to_string(source.shape(0) - 1));
  return size;
}

void gather_bytes(const Array<const std::uint8_t>& source, const Rows& rows, const Array<float>& out) {
  const Index size = checked(source, rows, out);
  kernels().gather_bytes(source.data(), rows.data(), rows.size(), size, out.data());
}

void gather_floats(const Array<const float>& source, const Rows& rows, const Array<float>& out) {
  const Index size = checked(source, rows, out);
  kernels().gather_floats(source.data(), rows.data(), rows.size(), size, out.data());
}

}  // namespace

void bind_batch(nb::module_& module) {
  module.def("gather_bytes", &gather_bytes, NoGil());
  module.def("gather_floats", &gather_floats, NoGil());
}

}  // namespace vitral
