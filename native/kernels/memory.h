// Big buffers that are used again: fresh pages cost more than the arithmetic on them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace vitral {

// At least this many bytes, aligned to 64, content unspecified; throws std::bad_alloc. `give_back` takes the same size.
void* take(std::size_t bytes);
void give_back(void* block, std::size_t bytes) noexcept;

// Frees everything that nobody uses.
void clear_cache();

struct MemoryUse {
  std::int64_t in_use;       // bytes handed out
  std::int64_t cached;       // bytes kept for the next one
  std::int64_t allocations;  // how often the system had to be asked, since the start
};
MemoryUse memory_use();

// Workspace of an operation, given back at the end of its scope.
class Workspace {
 public:
  explicit Workspace(std::int64_t floats)
      : bytes_(static_cast<std::size_t>(floats) * sizeof(float)), data_(static_cast<float*>(take(bytes_))) {}
  ~Workspace() { give_back(data_, bytes_); }
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;
  operator float*() const { return data_; }

 private:
  std::size_t bytes_;
  float* data_;
};

}  // namespace vitral
