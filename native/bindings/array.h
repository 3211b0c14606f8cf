// NumPy arrays as function arguments: a typed pointer, a shape, and checks that say what is wrong.
#pragma once

#include <nanobind/nanobind.h>

#include <cstdint>
#include <stdexcept>
#include <string>

namespace vitral {

// Becomes vitral.errors.ShapeError.
struct ShapeError : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

template <class T>
constexpr const char* format_of();
template <>
constexpr const char* format_of<float>() { return "f"; }
template <>
constexpr const char* format_of<std::uint8_t>() { return "B"; }
template <>
constexpr const char* format_of<std::int32_t>() { return "i"; }
template <>
constexpr const char* format_of<std::int64_t>() { return "l"; }
template <>
constexpr const char* format_of<bool>() { return "?"; }

// A C-contiguous array of type T, held through Python's buffer protocol; Array<const T> may be read-only.
template <class T>
class Array {
 public:
  Array() = default;
  Array(const Array&) = delete;
  Array& operator=(const Array&) = delete;
  Array(Array&& other) noexcept : view_(other.view_) { other.view_.obj = nullptr; }
  ~Array() {
    if (view_.obj != nullptr) PyBuffer_Release(&view_);
  }

  // False, with no Python error set, where the object is no such array.
  bool open(PyObject* object) {
    const int flags = PyBUF_C_CONTIGUOUS | PyBUF_FORMAT | (std::is_const_v<T> ? 0 : PyBUF_WRITABLE);
    if (PyObject_GetBuffer(object, &view_, flags) != 0) {
      PyErr_Clear();
      view_.obj = nullptr;
      return false;
    }
    const char* format = format_of<std::remove_const_t<T>>();
    return view_.format != nullptr && view_.format[0] == format[0] && view_.format[1] == '\0';
  }

  T* data() const { return static_cast<T*>(view_.buf); }
  int axes() const { return view_.ndim; }
  std::int64_t size() const { return view_.len / static_cast<std::int64_t>(sizeof(T)); }
  std::int64_t shape(int axis) const { return view_.shape[axis < 0 ? view_.ndim + axis : axis]; }

  std::string shape_text() const {
    std::string text = "(";
    for (int i = 0; i < axes(); ++i) text += (i ? ", " : "") + std::to_string(shape(i));
    return text + (axes() == 1 ? ",)" : ")");
  }

 private:
  Py_buffer view_{};
};

// Refuse an array that has not this number of values.
template <class T>
void expect_size(const char* name, const Array<T>& array, std::int64_t size) {
  if (array.size() != size)
    throw ShapeError(std::string(name) + " has the shape " + array.shape_text() + ", " + std::to_string(array.size()) +
                     " values; expected " + std::to_string(size));
}

// Refuse an array without a last axis along which something could be computed.
template <class T>
void expect_rows(const Array<T>& array) {
  if (array.axes() == 0 || array.size() == 0)
    throw ShapeError("received an array of shape " + array.shape_text() + "; expected rows of at least one value");
}

}  // namespace vitral

namespace nanobind::detail {

template <class T>
struct type_caster<vitral::Array<T>> {
  NB_TYPE_CASTER(vitral::Array<T>, const_name("numpy.ndarray"))
  bool from_python(handle source, std::uint8_t, cleanup_list*) noexcept { return value.open(source.ptr()); }
  static handle from_cpp(vitral::Array<T>&&, rv_policy, cleanup_list*) noexcept { return nullptr; }
};

}  // namespace nanobind::detail
