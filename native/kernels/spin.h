// A lock for a few instructions, for which going to sleep and being woken takes a thousand times as long.
#pragma once

#include <atomic>
#include <thread>

#if defined(__x86_64__)
#define VITRAL_PAUSE() __builtin_ia32_pause()
#elif defined(__aarch64__)
#define VITRAL_PAUSE() asm volatile("yield")
#else
#define VITRAL_PAUSE() std::this_thread::yield()
#endif

namespace vitral {

class SpinLock {
 public:
  void lock() {
    // Whoever holds the lock that long has lost its core, perhaps to this thread.
    constexpr int kPatience = 1000;
    for (int tries = 0; held_.exchange(true, std::memory_order_acquire); ++tries)
      tries < kPatience ? VITRAL_PAUSE() : std::this_thread::yield();
  }
  void unlock() { held_.store(false, std::memory_order_release); }

 private:
  std::atomic<bool> held_{false};
};

}  // namespace vitral
