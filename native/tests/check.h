// Tests of the kernels: functions that call them on arrays of exactly the right size, so that AddressSanitizer sees
// every value that is read or written beside them.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <memory>

#include "kernels/kernels.h"

namespace vitral::test {

// TEST(name) { ... } defines a test; main.cpp runs all of them under every instruction set.
struct Test {
  Test(const char* name, void (*run)());
  const char* name;
  void (*run)();
  const Test* next;
};

#define TEST(name)                                               \
  static void name();                                            \
  static const ::vitral::test::Test name##_registered(#name, name); \
  static void name()

// Counts, and says where it fails.
void check(bool passed, const char* text, const char* file, int line);
#define CHECK(condition) ::vitral::test::check((condition), #condition, __FILE__, __LINE__)

// An array that ends where its heap block ends.
template <class T>
class Buffer {
 public:
  explicit Buffer(Index size, T value = T{}) : size_(size), values_(new T[static_cast<std::size_t>(size)]) {
    for (Index i = 0; i < size; ++i) values_[i] = value;
  }
  operator T*() { return values_.get(); }
  operator const T*() const { return values_.get(); }
  Index size() const { return size_; }

 private:
  Index size_;
  std::unique_ptr<T[]> values_;
};

// Numbers from -1 to 1, the same at every run.
inline Buffer<float> numbers(Index size, std::uint32_t seed = 1) {
  Buffer<float> values(size);
  std::uint32_t state = seed * 2654435761u + 1;
  for (Index i = 0; i < size; ++i) {
    state = state * 1664525u + 1013904223u;
    values[i] = static_cast<float>(state >> 8) / 8388608.0f - 1;
  }
  return values;
}

inline bool close(double a, double b, double tolerance = 1e-5) {
  return std::fabs(a - b) <= tolerance * (1 + std::fabs(b));
}

template <class A, class B>
bool close(const Buffer<A>& a, const Buffer<B>& b, double tolerance = 1e-5) {
  for (Index i = 0; i < b.size(); ++i)
    if (!close(a[i], b[i], tolerance)) return false;
  return a.size() == b.size();
}

}  // namespace vitral::test
