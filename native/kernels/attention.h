// The sizes of an attention. Queries are (samples, queries, heads, width), keys and values likewise, so that a head's
// values of one place lie together; weights are (samples, heads, queries, keys).
#pragma once

#include <cstdint>

namespace vitral {

struct Attention {
  std::int64_t samples, heads, queries, keys;
  std::int64_t key_width, value_width;
  double rate;  // of the weights that are dropped
};

}  // namespace vitral
