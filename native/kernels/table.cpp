// The kernels of one instruction set, in one table.
#include "kernels/kernels.h"
#include "kernels/simd.h"

#define VITRAL_TEXT_OF(name) #name
#define VITRAL_TEXT(name) VITRAL_TEXT_OF(name)

namespace vitral::VITRAL_ISA {

#define VITRAL_ENTRY(name, parameters) .name = name,
const Kernels table = {.instruction_set = VITRAL_TEXT(VITRAL_ISA), .lanes = L, VITRAL_KERNELS(VITRAL_ENTRY)};
#undef VITRAL_ENTRY

}  // namespace vitral::VITRAL_ISA
