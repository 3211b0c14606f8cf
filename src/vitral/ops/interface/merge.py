"""Making one array of two or more. Axes of length 1 are stretched to the other array's, as NumPy does."""

from vitral.ops.operation import operation
from vitral.typing import Array, Cache


@operation
def add(a: Array, b: Array) -> tuple[Array, Cache]:
    """y = a + b."""
    raise NotImplementedError


@operation
def add_backward(dy: Array, cache: Cache) -> tuple[Array, Array]:
    """da = dy, db = dy, each summed over the axes that were stretched."""
    raise NotImplementedError


@operation
def subtract(a: Array, b: Array) -> tuple[Array, Cache]:
    """y = a - b."""
    raise NotImplementedError


@operation
def subtract_backward(dy: Array, cache: Cache) -> tuple[Array, Array]:
    """da = dy, db = -dy, each summed over the axes that were stretched."""
    raise NotImplementedError


@operation
def multiply(a: Array, b: Array) -> tuple[Array, Cache]:
    """y = a b, value by value."""
    raise NotImplementedError


@operation
def multiply_backward(dy: Array, cache: Cache) -> tuple[Array, Array]:
    """da = b dy, db = a dy, each summed over the axes that were stretched."""
    raise NotImplementedError


@operation
def maximum(a: Array, b: Array) -> tuple[Array, Cache]:
    """y = the larger of a and b, value by value."""
    raise NotImplementedError


@operation
def maximum_backward(dy: Array, cache: Cache) -> tuple[Array, Array]:
    """dy goes to the larger one, to a where both are equal; summed over the axes that were stretched."""
    raise NotImplementedError


@operation
def minimum(a: Array, b: Array) -> tuple[Array, Cache]:
    """y = the smaller of a and b, value by value."""
    raise NotImplementedError


@operation
def minimum_backward(dy: Array, cache: Cache) -> tuple[Array, Array]:
    """dy goes to the smaller one, to a where both are equal; summed over the axes that were stretched."""
    raise NotImplementedError


@operation
def concatenate(*arrays: Array, axis: int = -1) -> tuple[Array, Cache]:
    """The arrays one behind the other along an axis; all other axes are equal."""
    raise NotImplementedError


@operation
def concatenate_backward(dy: Array, cache: Cache) -> tuple[Array, ...]:
    """To each array its own piece of dy."""
    raise NotImplementedError


@operation
def batch_dot(a: Array, b: Array, *, axes: tuple[int, int]) -> tuple[Array, Cache]:
    """For each sample the sum over one axis of a and one of b: y (n, other axes of a, other axes of b).

    `axes` count the batch axis as 0, which cannot be summed over.
    """
    raise NotImplementedError


@operation
def batch_dot_backward(dy: Array, cache: Cache) -> tuple[Array, Array]:
    """da = dy b^T, db = a^T dy, with the axes where they were."""
    raise NotImplementedError
