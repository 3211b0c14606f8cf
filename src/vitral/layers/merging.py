"""Layers that make one array of several, value by value: sums of branches, products, the largest."""

from functools import reduce
from typing import Any, ClassVar

from vitral import ops
from vitral.core.symbolic import OPERATORS
from vitral.errors import ConfigError, ShapeError
from vitral.layers.layer import Layer, registry
from vitral.ops.operation import Operation
from vitral.typing import Array, Cache, Shape


class Merge(Layer):
    """Base of layers that are an operation on two arrays, repeated from the first input to the last.

    Inputs of equal shapes, or with axes of length 1 that are stretched; an input with fewer axes gets them behind the
    batch axis. Raises ShapeError for shapes that do not go together.
    """

    several_inputs = True
    operation: ClassVar[Operation[..., tuple[Array, Cache]]]
    operation_backward: ClassVar[Operation[..., tuple[Array, Array]]]

    def build(self, input_shape: list[Shape]) -> None:
        self.compute_output_shape(input_shape)

    def forward(self, xs: list[Array], training: bool = False) -> tuple[Array, Cache]:
        axes = max(x.ndim for x in xs)
        first, *others = (x.reshape(len(x), *(1,) * (axes - x.ndim), *x.shape[1:]) for x in xs)
        caches = []
        y = first
        for x in others:
            y, cache = self.operation(y, x)
            caches.append(cache)
        return y, (caches, [x.shape for x in xs])

    def backward(self, dy: Array, cache: Cache) -> list[Array]:
        caches, shapes = cache
        gradients = []
        for pair_cache in reversed(caches):
            dy, dx = self.operation_backward(dy, pair_cache)
            gradients.append(dx)
        gradients.append(dy)
        return [dx.reshape(shape) for dx, shape in zip(reversed(gradients), shapes, strict=True)]

    def compute_output_shape(self, input_shape: list[Shape]) -> Shape:
        axes = max(map(len, input_shape))
        return reduce(self._stretched, [(shape[0], *(1,) * (axes - len(shape)), *shape[1:]) for shape in input_shape])

    def _stretched(self, first: Shape, second: Shape) -> Shape:
        if any(a != b and None not in (a, b) and 1 not in (a, b) for a, b in zip(first, second, strict=True)):
            raise ShapeError(
                f'layer "{self.name}" ({type(self).__name__}) received inputs of shapes {first} and {second}; '
                "expected the same, or axes of length 1"
            )
        return tuple(b if a == 1 else a if b == 1 or a is not None else b for a, b in zip(first, second, strict=True))


@registry.register()
class Add(Merge):
    """The sum of the inputs: what a residual connection ends in.

    >>> import numpy as np
    >>> Add()([np.array([[1.0, 2.0]]), np.array([[10.0, 20.0]]), np.array([[100.0]])])
    array([[111., 122.]])
    """

    operation = ops.add
    operation_backward = ops.add_backward


@registry.register()
class Subtract(Merge):
    """The first of two inputs minus the second; raises ConfigError for another number of them.

    >>> import numpy as np
    >>> Subtract()([np.array([[1.0, 2.0]]), np.array([[10.0, 20.0]])])
    array([[ -9., -18.]])
    """

    operation = ops.subtract
    operation_backward = ops.subtract_backward

    def compute_output_shape(self, input_shape: list[Shape]) -> Shape:
        if len(input_shape) != 2:
            raise ConfigError(f'layer "{self.name}" (Subtract) received {len(input_shape)} inputs; expected two')
        return super().compute_output_shape(input_shape)


@registry.register()
class Multiply(Merge):
    """The product of the inputs, value by value.

    >>> import numpy as np
    >>> Multiply()([np.array([[1.0, 2.0]]), np.array([[10.0, 20.0]])])
    array([[10., 40.]])
    """

    operation = ops.multiply
    operation_backward = ops.multiply_backward


@registry.register()
class Average(Add):
    """The mean of the inputs.

    >>> import numpy as np
    >>> Average()([np.array([[1.0, 2.0]]), np.array([[3.0, 6.0]])])
    array([[2., 4.]])
    """

    def forward(self, xs: list[Array], training: bool = False) -> tuple[Array, Cache]:
        total, cache = super().forward(xs, training)
        return total / len(xs), cache

    def backward(self, dy: Array, cache: Cache) -> list[Array]:
        _, shapes = cache
        return super().backward(dy / len(shapes), cache)


@registry.register()
class Maximum(Merge):
    """The largest of the inputs, value by value; of equal ones the first gets the gradient.

    >>> import numpy as np
    >>> Maximum()([np.array([[1.0, 5.0]]), np.array([[3.0, 4.0]])])
    array([[3., 5.]])
    """

    operation = ops.maximum
    operation_backward = ops.maximum_backward


@registry.register()
class Minimum(Merge):
    """The smallest of the inputs, value by value; of equal ones the first gets the gradient.

    >>> import numpy as np
    >>> Minimum()([np.array([[1.0, 5.0]]), np.array([[3.0, 4.0]])])
    array([[1., 4.]])
    """

    operation = ops.minimum
    operation_backward = ops.minimum_backward


def add(inputs: Any, **options: Any) -> Any:
    """`Add(...)(inputs)`."""
    return Add(**options)(inputs)


def subtract(inputs: Any, **options: Any) -> Any:
    """`Subtract(...)(inputs)`."""
    return Subtract(**options)(inputs)


def multiply(inputs: Any, **options: Any) -> Any:
    """`Multiply(...)(inputs)`."""
    return Multiply(**options)(inputs)


def average(inputs: Any, **options: Any) -> Any:
    """`Average(...)(inputs)`."""
    return Average(**options)(inputs)


def maximum(inputs: Any, **options: Any) -> Any:
    """`Maximum(...)(inputs)`."""
    return Maximum(**options)(inputs)


def minimum(inputs: Any, **options: Any) -> Any:
    """`Minimum(...)(inputs)`."""
    return Minimum(**options)(inputs)


OPERATORS.update(add=add, subtract=subtract, multiply=multiply)
