#include "kernels/memory.h"

#include <pthread.h>
#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdlib>
#include <mutex>
#include <new>
#include <vector>

#include "kernels/spin.h"

namespace vitral {
namespace {

constexpr std::size_t kAlignment = 64;
constexpr std::size_t kHugePage = std::size_t{2} << 20;
// What is given back beyond this is freed at once. The five reports' networks need less.
constexpr std::int64_t kLargestCache = std::int64_t{1} << 30;

// Sizes are rounded up to one of four steps between powers of two, so that a block fits many requests and at most a
// fifth of it is wasted. The class is the number of that step.
constexpr int kClasses = 4 * 60;

struct SizeClass {
  int number;
  std::size_t bytes;
};

SizeClass size_class(std::size_t bytes) {
  const std::size_t least = bytes < 256 ? 256 : bytes;
  const int power = std::bit_width(least - 1) - 1;  // 2^power < least <= 2^(power + 1), for least > 1
  const std::size_t step = std::size_t{1} << (power - 2);
  const std::size_t above = least - (std::size_t{1} << power);
  const std::size_t steps = (above + step - 1) / step;  // 1 to 4
  return {4 * power + static_cast<int>(steps), (std::size_t{1} << power) + steps * step};
}

struct Block {
  void* data;
  int owner;  // the thread that gave it back, in whose core's cache it lies
};

// A number of its own for every thread.
int this_thread() {
  static std::atomic<int> count{0};
  thread_local const int number = count.fetch_add(1);
  return number;
}

struct State {
  SpinLock lock;
  std::vector<Block> free[kClasses];
  MemoryUse use{};
};

// Never destroyed: arrays may be freed after the statics of this file. A child of fork must not inherit a lock that
// some other thread holds.
State& state() {
  static State* const instance = [] {
    pthread_atfork([] { state().lock.lock(); }, [] { state().lock.unlock(); }, [] { state().lock.unlock(); });
    return new State;
  }();
  return *instance;
}

void* fresh(std::size_t bytes) {
  const bool large = bytes >= 2 * kHugePage;
  const std::size_t alignment = large ? kHugePage : kAlignment;
  void* block = std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
  if (block == nullptr) throw std::bad_alloc();
#ifdef MADV_HUGEPAGE
  if (large) madvise(block, bytes, MADV_HUGEPAGE);
#endif
  return block;
}

}  // namespace

void* take(std::size_t bytes) {
  const SizeClass size = size_class(bytes);
  State& s = state();
  {
    std::lock_guard guard(s.lock);
    s.use.in_use += static_cast<std::int64_t>(size.bytes);
    auto& blocks = s.free[size.number];
    if (!blocks.empty()) {
      // Of the last few the last one that was this thread's, or else the last one.
      constexpr std::size_t kFew = 16;
      const int self = this_thread();
      const auto end = blocks.rbegin() + static_cast<std::ptrdiff_t>(std::min(kFew, blocks.size()));
      auto chosen = std::find_if(blocks.rbegin(), end, [=](const Block& b) { return b.owner == self; });
      if (chosen == end) chosen = blocks.rbegin();
      void* block = chosen->data;
      blocks.erase(std::next(chosen).base());
      s.use.cached -= static_cast<std::int64_t>(size.bytes);
      return block;
    }
    ++s.use.allocations;
  }
  try {
    return fresh(size.bytes);
  } catch (const std::bad_alloc&) {
    std::lock_guard guard(s.lock);
    s.use.in_use -= static_cast<std::int64_t>(size.bytes);
    throw;
  }
}

void give_back(void* block, std::size_t bytes) noexcept {
  const SizeClass size = size_class(bytes);
  State& s = state();
  std::lock_guard guard(s.lock);
  s.use.in_use -= static_cast<std::int64_t>(size.bytes);
  if (s.use.cached + static_cast<std::int64_t>(size.bytes) > kLargestCache) {
    std::free(block);
    return;
  }
  s.free[size.number].push_back({block, this_thread()});
  s.use.cached += static_cast<std::int64_t>(size.bytes);
}

void clear_cache() {
  State& s = state();
  std::lock_guard guard(s.lock);
  for (auto& blocks : s.free) {
    for (const Block& block : blocks) std::free(block.data);
    blocks.clear();
  }
  s.use.cached = 0;
}

MemoryUse memory_use() {
  State& s = state();
  std::lock_guard guard(s.lock);
  return s.use;
}

}  // namespace vitral
