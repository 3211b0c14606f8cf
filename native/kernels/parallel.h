// Work in pieces, shared among the threads of one pool.
#pragma once

#include <cstdint>

namespace vitral {

// How many threads take part, the calling one included; at least 1.
void set_threads(int count);
int threads();

// Runs task(context, piece, worker) for every piece from 0 to count - 1, on as many threads as are free, and returns
// when all are done. Pieces are handed out in order to whoever is free; worker is below threads(), and two pieces that
// run at the same time have different ones. Nothing must depend on which worker ran a piece. While another thread of
// the program uses the pool, and inside a piece, everything runs on the calling thread.
using Task = void (*)(void* context, std::int64_t piece, int worker);
void run_pieces(std::int64_t count, Task task, void* context);

}  // namespace vitral
