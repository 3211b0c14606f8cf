"""Activations made of straight pieces or parabolas, element by element: each forward pass gives y and a cache."""

from vitral.ops.operation import operation
from vitral.typing import Array, Cache


@operation
def clipped_line(x: Array, *, slope: float, offset: float, low: float, high: float) -> tuple[Array, Cache]:
    """y = slope x + offset, never below low nor above high: hard sigmoid, sparse sigmoid, hard tanh."""
    raise NotImplementedError


@operation
def clipped_line_backward(dy: Array, cache: Cache) -> Array:
    """dx = slope dy where low < y < high, 0 elsewhere."""
    raise NotImplementedError


@operation
def hard_silu(x: Array) -> tuple[Array, Cache]:
    """y = x h(x), where h(x) = x / 6 + 1/2 held between 0 and 1 (Howard et al., ICCV 2019)."""
    raise NotImplementedError


@operation
def hard_silu_backward(dy: Array, cache: Cache) -> Array:
    """dx = dy (h + x h'), h' = 1/6 for |x| < 3 and 0 elsewhere."""
    raise NotImplementedError


@operation
def hard_shrink(x: Array, *, threshold: float = 0.5) -> tuple[Array, Cache]:
    """y = x where |x| > threshold, 0 elsewhere."""
    raise NotImplementedError


@operation
def hard_shrink_backward(dy: Array, cache: Cache) -> Array:
    """dx = dy where |x| > threshold, 0 elsewhere."""
    raise NotImplementedError


@operation
def soft_shrink(x: Array, *, threshold: float = 0.5) -> tuple[Array, Cache]:
    """y = x moved towards 0 by threshold, but not beyond 0."""
    raise NotImplementedError


@operation
def soft_shrink_backward(dy: Array, cache: Cache) -> Array:
    """dx = dy where |x| > threshold, 0 elsewhere."""
    raise NotImplementedError


@operation
def threshold(x: Array, *, threshold: float, default_value: float) -> tuple[Array, Cache]:
    """y = x where x > threshold, default_value elsewhere."""
    raise NotImplementedError


@operation
def threshold_backward(dy: Array, cache: Cache) -> Array:
    """dx = dy where x > threshold, 0 elsewhere."""
    raise NotImplementedError


@operation
def sparse_plus(x: Array) -> tuple[Array, Cache]:
    """y = 0 up to -1, (x + 1)^2 / 4 up to 1, then x."""
    raise NotImplementedError


@operation
def sparse_plus_backward(dy: Array, cache: Cache) -> Array:
    """dx = dy times 0, (x + 1) / 2 or 1 on the same pieces."""
    raise NotImplementedError


@operation
def prelu(x: Array, alpha: Array) -> tuple[Array, Cache]:
    """y = x where x > 0, alpha x elsewhere; alpha can be broadcast to a sample of x, axis by axis."""
    raise NotImplementedError


@operation
def prelu_backward(dy: Array, cache: Cache) -> tuple[Array, Array]:
    """Gradients (dx, dalpha): dx = dy where x > 0, alpha dy elsewhere; dalpha sums x dy over where x <= 0."""
    raise NotImplementedError
