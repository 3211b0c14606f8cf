"""Layers that make one array of several by laying them side by side, or by products of matrices."""

from collections.abc import Sequence
from typing import Any

from vitral import ops
from vitral.errors import ConfigError, ShapeError
from vitral.layers.layer import Layer, registry
from vitral.typing import Array, Cache, Config, Shape


@registry.register()
class Concatenate(Layer):
    """The inputs one behind the other along an axis, -1 the last; all other axes must be equal.

    Raises ShapeError if they are not, ConfigError for the batch axis, 0.

    >>> import numpy as np
    >>> Concatenate()([np.array([[1.0, 2.0]]), np.array([[3.0]])])
    array([[1., 2., 3.]])
    """

    several_inputs = True

    def __init__(self, axis: int = -1, **options: Any) -> None:
        super().__init__(**options)
        if axis == 0:
            raise ConfigError("Concatenate: axis is 0, the batch axis; expected another one")
        self.axis = axis

    def build(self, input_shape: list[Shape]) -> None:
        self.compute_output_shape(input_shape)

    def forward(self, xs: list[Array], training: bool = False) -> tuple[Array, Cache]:
        return ops.concatenate(*xs, axis=self.axis)

    def backward(self, dy: Array, cache: Cache) -> list[Array]:
        return list(ops.concatenate_backward(dy, cache))

    def compute_output_shape(self, input_shape: list[Shape]) -> Shape:
        first = input_shape[0]
        if not -len(first) < self.axis < len(first):
            raise ShapeError(f'layer "{self.name}" (Concatenate) received shapes {input_shape}; axis is {self.axis}')
        axis = self.axis % len(first)
        others = [(*shape[:axis], *shape[axis + 1 :]) for shape in input_shape]
        for shape, other in zip(input_shape, others, strict=True):
            if len(shape) != len(first) or any(
                a != b and None not in (a, b) for a, b in zip(other, others[0], strict=True)
            ):
                raise ShapeError(
                    f'layer "{self.name}" (Concatenate) received inputs of shapes {input_shape}; '
                    f"expected them to differ in axis {self.axis} only"
                )
        sizes = [shape[axis] for shape in input_shape]
        total = None if None in sizes else sum(size for size in sizes if size is not None)
        return (*first[:axis], total, *first[axis + 1 :])

    def get_config(self) -> Config:
        return {**super().get_config(), "axis": self.axis}


@registry.register()
class Dot(Layer):
    """For each sample the sum of products of two inputs over one axis of each.

    `axes` are the axis of the first and of the second input, or one number for both, the batch axis counted as 0. With
    `normalize`, vectors along these axes are scaled to length 1 before, so that the result is the cosine between them.
    Of shapes (batch, a, i) and (batch, i, b), with axes (2, 1), comes (batch, a, b).

    Raises ConfigError for axes that are no two whole numbers or the batch axis, ShapeError if their lengths differ.

    >>> import numpy as np
    >>> Dot(axes=1)([np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])])
    array([[11.]])
    """

    several_inputs = True

    def __init__(self, axes: int | Sequence[int], normalize: bool = False, **options: Any) -> None:
        super().__init__(**options)
        both: Any = (axes, axes) if isinstance(axes, int) else tuple(axes)
        if len(both) != 2 or not all(isinstance(axis, int) and axis != 0 for axis in both):
            raise ConfigError(f"Dot: axes is {axes!r}; expected a whole number or two, none of them 0, the batch axis")
        self.axes = axes if isinstance(axes, int) else tuple(axes)
        self.normalize = normalize
        self._both: tuple[int, int] = both

    def build(self, input_shape: list[Shape]) -> None:
        self.compute_output_shape(input_shape)

    def forward(self, xs: list[Array], training: bool = False) -> tuple[Array, Cache]:
        norm_caches = None
        if self.normalize:
            units = [ops.unit_norm(x, axes=(axis,)) for x, axis in zip(xs, self._both, strict=True)]
            xs, norm_caches = [unit for unit, _ in units], [cache for _, cache in units]
        y, cache = ops.batch_dot(xs[0], xs[1], axes=self.axes_of(xs[0].ndim, xs[1].ndim))
        return y.reshape(len(y), 1) if y.ndim == 1 else y, (cache, y.shape, norm_caches)

    def backward(self, dy: Array, cache: Cache) -> list[Array]:
        inner, shape, norm_caches = cache
        gradients = list(ops.batch_dot_backward(dy.reshape(shape), inner))
        if norm_caches is None:
            return gradients
        return [ops.unit_norm_backward(du, norm) for du, norm in zip(gradients, norm_caches, strict=True)]

    def compute_output_shape(self, input_shape: list[Shape]) -> Shape:
        if len(input_shape) != 2:
            raise ConfigError(f'layer "{self.name}" (Dot) received {len(input_shape)} inputs; expected two')
        first, second = input_shape
        a, b = self.axes_of(len(first), len(second))
        if a >= len(first) or b >= len(second) or (first[a] != second[b] and None not in (first[a], second[b])):
            raise ShapeError(
                f'layer "{self.name}" (Dot) received inputs of shapes {first} and {second}; '
                f"expected equal lengths along the axes {self._both}"
            )
        rest = (*first[1:a], *first[a + 1 :], *second[1:b], *second[b + 1 :])
        return (first[0], *rest) if rest else (first[0], 1)

    def axes_of(self, first: int, second: int) -> tuple[int, int]:
        """The axes counted from the front, for inputs with so many axes."""
        return self._both[0] % first, self._both[1] % second

    def get_config(self) -> Config:
        return {**super().get_config(), "axes": self.axes, "normalize": self.normalize}


def concatenate(inputs: Any, axis: int = -1, **options: Any) -> Any:
    """`Concatenate(axis, ...)(inputs)`."""
    return Concatenate(axis, **options)(inputs)


def dot(inputs: Any, axes: int | Sequence[int] = -1, **options: Any) -> Any:
    """`Dot(axes, ...)(inputs)`."""
    return Dot(axes, **options)(inputs)
