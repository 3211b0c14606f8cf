// Batch normalization. Memory is the limit: forward takes one pass for the moments and one for y, backward one for the
// sums and one for dx. What backward needs of the normalized values it computes again from x, which costs less than
// reading them.
//
// Sums are made in chunks of rows that depend on the shape alone, and the chunks are added in their order, so that the
// result does not depend on the threads.
#include <cmath>

#include "kernels/kernels.h"
#include "kernels/lanes.h"
#include "kernels/loop.h"
#include "kernels/memory.h"
#include "kernels/strands.h"

namespace vitral::VITRAL_ISA {
namespace {

// Values in a chunk: few enough to stay in the second-level cache, since the moments read them twice.
constexpr Index kChunk = 16384;
// Channels whose chunks are added together.
constexpr Index kTogether = 16;

struct Chunks {
  Chunks(Index rows, Index channels)
      : rows(rows), length(max(16, kChunk / max(1, channels))), count(ceil_div(rows, length)) {}
  Index begin(Index chunk) const { return chunk * length; }
  Index size(Index chunk) const { return min(length, rows - begin(chunk)); }
  Index rows, length, count;
};

// Mean and squared distances of a chunk: about a center that is the mean but for rounding, and then corrected by what
// the values are off it. With a mean of 1000 and a deviation of 1, x^2 - mean^2 would leave nothing.
template <class V>
VITRAL_INLINE void chunk_moments(V, const float* x, Index rows, Index channels, float* center, float* offset,
                                 float* squares) {
  using Floats = typename V::Floats;
  for_each_vector<V::count>(channels, [&](Index c) {
    Floats sums[4]{}, distances[4]{}, squared[4]{};
    in_four_strands(0, rows, [&](Index k, Index row) VITRAL_INLINED { sums[k] += V::load(x + row * channels + c); });
    const float n = static_cast<float>(rows);
    const Floats middle = together(sums) / n;
    in_four_strands(0, rows, [&](Index k, Index row) VITRAL_INLINED {
      const Floats distance = V::load(x + row * channels + c) - middle;
      distances[k] += distance;
      squared[k] += distance * distance;
    });
    const Floats off = together(distances) / n;
    V::store(center + c, middle);
    V::store(offset + c, off);
    V::store(squares + c, together(squared) - off * off * n);
  });
}

// z = (x - mean) scale + shift. The same in both directions, so that backward sees the same z > 0.
class Normalization {
 public:
  explicit Normalization(const BatchNorm& norm) : mean_(norm.mean), memory_(2 * norm.channels), scale_(memory_) {
    shift_ = scale_ + norm.channels;
    for (Index c = 0; c < norm.channels; ++c) {
      scale_[c] = norm.gamma == nullptr ? norm.inverse_std[c] : norm.inverse_std[c] * norm.gamma[c];
      shift_[c] = norm.beta == nullptr ? 0 : norm.beta[c];
    }
  }

  template <class V>
  VITRAL_INLINE typename V::Floats centered(V, const Normalization& n, const float* x, Index c) {
    return V::load(x + c) - V::load(n.mean_ + c);
  }
  template <class V>
  VITRAL_INLINE typename V::Floats z(V v, const Normalization& n, const float* x, Index c) {
    return centered(v, n, x, c) * V::load(n.scale_ + c) + V::load(n.shift_ + c);
  }
  // dy before the activation; x and dy point to a row.
  template <class V>
  VITRAL_INLINE typename V::Floats dz(V v, const Normalization& n, bool relu, const float* x, const float* dy,
                                      Index c) {
    const typename V::Floats incoming = V::load(dy + c);
    if (!relu) return incoming;
    return z(v, n, x, c) > 0.0f ? incoming : typename V::Floats{};
  }
  const float* scale() const { return scale_; }

