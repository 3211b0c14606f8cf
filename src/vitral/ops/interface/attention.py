"""Attention, and rows looked up in a table: what a transformer adds to dense layers."""

from vitral.ops.operation import operation
from vitral.typing import Array, Cache


@operation
def attention(
    query: Array,
    key: Array,
    value: Array,
    *,
    mask: Array | None = None,
    keep: Array | None = None,
    rate: float = 0.0,
) -> tuple[Array, Array, Cache]:
    """A = softmax(Q K^T / sqrt(k)), Y = A V (Vaswani et al., "Attention is all you need", 2017, equation 1).

    query (n, heads, t, k), key (n, heads, s, k), value (n, heads, s, v); returns Y (n, heads, t, v), A (n, heads, t, s)
    and the cache. Where the boolean `mask`, of a shape that can be broadcast to A, is False, 10^9 is taken off before
    the softmax. Of A, Y gets what the boolean `keep` keeps, times 1 / (1 - rate).
    """
    raise NotImplementedError


@operation
def attention_backward(dy: Array, cache: Cache) -> tuple[Array, Array, Array]:
    """dV = A^T dY, dA = dY V^T, dS = A (dA - sum of A dA), dQ = dS K / sqrt(k), dK = dS^T Q / sqrt(k)."""
    raise NotImplementedError


@operation
def lookup(table: Array, *, rows: Array) -> tuple[Array, Cache]:
    """y[...] = table[rows[...]]: table (count, width), whole numbers rows (...); y (..., width)."""
    raise NotImplementedError


@operation
def lookup_backward(dy: Array, cache: Cache) -> Array:
    """dtable[r] = the sum of dy wherever row r was taken."""
    raise NotImplementedError
