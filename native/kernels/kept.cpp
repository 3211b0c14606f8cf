#include "kernels/kept.h"

#include <pthread.h>

#include <cstring>
#include <memory>
#include <mutex>
#include <vector>

#include "kernels/memory.h"

namespace vitral {
namespace {

constexpr std::size_t kMost = 8;

using Values = std::shared_ptr<Workspace>;

struct Entry {
  std::int64_t kind;
  const float* source;
  std::int64_t count;
  Values copy, values;

  bool is_of(std::int64_t its_kind, const float* its_source, std::int64_t its_count) const {
    return kind == its_kind && source == its_source && count == its_count;
  }
};

struct State {
  std::mutex mutex;
  std::vector<Entry> entries;  // the oldest first
};

// Never destroyed; a child of fork must not inherit a mutex that some other thread holds.
State& state() {
  static State* const instance = [] {
    pthread_atfork([] { state().mutex.lock(); }, [] { state().mutex.unlock(); }, [] { state().mutex.unlock(); });
    return new State;
  }();
  return *instance;
}

Values find(std::int64_t kind, const float* source, std::int64_t count) {
  State& s = state();
  std::lock_guard lock(s.mutex);
  for (const Entry& entry : s.entries)
    if (entry.is_of(kind, source, count) &&
        std::memcmp(*entry.copy, source, static_cast<std::size_t>(count) * sizeof(float)) == 0)
      return entry.values;
  return nullptr;
}

}  // namespace

Kept::Kept(std::int64_t kind, const float* source, std::int64_t count, std::int64_t size, Make make, void* context)
    : values_(new Values(find(kind, source, count))) {
  Values& values = *static_cast<Values*>(values_);
  if (values != nullptr) return;
  const auto copy = std::make_shared<Workspace>(count);
  std::memcpy(*copy, source, static_cast<std::size_t>(count) * sizeof(float));
  values = std::make_shared<Workspace>(size);
  make(context, *values);

  State& s = state();
  std::lock_guard lock(s.mutex);
  std::erase_if(s.entries, [&](const Entry& entry) { return entry.is_of(kind, source, count); });
  if (s.entries.size() == kMost) s.entries.erase(s.entries.begin());
  s.entries.push_back({kind, source, count, copy, values});
}

Kept::~Kept() { delete static_cast<Values*>(values_); }

const float* Kept::data() const { return **static_cast<Values*>(values_); }

void Kept::forget_all() {
  State& s = state();
  std::lock_guard lock(s.mutex);
  s.entries.clear();
}

}  // namespace vitral
