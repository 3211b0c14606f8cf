// The compiled module vitral._native: it only registers.
#include "bindings/bindings.h"

NB_MODULE(_native, module) {
  vitral::bind_runtime(module);
  vitral::bind_conv(module);
  vitral::bind_dense(module);
  vitral::bind_activation(module);
  vitral::bind_loss(module);
  vitral::bind_attention(module);
  vitral::bind_batch(module);
  vitral::bind_merge(module);
  vitral::bind_norm(module);
  vitral::bind_penalty(module);
  vitral::bind_pool(module);
  vitral::bind_random(module);
  vitral::bind_recurrent(module);
  vitral::bind_sampling(module);
  vitral::bind_shape(module);
  vitral::bind_update(module);
}
