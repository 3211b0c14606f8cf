#include "kernels/parallel.h"
#include "kernels/spin.h"
#include "kernels/subnormals.h"

#include <pthread.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace vitral {
namespace {

using Clock = std::chrono::steady_clock;

// Waking a sleeping thread can take a millisecond, longer than many an operation, and between two operations of a
// training step lie some microseconds of Python: so a worker looks out for new work this long before it sleeps. It does
// not yield meanwhile: beside work of low priority it would come back late.
constexpr auto kPatience = std::chrono::microseconds(1000);

// Each thread begins with a share of the pieces that is the same in every loop of as many: what one operation left in
// a core's cache, the next one finds there. Whoever has finished a share helps with the others.
struct Share {
  alignas(64) std::atomic<std::int64_t> next;
  std::int64_t end;
};

std::int64_t share_begin(std::int64_t count, int thread, int threads) { return count * thread / threads; }

// One loop over pieces. A worker that comes late finds it closed; the caller waits only for those who came in time.
struct Job {
  Task task;
  void* context;
};

class Pool {
 public:
  explicit Pool(int size) : shares_(size) {
    for (int i = 1; i < size; ++i) threads_.emplace_back([this, i] { work(i); });
  }

  ~Pool() {
    stopping_.store(true);
    announce();
    for (auto& thread : threads_) thread.join();
  }

  int size() const { return static_cast<int>(shares_.size()); }

  void run(Job& job, std::int64_t count) {
    for (int i = 0; i < size(); ++i) {
      shares_[i].next.store(share_begin(count, i, size()), std::memory_order_relaxed);
      shares_[i].end = share_begin(count, i + 1, size());
    }
    job_.store(&job);
    announce();
    take_pieces(job, 0);
    job_.store(nullptr);
    // Whoever read job_ before it was cleared has counted itself in first.
    while (inside_.load() != 0) relax();
  }

 private:
  void take_pieces(const Job& job, int self) {
    for (int i = 0; i < size(); ++i) {
      Share& share = shares_[(self + i) % size()];
      for (;;) {
        const std::int64_t piece = share.next.fetch_add(1, std::memory_order_relaxed);
        if (piece >= share.end) break;
        job.task(job.context, piece);
      }
    }
  }

  void announce() {
    generation_.fetch_add(1);
    if (sleeping_.load() > 0) {
      std::lock_guard lock(mutex_);
      wake_.notify_all();
    }
  }

  void work(int self) {
    const FlushSubnormals flush;
    std::uint64_t seen = 0;
    for (;;) {
      wait_for_change(seen);
      seen = generation_.load();
      if (stopping_.load()) return;
      inside_.fetch_add(1);
      if (Job* job = job_.load()) take_pieces(*job, self);
      inside_.fetch_sub(1);
    }
  }

  void wait_for_change(std::uint64_t seen) {
    const auto start = Clock::now();
    for (auto waited = Clock::duration::zero(); waited < kPatience; waited = Clock::now() - start) {
      for (int i = 0; i < 16; ++i) {
        if (generation_.load(std::memory_order_acquire) != seen) return;
        relax();
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
  std::vector<Share> shares_;
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
    pool = new Pool(count);
  }
  return *pool;
}

}  // namespace

void set_threads(int count) { wanted.store(count < 1 ? 1 : count); }
int threads() { return wanted.load() < 1 ? 1 : wanted.load(); }

std::int64_t mirrored(std::int64_t piece, std::int64_t count, int threads) {
  int thread = 0;
  while (piece >= share_begin(count, thread + 1, threads)) ++thread;
  return share_begin(count, thread, threads) + share_begin(count, thread + 1, threads) - 1 - piece;
}

void run_pieces(std::int64_t count, Task task, void* context) {
  const int workers = threads();
  // busy is taken by one caller at a time; everybody else, and a piece that starts a loop, works alone.
  if (count > 1 && workers > 1 && !busy.exchange(true)) {
    struct Release {
      ~Release() { busy.store(false); }
    } release;
    Job job{task, context};
    pool_of(workers).run(job, count);
    return;
  }
  for (std::int64_t piece = 0; piece < count; ++piece) task(context, piece);
}

}  // namespace vitral
