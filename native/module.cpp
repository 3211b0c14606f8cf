// The compiled module vitral._native: it only registers.
#include "bindings/bindings.h"

NB_MODULE(_native, module) {
  vitral::bind_runtime(module);
  vitral::bind_batch(module);
  vitral::bind_norm(module);
  vitral::bind_pool(module);
  vitral::bind_shape(module);
  vitral::bind_update(module);
}
