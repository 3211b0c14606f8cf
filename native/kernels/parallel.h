// Work in pieces, shared among the threads of one pool.
#pragma once

#include <cstdint>

namespace vitral {

// How many threads take part, the calling one included; at least 1.
void set_threads(int count);
int threads();

// Runs task(context, piece) for every piece from 0 to count - 1, on as many threads as are free, and returns when all
// are done. A thread begins with its own share of them and then takes others', so nothing may depend on who ran which.
// While another thread of the program uses the pool, and inside a piece, everything runs on the calling thread.
using Task = void (*)(void* context, std::int64_t piece);
void run_pieces(std::int64_t count, Task task, void* context);

// The piece that lies as far from the end of the share in which `piece` is as this one from its beginning, where
// `count` pieces are shared out among `threads`.
std::int64_t mirrored(std::int64_t piece, std::int64_t count, int threads);

}  // namespace vitral
