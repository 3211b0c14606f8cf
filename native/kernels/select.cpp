// Which instruction set runs: the best that the processor has, unless VITRAL_ISA names another.
#include <cstdlib>
#include <cstring>
#include <initializer_list>

#include "kernels/kernels.h"

namespace vitral {

namespace baseline {
extern const Kernels table;
}
#ifdef VITRAL_X86
namespace avx2 {
extern const Kernels table;
}
namespace avx512 {
extern const Kernels table;
}
#endif

namespace {

const Kernels* available(const char* name) {
  if (std::strcmp(name, "baseline") == 0) return &baseline::table;
#ifdef VITRAL_X86
  if (std::strcmp(name, "avx2") == 0 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return &avx2::table;
  if (std::strcmp(name, "avx512") == 0 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    return &avx512::table;
#endif
  return nullptr;
}

const Kernels* best() {
  for (const char* name : {"avx512", "avx2"})
    if (const Kernels* found = available(name)) return found;
  return &baseline::table;
}

const Kernels* chosen = best();

}  // namespace

const Kernels& kernels() { return *chosen; }

bool choose_instruction_set(const char* name) {
  const Kernels* found = available(name);
  if (found != nullptr) chosen = found;
  return found != nullptr;
}

}  // namespace vitral
