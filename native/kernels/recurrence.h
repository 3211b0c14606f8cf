// The sizes of a recurrent layer's pass through a sequence.
#pragma once

#include <cstdint>

namespace vitral {

struct Recurrence {
  std::int64_t steps, batch, units;
};

}  // namespace vitral
