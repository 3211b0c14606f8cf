// The compiled module vitral._native: it only registers.
#include "bindings/bindings.h"

NB_MODULE(_native, module) {
  vitral::bind_runtime(module);
  vitral::bind_conv(module);
  vitral::bind_dense(module);
  vitral::bind_activation(module);
  vitral::bind_loss(module);
  vitral::bind_batch(module);
  vitral::bind_norm(module);
  vitral::bind_pool(module);
  vitral::bind_shape(module);
  vitral::bind_update(module);
}
