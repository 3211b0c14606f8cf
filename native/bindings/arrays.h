// An argument of a function that may be one array, or a list with an array for each of several variables.
#pragma once

#include <vector>

#include "bindings/array.h"

namespace vitral {

template <class T>
class Arrays {
 public:
  // False, with no Python error set, where the object is neither.
  bool open(PyObject* object) {
    const bool several = PyList_CheckExact(object);
    const Py_ssize_t count = several ? PyList_GET_SIZE(object) : 1;
    arrays_.reserve(static_cast<std::size_t>(count));
    for (Py_ssize_t i = 0; i < count; ++i)
      if (!arrays_.emplace_back().open(several ? PyList_GET_ITEM(object, i) : object)) return false;
    return true;
  }

  std::size_t count() const { return arrays_.size(); }
  const Array<T>& operator[](std::size_t i) const { return arrays_[i]; }

 private:
  std::vector<Array<T>> arrays_;
};

}  // namespace vitral

namespace nanobind::detail {

template <class T>
struct type_caster<vitral::Arrays<T>> {
  NB_TYPE_CASTER(vitral::Arrays<T>, const_name("numpy.ndarray | list[numpy.ndarray]"))
  bool from_python(handle source, std::uint8_t, cleanup_list*) noexcept { return value.open(source.ptr()); }
  static handle from_cpp(vitral::Arrays<T>&&, rv_policy, cleanup_list*) noexcept { return nullptr; }
};

}  // namespace nanobind::detail
