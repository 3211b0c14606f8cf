"""Recurrent layers through a whole sequence, by the compiled kernels."""

from typing import NamedTuple

from vitral import _native
from vitral.ops.native.module import contiguous, empty, expect_samples, float32, gradient
from vitral.ops.reference import recurrent as reference
from vitral.typing import Array, Cache


class _Sequence(NamedTuple):
    kernel: Array
    bias: Array | None
    states: tuple[Array, ...]  # (steps + 1, n, units) each, the first ones in front
    gates: Array


def lstm(p: Array, kernel: Array, h: Array, c: Array) -> tuple[Array, Array, Cache]:
    if not float32(p, kernel, h, c):
        return reference.lstm(p, kernel, h, c)
    expect_samples("lstm", p)
    kernel, outputs, cells = contiguous(kernel), _beginning_with(h, p), _beginning_with(c, p)
    gates = empty(p.shape)
    _native.lstm(contiguous(p), kernel, outputs, cells, gates)
    return outputs[1:], cells[-1], _Sequence(kernel, None, (outputs, cells), gates)


def lstm_backward(
    dy: Array, cache: Cache, *, dlast_h: Array | None = None, dlast_c: Array | None = None
) -> tuple[Array, Array, Array, Array]:
    if not isinstance(cache, _Sequence):
        return reference.lstm_backward(dy, cache, dlast_h=dlast_h, dlast_c=dlast_c)
    dp, dkernel = empty(cache.gates.shape), empty(cache.kernel.shape)
    dfirst_h, dfirst_c = _copy_or_zeros(dlast_h, cache), _copy_or_zeros(dlast_c, cache)
    outputs, cells = cache.states
    _native.lstm_backward(gradient(dy), cache.kernel, outputs, cells, cache.gates, dfirst_h, dfirst_c, dp, dkernel)
    return dp, dkernel, dfirst_h, dfirst_c


def gru(p: Array, kernel: Array, bias: Array | None, h: Array) -> tuple[Array, Cache]:
    if not float32(p, kernel, bias, h):
        return reference.gru(p, kernel, bias, h)
    expect_samples("gru", p)
    kernel, outputs = contiguous(kernel), _beginning_with(h, p)
    gates = empty((*p.shape[:2], 4 * len(kernel)))
    _native.gru(contiguous(p), kernel, None if bias is None else contiguous(bias), outputs, gates)
    return outputs[1:], _Sequence(kernel, bias, (outputs,), gates)


def gru_backward(dy: Array, cache: Cache, *, dlast_h: Array | None = None) -> tuple[Array, Array, Array | None, Array]:
    if not isinstance(cache, _Sequence):
        return reference.gru_backward(dy, cache, dlast_h=dlast_h)
    dp, dkernel = empty((*cache.gates.shape[:2], cache.kernel.shape[1])), empty(cache.kernel.shape)
    dbias = None if cache.bias is None else empty(cache.bias.shape)
    dfirst_h = _copy_or_zeros(dlast_h, cache)
    _native.gru_backward(gradient(dy), cache.kernel, cache.states[0], cache.gates, dfirst_h, dp, dkernel, dbias)
    return dp, dkernel, dbias, dfirst_h


def _beginning_with(state: Array, p: Array) -> Array:
    """Room for the states before and after each step, the first one filled in."""
    states = empty((len(p) + 1, *state.shape))
    states[0] = state
    return states


def _copy_or_zeros(values: Array | None, cache: _Sequence) -> Array:
    copied = empty(cache.states[0].shape[1:])
    copied[...] = 0 if values is None else values
    return copied
