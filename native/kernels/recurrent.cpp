// LSTM and GRU through a whole sequence. Samples do not depend on each other, so each thread takes some of them from
// the first step to the last; their states and the packed kernel stay in its caches.
#include "kernels/kernels.h"
#include "kernels/loop.h"
#include "kernels/math.h"
#include "kernels/packed.h"

namespace vitral::VITRAL_ISA {
namespace {

// Samples that are taken together, as in matrix products.
constexpr Index kRows = kRowBlock;

// Calls body(first sample, samples), in blocks of nearly equal size.
template <class Body>
void for_each_block_of_samples(const Recurrence& r, Index gates, Body&& body) {
  const Index blocks = ceil_div(r.batch, kRows);
  const double products = static_cast<double>(r.steps * r.batch) * static_cast<double>(r.units * gates * r.units);
  for_each_piece(blocks, products, [&](Index block) {
    const Index begin = r.batch * block / blocks;
    body(begin, r.batch * (block + 1) / blocks - begin);
  });
}

// Calls body(row, unit, how many from there on) for every vector of units of every row.
template <class Body>
VITRAL_INLINE void for_each_unit(const Recurrence& r, Index rows, Body&& body) {
  for (Index row = 0; row < rows; ++row)
    for (Index j = 0; j < r.units; j += L) body(row, j, r.units - j);
}

// Vectors of gate number `gate`, whose values of a row lie side by side.
struct Gates {
  float* data;
  Index units, count;
  float* at(Index row, Index gate, Index j) const { return data + (row * count + gate) * units + j; }
};

}  // namespace

// i, f, o = sigmoid(p + h U), g = tanh(p + h U); c' = f c + i g, h' = o tanh(c'). Of outputs and cells the first step
// is there already: the states to begin with.
void lstm(const Recurrence& r, const float* p, const float* kernel, float* outputs, float* cells, float* gates) {
  const Index u = r.units, of_step = r.batch * u;
  const Packed packed({kernel, 4 * u, false}, u, 4 * u);
  for_each_block_of_samples(r, 4, [&](Index begin, Index rows) {
    for (Index t = 0; t < r.steps; ++t) {
      const Index here = t * of_step + begin * u;
      const Gates z{gates + 4 * here, u, 4};
      const float *const h = outputs + here, *const c = cells + here;
      float *const new_h = outputs + here + of_step, *const new_c = cells + here + of_step;
      packed.multiply(rows, ByRows{h, u}, {z.data, 4 * u, p + 4 * here, 4 * u, 0, false});
      for_each_unit(r, rows, [&](Index row, Index j, Index count) VITRAL_INLINED {
        const Vec i = sigmoid(load_up_to(z.at(row, 0, j), count)), f = sigmoid(load_up_to(z.at(row, 1, j), count));
        const Vec g = tanh(load_up_to(z.at(row, 2, j), count)), o = sigmoid(load_up_to(z.at(row, 3, j), count));
        const Vec cell = f * load_up_to(c + row * u + j, count) + i * g;
        store_up_to(z.at(row, 0, j), i, count);
        store_up_to(z.at(row, 1, j), f, count);
        store_up_to(z.at(row, 2, j), g, count);
        store_up_to(z.at(row, 3, j), o, count);
        store_up_to(new_c + row * u + j, cell, count);
        store_up_to(new_h + row * u + j, o * tanh(cell), count);
      });
    }
  });
}

// dh and dc are the gradients of the last states and become those of the first.
void lstm_backward(const Recurrence& r, const float* doutputs, const float* kernel, const float* outputs,
                   const float* cells, const float* gates, float* dh, float* dc, float* dp, float* dkernel) {
  const Index u = r.units, of_step = r.batch * u;
  const Packed packed({kernel, 4 * u, true}, 4 * u, u);
  for_each_block_of_samples(r, 4, [&](Index begin, Index rows) {
    float *const own_dh = dh + begin * u, *const own_dc = dc + begin * u;
    for (Index t = r.steps - 1; t >= 0; --t) {
      const Index here = t * of_step + begin * u;
      const Gates z{const_cast<float*>(gates) + 4 * here, u, 4}, dz{dp + 4 * here, u, 4};
      const float *const c = cells + here, *const new_c = cells + here + of_step;
      for_each_unit(r, rows, [&](Index row, Index j, Index count) VITRAL_INLINED {
        const Index at = row * u + j;
        const Vec i = load_up_to(z.at(row, 0, j), count), f = load_up_to(z.at(row, 1, j), count);
        const Vec g = load_up_to(z.at(row, 2, j), count), o = load_up_to(z.at(row, 3, j), count);
        const Vec a = tanh(load_up_to(new_c + at, count));
        const Vec dnew = load_up_to(own_dh + at, count) + load_up_to(doutputs + here + at, count);
        const Vec dcell = load_up_to(own_dc + at, count) + dnew * o * (1.0f - a * a);
        store_up_to(dz.at(row, 0, j), dcell * g * i * (1.0f - i), count);
        store_up_to(dz.at(row, 1, j), dcell * load_up_to(c + at, count) * f * (1.0f - f), count);
        store_up_to(dz.at(row, 2, j), dcell * i * (1.0f - g * g), count);
        store_up_to(dz.at(row, 3, j), dnew * a * o * (1.0f - o), count);
        store_up_to(own_dc + at, dcell * f, count);
      });
      packed.multiply(rows, ByRows{dz.data, 4 * u}, fresh(own_dh, u));
    }
  });
  dense_weight_gradient(outputs, dp, r.steps * r.batch, u, 4 * u, dkernel, nullptr);
}

// q = h U + bias; z, r = sigmoid(p + q), c = tanh(p + r q), h' = z h + (1 - z) c. Kept in `gates` are z, r, c and the
// candidate's share of q.
void gru(const Recurrence& r, const float* p, const float* kernel, const float* bias, float* outputs, float* gates) {
  const Index u = r.units, of_step = r.batch * u;
  const Packed packed({kernel, 3 * u, false}, u, 3 * u);
  for_each_block_of_samples(r, 3, [&](Index begin, Index rows) {
    const Workspace space(rows * 3 * u);
    const Gates q{space, u, 3};
    for (Index t = 0; t < r.steps; ++t) {
      const Index here = t * of_step + begin * u;
      const Gates given{const_cast<float*>(p) + 3 * here, u, 3}, kept{gates + 4 * here, u, 4};
      const float* const h = outputs + here;
      float* const new_h = outputs + here + of_step;
      packed.multiply(rows, ByRows{h, u}, {q.data, 3 * u, bias, 0, 0, false});
      for_each_unit(r, rows, [&](Index row, Index j, Index count) VITRAL_INLINED {
        const auto sum_of = [&](Index gate) VITRAL_INLINED {
          return load_up_to(given.at(row, gate, j), count) + load_up_to(q.at(row, gate, j), count);
        };
        const Vec z = sigmoid(sum_of(0)), reset = sigmoid(sum_of(1)), share = load_up_to(q.at(row, 2, j), count);
        const Vec c = tanh(load_up_to(given.at(row, 2, j), count) + reset * share);
        store_up_to(kept.at(row, 0, j), z, count);
        store_up_to(kept.at(row, 1, j), reset, count);
        store_up_to(kept.at(row, 2, j), c, count);
        store_up_to(kept.at(row, 3, j), share, count);
        store_up_to(new_h + row * u + j, z * load_up_to(h + row * u + j, count) + (1.0f - z) * c, count);
      });
    }
  });
}

// dq is the gradient of q, dp that of p, which is another only for the candidate.
void gru_backward(const Recurrence& r, const float* doutputs, const float* kernel, const float* outputs,
                  const float* gates, float* dh, float* dp, float* dkernel, float* dbias) {
  const Index u = r.units, of_step = r.batch * u;
  const Packed packed({kernel, 3 * u, true}, 3 * u, u);
  const Workspace dq_space(r.steps * of_step * 3);
  for_each_block_of_samples(r, 3, [&](Index begin, Index rows) {
    float* const own_dh = dh + begin * u;
    for (Index t = r.steps - 1; t >= 0; --t) {
      const Index here = t * of_step + begin * u;
      const Gates kept{const_cast<float*>(gates) + 4 * here, u, 4};
      const Gates to_p{dp + 3 * here, u, 3}, to_q{dq_space + 3 * here, u, 3};
      const float* const h = outputs + here;
      for_each_unit(r, rows, [&](Index row, Index j, Index count) VITRAL_INLINED {
        const Index at = row * u + j;
        const Vec z = load_up_to(kept.at(row, 0, j), count), reset = load_up_to(kept.at(row, 1, j), count);
        const Vec c = load_up_to(kept.at(row, 2, j), count), share = load_up_to(kept.at(row, 3, j), count);
        const Vec dnew = load_up_to(own_dh + at, count) + load_up_to(doutputs + here + at, count);
        const Vec dc = dnew * (1.0f - z) * (1.0f - c * c);
        const Vec dz = dnew * (load_up_to(h + at, count) - c) * z * (1.0f - z);
        const Vec dreset = dc * share * reset * (1.0f - reset);
        store_up_to(to_p.at(row, 0, j), dz, count);
        store_up_to(to_p.at(row, 1, j), dreset, count);
        store_up_to(to_p.at(row, 2, j), dc, count);
        store_up_to(to_q.at(row, 0, j), dz, count);
        store_up_to(to_q.at(row, 1, j), dreset, count);
        store_up_to(to_q.at(row, 2, j), dc * reset, count);
        store_up_to(own_dh + at, dnew * z, count);
      });
      packed.multiply(rows, ByRows{to_q.data, 3 * u}, {own_dh, u, own_dh, u, 0, false});
    }
  });
  dense_weight_gradient(outputs, dq_space, r.steps * r.batch, u, 3 * u, dkernel, dbias);
}

}  // namespace vitral::VITRAL_ISA
