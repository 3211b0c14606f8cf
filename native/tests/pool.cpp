#include "check.h"

namespace vitral::test {
namespace {

// Sizes that leave pixels over, windows that overlap, touch, leave gaps and hang over the edges.
constexpr Windows kWindows[] = {
    {{6, 2, 2, 0, 3}, {4, 2, 2, 0, 2}},  // side by side
    {{7, 2, 2, 0, 3}, {5, 2, 2, 0, 2}},  // a row and a column in no window
    {{7, 2, 2, 0, 4}, {5, 2, 2, 0, 3}},  // "same"
    {{4, 3, 3, 1, 2}, {1, 1, 1, 0, 1}}, {{7, 3, 2, 1, 4}, {8, 3, 2, 0, 4}}, {{5, 3, 1, 1, 5}, {5, 2, 1, 0, 5}},
    {{9, 2, 4, 0, 2}, {8, 1, 3, 0, 3}}, {{5, 5, 5, 0, 1}, {6, 6, 6, 0, 1}},
};
constexpr Index kChannels[] = {1, 2, 3, 4, 7, 8, 10, 16, 19, 37};
constexpr Index kSamples = 2;

// Calls body(place, inside, x, y) for every place of every window: where in x and in y.
template <class Body>
void for_each_place(const Windows& w, Index channels, Body body) {
  for (Index n = 0; n < kSamples; ++n)
    for (Index i = 0; i < w.rows.count; ++i)
      for (Index j = 0; j < w.columns.count; ++j)
        for (Index u = 0; u < w.rows.window; ++u)
          for (Index v = 0; v < w.columns.window; ++v)
            for (Index c = 0; c < channels; ++c) {
              const Index row = i * w.rows.stride - w.rows.before + u;
              const Index column = j * w.columns.stride - w.columns.before + v;
              if (row < 0 || row >= w.rows.size || column < 0 || column >= w.columns.size) continue;
              body(u * w.columns.window + v, ((n * w.rows.size + row) * w.columns.size + column) * channels + c,
                   ((n * w.rows.count + i) * w.columns.count + j) * channels + c);
            }
}

template <class Body>
void for_each_case(Body body) {
  for (const Windows& w : kWindows)
    for (const Index channels : kChannels)
      body(w, channels, kSamples * w.rows.size * w.columns.size * channels,
           kSamples * w.rows.count * w.columns.count * channels);
}

TEST(max_pool2d_and_its_gradient) {
  for_each_case([](const Windows& w, Index channels, Index pixels, Index values) {
    const Buffer<float> x = numbers(pixels), dy = numbers(values, 2);
    Buffer<float> y(values), dx(pixels, 7), expected_y(values, -9), expected_dx(pixels);
    Buffer<std::uint8_t> winner(values);
    kernels().max_pool2d(w, kSamples, channels, x, y, winner);
    kernels().max_pool2d_backward(w, Activation::relu, kSamples, channels, dy, y, winner, dx);
    for_each_place(w, channels, [&](Index, Index from, Index to) {
      if (x[from] > expected_y[to]) expected_y[to] = x[from];
    });
    for_each_place(w, channels, [&](Index place, Index from, Index to) {
      if (winner[to] == place && y[to] > 0) expected_dx[from] += dy[to];
    });
    CHECK(close(y, expected_y, 0));
    CHECK(close(dx, expected_dx));
  });
}

TEST(average_pool2d_and_its_gradient) {
  for_each_case([](const Windows& w, Index channels, Index pixels, Index values) {
    const Buffer<float> x = numbers(pixels), dy = numbers(values, 2);
    Buffer<float> y(values), dx(pixels, 7), expected_y(values), size(values), expected_dx(pixels);
    kernels().average_pool2d(w, kSamples, channels, x, y);
    kernels().average_pool2d_backward(w, Activation::tanh, kSamples, channels, dy, x, dx);
    for_each_place(w, channels, [&](Index, Index from, Index to) {
      expected_y[to] += x[from];
      size[to] += 1;
    });
    for_each_place(w, channels, [&](Index, Index from, Index to) { expected_dx[from] += dy[to] / size[to]; });
    for (Index i = 0; i < values; ++i) expected_y[i] /= size[i];
    for (Index i = 0; i < pixels; ++i) expected_dx[i] *= 1 - x[i] * x[i];
    CHECK(close(y, expected_y));
    CHECK(close(dx, expected_dx));
  });
}

}  // namespace
}  // namespace vitral::test
