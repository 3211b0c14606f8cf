"""Attention by the compiled kernels, head by head."""

from typing import NamedTuple

import numpy as np

from vitral import _native
from vitral.ops.native.module import contiguous, empty, expect_samples, float32, gradient
from vitral.ops.reference import attention as reference
from vitral.typing import Array, Cache

_BOOL = np.dtype(np.bool_)


class _Attended(NamedTuple):
    query: Array  # these three (n, places, heads, width): so the layer's arrays come and go without a copy
    key: Array
    value: Array
    weights: Array
    keep: Array | None
    rate: float


def attention(
    query: Array,
    key: Array,
    value: Array,
    *,
    mask: Array | None = None,
    keep: Array | None = None,
    rate: float = 0.0,
) -> tuple[Array, Array, Cache]:
    if not float32(query, key, value) or mask is not None or (keep is not None and keep.dtype != _BOOL):
        return reference.attention(query, key, value, mask=mask, keep=keep, rate=rate)
    expect_samples("attention", query)
    query, key, value = (contiguous(array.swapaxes(1, 2)) for array in (query, key, value))
    n, places, heads, _ = query.shape
    y = empty((n, places, heads, value.shape[3]))
    weights = empty((n, heads, places, key.shape[1]))
    cache = _Attended(query, key, value, weights, None if keep is None else contiguous(keep), rate)
    _native.attention(query, key, value, cache.keep, rate, y, weights)
    return y.swapaxes(1, 2), weights, cache


def attention_backward(dy: Array, cache: Cache) -> tuple[Array, Array, Array]:
    if not isinstance(cache, _Attended):
        return reference.attention_backward(dy, cache)
    dquery, dkey, dvalue = empty(cache.query.shape), empty(cache.key.shape), empty(cache.value.shape)
    _native.attention_backward(*cache, gradient(dy.swapaxes(1, 2)), dquery, dkey, dvalue)
    return dquery.swapaxes(1, 2), dkey.swapaxes(1, 2), dvalue.swapaxes(1, 2)
