"""Recurrent layers through a whole sequence, steps in front.

The input's share of every step is worked out before, for all steps in one product; what is left is what depends on the
state of the step before.
"""

from vitral.ops.operation import operation
from vitral.typing import Array, Cache


@operation
def lstm(p: Array, kernel: Array, h: Array, c: Array) -> tuple[Array, Array, Cache]:
    """i, f, o = sigmoid(p + h U), g = tanh(p + h U), step by step c' = f c + i g and h' = o tanh(c').

    Shares of the inputs p (steps, n, 4 units) and kernel U (units, 4 units), for i, f, g and o side by side; h and c
    (n, units) before the first step (Hochreiter & Schmidhuber, Neural Computation 1997). Returns all h' (steps, n,
    units), the last c', and the cache.
    """
    raise NotImplementedError


@operation
def lstm_backward(
    dy: Array, cache: Cache, *, dlast_h: Array | None = None, dlast_c: Array | None = None
) -> tuple[Array, Array, Array, Array]:
    """Gradients (dp, dU, dh, dc) from those of all h', and of the last h' and c' beside them, if there are any.

    From the last step on: do = dh' tanh(c') o', dc += dh' o tanh'(c'), di = dc g i', df = dc c f', dg = dc i g', with
    s' = s (1 - s) for the gates; then dh = [di df dg do] U^T and dc = dc f go to the step before.
    """
    raise NotImplementedError


@operation
def gru(p: Array, kernel: Array, bias: Array | None, h: Array) -> tuple[Array, Cache]:
    """q = h U + bias; z, r = sigmoid(p + q), c = tanh(p + r q), and step by step h' = z h + (1 - z) c.

    Shares of the inputs p (steps, n, 3 units), kernel U (units, 3 units) and bias (3 units,), for z, r and c side by
    side; h (n, units) before the first step (Cho et al., EMNLP 2014, with r behind the product). Returns all h'
    (steps, n, units) and the cache.
    """
    raise NotImplementedError


@operation
def gru_backward(dy: Array, cache: Cache, *, dlast_h: Array | None = None) -> tuple[Array, Array, Array | None, Array]:
    """Gradients (dp, dU, dbias, dh) from those of all h', and of the last h' beside them, if there is one.

    From the last step on: dc = dh' (1 - z) (1 - c^2), dz = dh' (h - c) z', dr = dc q r', with s' = s (1 - s) for the
    gates; dp = [dz dr dc], dq = [dz dr (dc r)], and dh = dh' z + dq U^T goes to the step before.
    """
    raise NotImplementedError
