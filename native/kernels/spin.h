// A lock for a few instructions, for which going to sleep and being woken takes a thousand times as long.
#pragma once

#include <atomic>
#include <thread>

namespace vitral {

// Tells the core that it only waits.
inline void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#else
  std::this_thread::yield();
#endif
}

class SpinLock {
 public:
  void lock() {
    // Whoever holds the lock that long has lost its core, perhaps to this thread.
    constexpr int kPatience = 1000;
    for (int tries = 0; held_.exchange(true, std::memory_order_acquire); ++tries)
      tries < kPatience ? relax() : std::this_thread::yield();
  }
  void unlock() { held_.store(false, std::memory_order_release); }

 private:
  std::atomic<bool> held_{false};
};

}  // namespace vitral
