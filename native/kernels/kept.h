// What has been made of weights, kept for as long as they stay the same: for a single sample, making it takes as long
// as using it.
#pragma once

#include <cstdint>

namespace vitral {

// Values that are made of weights. Those that were made of the same source in the same way are taken again if the
// source has not changed since; some of the last are kept for it, each with a copy of its source.
// Nothing here is inline: a linker would keep one version, perhaps that of an instruction set which is not there.
class Kept {
 public:
  using Make = void (*)(void* context, float* to);

  // `size` values that make(context, to) makes of the `count` values at `source`; `kind` tells ways of making apart.
  Kept(std::int64_t kind, const float* source, std::int64_t count, std::int64_t size, Make make, void* context);
  ~Kept();
  Kept(const Kept&) = delete;
  Kept& operator=(const Kept&) = delete;
  const float* data() const;

  static void forget_all();

 private:
  void* values_;  // a std::shared_ptr<Workspace>
};

}  // namespace vitral
