// Layer normalization: each row by itself. Backward normalizes x again, which costs less than reading the values.
#include <cmath>

#include "kernels/kernels.h"
#include "kernels/memory.h"
#include "kernels/parts.h"
#include "kernels/rows.h"

namespace vitral::VITRAL_ISA {
namespace {

// Rows whose contributions to dgamma and dbeta are summed up together: a number that depends on the shape alone.
Index rows_of_part(Index columns) {
  constexpr Index kValues = 16384;
  return max(16, kValues / columns);
}

VITRAL_INLINE float mean_of_row(const Rows& x, Index row, Index columns) {
  return sum_of_row(x, row, columns) / static_cast<float>(columns);
}

}  // namespace

void layer_norm(const float* x, Index rows, Index columns, const float* gamma, const float* beta, double epsilon,
                float* y, float* mean, float* inverse_std) {
  const Rows input(x, rows, columns);
  for_each_row(rows, columns, [=](Index row) {
    const float middle = mean_of_row(input, row, columns);
    Vec squares{};
    for (Index i = 0; i < columns; i += L) {
      const Vec distance = first(input.at(row, i) - middle, columns - i);
      squares += distance * distance;
    }
    const double variance = static_cast<double>(sum(squares)) / static_cast<double>(columns);
    const float scale = static_cast<float>(1 / std::sqrt(variance + epsilon));
    mean[row] = middle;
    inverse_std[row] = scale;
    for (Index i = 0; i < columns; i += L) {
      const Index here = columns - i;
      Vec value = (input.at(row, i) - middle) * scale;
      if (gamma != nullptr) value *= load_up_to(gamma + i, here);
      if (beta != nullptr) value += load_up_to(beta + i, here);
      store_up_to(y + row * columns + i, value, here);
    }
  });
}

// dx = (dz - mean of dz - x' mean of (dz x')) / std with dz = dy gamma and the normalized x'; dgamma = sum of dy x' and
// dbeta = sum of dy over all rows.
void layer_norm_backward(const float* dy, const float* x, Index rows, Index columns, const float* gamma,
                         const float* mean, const float* inverse_std, float* dx, float* dgamma, float* dbeta) {
  const Rows input(x, rows, columns), gradient(dy, rows, columns);
  const Index length = rows_of_part(columns), parts = ceil_div(rows, length);
  const Workspace gammas(parts * columns), betas(parts * columns);
  for_each_piece(parts, 10 * static_cast<double>(rows * columns), [&](Index part) {
    float *const own_gamma = gammas + part * columns, *const own_beta = betas + part * columns;
    std::memset(own_gamma, 0, static_cast<std::size_t>(columns) * sizeof(float));
    std::memset(own_beta, 0, static_cast<std::size_t>(columns) * sizeof(float));
    for (Index row = part * length; row < min(rows, (part + 1) * length); ++row) {
      const float middle = mean[row], scale = inverse_std[row];
      const auto dz = [&](Index i) VITRAL_INLINED {
        return gamma == nullptr ? gradient.at(row, i) : gradient.at(row, i) * load_up_to(gamma + i, columns - i);
      };
      const auto normalized = [&](Index i) VITRAL_INLINED { return (input.at(row, i) - middle) * scale; };
      Vec total{}, with_x{};
      for (Index i = 0; i < columns; i += L) {
        const Index here = columns - i;
        const Vec value = normalized(i), incoming = gradient.at(row, i), weighted = dz(i);
        store_up_to(own_gamma + i, load_up_to(own_gamma + i, here) + incoming * value, here);
        store_up_to(own_beta + i, load_up_to(own_beta + i, here) + incoming, here);
        total += weighted;
        with_x += weighted * value;
      }
      const float by_mean = sum(total) / static_cast<float>(columns);
      const float by_deviation = sum(with_x) / static_cast<float>(columns);
      for (Index i = 0; i < columns; i += L)
        store_up_to(dx + row * columns + i, (dz(i) - by_mean - normalized(i) * by_deviation) * scale, columns - i);
    }
  });
  add_parts(gammas, parts, columns, dgamma);
  add_parts(betas, parts, columns, dbeta);
}

}  // namespace vitral::VITRAL_ISA
