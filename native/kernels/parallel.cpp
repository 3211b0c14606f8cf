#include "kernels/parallel.h"

#include <pthread.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#if defined(__x86_64__)
#define VITRAL_PAUSE() __builtin_ia32_pause()
#elif defined(__aarch64__)
#define VITRAL_PAUSE() asm volatile("yield")
#else
#define VITRAL_PAUSE() std::this_thread::yield()
#endif

namespace vitral {
namespace {

using Clock = std::chrono::steady_clock;

// Waking a sleeping thread can take a millisecond, longer than many an operation, and between two operations of a
// training step lie some microseconds of Python: so a worker looks out for new work this long before it sleeps. It does not
// yield meanwhile: beside work of low priority it would come back late.
constexpr auto kPatience = std::chrono::microseconds(200);

// One loop over pieces. A worker that comes late finds it closed; the caller waits only for those who came in time.
struct Job {
  Task task;
  void* context;
  std::int64_t count;
  alignas(64) std::atomic<std::int64_t> next{0};
};

class Pool {
 public:
  explicit Pool(int workers) {
    for (int i = 0; i < workers; ++i) threads_.emplace_back([this] { work(); });
  }

  ~Pool() {
    stopping_.store(true);
    announce();
    for (auto& thread : threads_) thread.join();
  }

  int size() const { return static_cast<int>(threads_.size()) + 1; }

  void run(Job& job) {
    job_.store(&job);
    announce();
    take_pieces(job);
    job_.store(nullptr);
    // Whoever read job_ before it was cleared has counted itself in first.
    while (inside_.load() != 0) VITRAL_PAUSE();
  }

 private:
  static void take_pieces(Job& job) {
    for (;;) {
      const std::int64_t piece = job.next.fetch_add(1, std::memory_order_relaxed);
      if (piece >= job.count) return;
      job.task(job.context, piece);
    }
  }

  void announce() {
    generation_.fetch_add(1);
    if (sleeping_.load() > 0) {
      std::lock_guard lock(mutex_);
      wake_.notify_all();
    }
  }

  void work() {
    std::uint64_t seen = 0;
    for (;;) {
      wait_for_change(seen);
      seen = generation_.load();
      if (stopping_.load()) return;
      inside_.fetch_add(1);
      if (Job* job = job_.load()) take_pieces(*job);
      inside_.fetch_sub(1);
    }
  }

  void wait_for_change(std::uint64_t seen) {
    const auto start = Clock::now();
    for (auto waited = Clock::duration::zero(); waited < kPatience; waited = Clock::now() - start) {
      for (int i = 0; i < 16; ++i) {
        if (generation_.load(std::memory_order_acquire) != seen) return;
        VITRAL_PAUSE();
      }
    }
    std::unique_lock lock(mutex_);
    sleeping_.fetch_add(1);
    wake_.wait(lock, [&] { return generation_.load() != seen; });
    sleeping_.fetch_sub(1);
  }

  alignas(64) std::atomic<std::uint64_t> generation_{0};
  alignas(64) std::atomic<Job*> job_{nullptr};
  alignas(64) std::atomic<int> inside_{0};
  alignas(64) std::atomic<int> sleeping_{0};
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<std::thread> threads_;
};

std::atomic<int> wanted{static_cast<int>(std::thread::hardware_concurrency())};
std::atomic<bool> busy{false};
Pool* pool = nullptr;

// A child of fork has the pool's memory but none of its threads: it forgets the pool and builds its own when needed.
void forget_pool_in_child() {
  pool = nullptr;
  busy.store(false);
}

Pool& pool_of(int count) {
  static const int registered = pthread_atfork(nullptr, nullptr, forget_pool_in_child);
  static_cast<void>(registered);
  if (pool == nullptr || pool->size() != count) {
    delete pool;
    pool = new Pool(count - 1);
  }
  return *pool;
}

}  // namespace

void set_threads(int count) { wanted.store(count < 1 ? 1 : count); }
int threads() { return wanted.load() < 1 ? 1 : wanted.load(); }

void run_pieces(std::int64_t count, Task task, void* context) {
  const int workers = threads();
  // busy is taken by one caller at a time; everybody else, and a piece that starts a loop, works alone.
  if (count > 1 && workers > 1 && !busy.exchange(true)) {
    struct Release {
      ~Release() { busy.store(false); }
    } release;
    Job job{task, context, count};
    pool_of(workers).run(job);
    return;
  }
  for (std::int64_t piece = 0; piece < count; ++piece) task(context, piece);
}

}  // namespace vitral
