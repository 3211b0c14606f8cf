// Runs every test under every instruction set that the processor has.
#include "check.h"

#include "kernels/parallel.h"

namespace vitral::test {
namespace {

const Test* first = nullptr;
int passed = 0, failed = 0;

}  // namespace

Test::Test(const char* name, void (*run)()) : name(name), run(run), next(first) { first = this; }

void check(bool success, const char* text, const char* file, int line) {
  success ? ++passed : ++failed;
  if (!success) std::printf("%s:%d: %s: failed: %s\n", file, line, kernels().instruction_set, text);
}

int run_all() {
  set_threads(3);
  for (const char* name : {"baseline", "avx2", "avx512"}) {
    if (!choose_instruction_set(name)) {
      std::printf("%s: not on this processor\n", name);
      continue;
    }
    for (const Test* test = first; test != nullptr; test = test->next) test->run();
  }
  std::printf("%d passed, %d failed\n", passed, failed);
  return failed == 0 && passed > 0 ? 0 : 1;
}

}  // namespace vitral::test

int main() { return vitral::test::run_all(); }