 private:
  const float* mean_;
  Workspace memory_;
  float* scale_;
  float* shift_;
};

// dbeta = sum of dz, and dgamma = sum of dz (x - mean) inverse_std.
VITRAL_INLINE void gradient_sums(const BatchNorm& norm, const Normalization& n, const float* dy, const float* x,
                                 float* dgamma, float* dbeta) {
  const Index channels = norm.channels;
  const Chunks chunks(norm.rows, channels);
  const Workspace sums(2 * chunks.count * channels);
  with_lanes(channels, [&](auto v) {
    using V = decltype(v);
    using Floats = typename V::Floats;
    for_each_piece(chunks.count, 4.0 * static_cast<double>(norm.rows * channels), [&](Index chunk) {
      const Index first = chunks.begin(chunk) * channels;
      float* of_chunk = sums + 2 * chunk * channels;
      for_each_vector<V::count>(channels, [&](Index c) {
        Floats total[4]{}, with_x[4]{};
        in_four_strands(0, chunks.size(chunk), [&](Index k, Index row) VITRAL_INLINED {
          const Index at = first + row * channels;
          const Floats dz = Normalization::dz(v, n, norm.relu, x + at, dy + at, c);
          total[k] += dz;
          with_x[k] += dz * Normalization::centered(v, n, x + at, c);
        });
        V::store(of_chunk + c, together(total));
        V::store(of_chunk + channels + c, together(with_x));
      });
    });
  });
  for_each_block(channels, kTogether, 2.0 * static_cast<double>(chunks.count), [&](Index begin, Index end) {
    double total[kTogether]{}, with_x[kTogether]{};
    for (Index chunk = 0; chunk < chunks.count; ++chunk) {
      const float* of_chunk = sums + 2 * chunk * channels;
      for (Index c = begin; c < end; ++c) {
        total[c - begin] += of_chunk[c];
        with_x[c - begin] += of_chunk[channels + c];
      }
    }
    for (Index c = begin; c < end; ++c) {
      dbeta[c] = static_cast<float>(total[c - begin]);
      dgamma[c] = static_cast<float>(with_x[c - begin] * norm.inverse_std[c]);
    }
  });
}

// Calls body(lanes, offset of the row, c) for every row and vector of channels.
template <class Body>
VITRAL_INLINE void for_each_row_vector(const BatchNorm& norm, Body&& body) {
  constexpr Index kBlock = 16384;
  const Index channels = norm.channels;
  with_lanes(channels, [&](auto v) {
    for_each_block(norm.rows, ceil_div(kBlock, channels), static_cast<double>(channels), [&](Index begin, Index end) {
      for (Index row = begin; row < end; ++row)
        for_each_vector<decltype(v)::count>(channels, [&](Index c) VITRAL_INLINED { body(v, row * channels, c); });
    });
  });
}

}  // namespace

void batch_moments(const float* x, Index rows, Index channels, float* mean, float* variance) {
  const Chunks chunks(rows, channels);
  const Workspace moments(3 * chunks.count * channels);
  with_lanes(channels, [&](auto v) {
    for_each_piece(chunks.count, 2.0 * static_cast<double>(rows * channels), [&](Index chunk) {
      float* of_chunk = moments + 3 * chunk * channels;
      chunk_moments(v, x + chunks.begin(chunk) * channels, chunks.size(chunk), channels, of_chunk,
                    of_chunk + channels, of_chunk + 2 * channels);
    });
  });
  for_each_block(channels, kTogether, 4.0 * static_cast<double>(chunks.count), [&](Index begin, Index end) {
    double total[kTogether]{}, squares[kTogether]{};
    const auto mean_of = [&](Index chunk, Index c) {
      const float* of_chunk = moments + 3 * chunk * channels;
      return static_cast<double>(of_chunk[c]) + static_cast<double>(of_chunk[channels + c]);
    };
    for (Index chunk = 0; chunk < chunks.count; ++chunk) {
      const double size = static_cast<double>(chunks.size(chunk));
      for (Index c = begin; c < end; ++c) total[c - begin] += mean_of(chunk, c) * size;
    }
    for (Index c = begin; c < end; ++c) total[c - begin] /= static_cast<double>(rows);
    for (Index chunk = 0; chunk < chunks.count; ++chunk) {
      for (Index c = begin; c < end; ++c) {
        const double distance = mean_of(chunk, c) - total[c - begin];
        squares[c - begin] += static_cast<double>(moments[(3 * chunk + 2) * channels + c]) +
                              distance * distance * static_cast<double>(chunks.size(chunk));
      }
    }
    for (Index c = begin; c < end; ++c) {
      mean[c] = static_cast<float>(total[c - begin]);
      variance[c] = static_cast<float>(squares[c - begin] / static_cast<double>(rows));
    }
  });
}

void inverse_deviation(const float* variance, Index channels, double epsilon, float* inverse_std) {
  for (Index c = 0; c < channels; ++c)
    inverse_std[c] = static_cast<float>(1 / std::sqrt(static_cast<double>(variance[c]) + epsilon));
}

void batch_norm(const BatchNorm& norm, const float* x, float* y) {
  const Normalization n(norm);
  for_each_row_vector(norm, [&](auto v, Index row, Index c) VITRAL_INLINED {
    const auto z = Normalization::z(v, n, x + row, c);
    v.store(y + row + c, norm.relu ? (z < 0.0f ? decltype(z){} : z) : z);
  });
}

// dx = scale (dz - by_mean - (x - mean) by_deviation). With the batch's own mean and deviation every x moves both: that
// is what the two subtracted terms are. With given ones they are 0.
void batch_norm_backward(const BatchNorm& norm, bool of_batch, const float* dy, const float* x, float* dx,
                         float* dgamma, float* dbeta) {
  const Normalization n(norm);
  gradient_sums(norm, n, dy, x, dgamma, dbeta);
  const Workspace terms(2 * norm.channels);
  float *const by_mean = terms, *const by_deviation = terms + norm.channels;
  const double share = of_batch ? 1 / static_cast<double>(norm.rows) : 0;
  for (Index c = 0; c < norm.channels; ++c) {
    by_mean[c] = static_cast<float>(share * dbeta[c]);
    by_deviation[c] = static_cast<float>(share * norm.inverse_std[c] * dgamma[c]);
  }
  for_each_row_vector(norm, [&](auto v, Index row, Index c) VITRAL_INLINED {
    const auto dz = Normalization::dz(v, n, norm.relu, x + row, dy + row, c);
    const auto distance = Normalization::centered(v, n, x + row, c);
    const auto moved = v.load(by_mean + c) + distance * v.load(by_deviation + c);
    v.store(dx + row + c, (dz - moved) * v.load(n.scale() + c));
  });
}

}  // namespace vitral::VITRAL_ISA
