"""Layers that arrange values differently without changing them."""

import math
from collections.abc import Sequence
from typing import Any

from vitral import ops
from vitral.errors import ConfigError, ShapeError
from vitral.layers.arguments import channels_last, positive, whole_numbers
from vitral.layers.layer import Layer, registry
from vitral.ops.geometry import Pair
from vitral.typing import Array, Cache, Config, Shape


@registry.register()
class Flatten(Layer):
    """All axes but the batch in one: (batch, height, width, channels) to (batch, height * width * channels).

    >>> Flatten().compute_output_shape((None, 4, 4, 64))
    (None, 1024)
    """

    keeps_values = True

    def __init__(self, data_format: str | None = None, **options: Any) -> None:
        super().__init__(**options)
        channels_last(data_format, "Flatten")

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        return ops.reshape(x, shape=(math.prod(x.shape[1:]),))

    def backward(self, dy: Array, cache: Cache) -> Array:
        return ops.reshape_backward(dy, cache)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        size = 1
        for axis in input_shape[1:]:
            if axis is None:
                return (input_shape[0], None)
            size *= axis
        return (input_shape[0], size)

    def get_config(self) -> Config:
        return {**super().get_config(), "data_format": "channels_last"}


@registry.register()
class Reshape(Layer):
    """The values of each sample in another shape; one axis may be -1 and is worked out.

    Raises ShapeError if the number of values does not fit.

    >>> Reshape((28, 28, 1)).compute_output_shape((None, 784)), Reshape((-1, 7)).compute_output_shape((None, 28))
    ((None, 28, 28, 1), (None, 4, 7))
    """

    keeps_values = True

    def __init__(self, target_shape: Sequence[int], **options: Any) -> None:
        super().__init__(**options)
        self.target_shape = whole_numbers(target_shape, "target_shape", "Reshape")
        if sum(axis == -1 for axis in self.target_shape) > 1:
            raise ConfigError(f"Reshape: target_shape is {self.target_shape}; expected at most one -1")

    def build(self, input_shape: Shape) -> None:
        self.compute_output_shape(input_shape)

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        return ops.reshape(x, shape=self.target_shape)

    def backward(self, dy: Array, cache: Cache) -> Array:
        return ops.reshape_backward(dy, cache)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        if None in input_shape[1:]:
            return (input_shape[0], *(None if axis == -1 else axis for axis in self.target_shape))
        size = math.prod(axis or 0 for axis in input_shape[1:])
        known = math.prod(axis for axis in self.target_shape if axis != -1)
        if size != known and (-1 not in self.target_shape or known == 0 or size % known):
            raise ShapeError(
                f'layer "{self.name}" (Reshape) received samples of shape {input_shape[1:]}, {size} values; '
                f"expected as many as {self.target_shape} holds"
            )
        return (input_shape[0], *(size // known if axis == -1 else axis for axis in self.target_shape))

    def get_config(self) -> Config:
        return {**super().get_config(), "target_shape": self.target_shape}


@registry.register()
class ZeroPadding2D(Layer):
    """Zeros around an image: one number for all sides, (rows, columns), or ((top, bottom), (left, right)).

    >>> ZeroPadding2D(((1, 0), (2, 2))).compute_output_shape((None, 28, 28, 1))
    (None, 29, 32, 1)
    """

    input_rank = 4

    def __init__(self, padding: Any = (1, 1), data_format: str | None = None, **options: Any) -> None:
        super().__init__(**options)
        channels_last(data_format, "ZeroPadding2D")
        self.padding = _sides(padding, "padding", "ZeroPadding2D")

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        return ops.zero_pad2d(x, padding=self.padding)

    def backward(self, dy: Array, cache: Cache) -> Array:
        return ops.zero_pad2d_backward(dy, cache)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        batch, height, width, channels = input_shape
        rows, columns = map(sum, self.padding)
        return (
            batch,
            None if height is None else height + rows,
            None if width is None else width + columns,
            channels,
        )

    def get_config(self) -> Config:
        return {**super().get_config(), "padding": self.padding, "data_format": "channels_last"}


@registry.register()
class Cropping2D(Layer):
    """An image without its edge: one number for all sides, (rows, columns), or ((top, bottom), (left, right)).

    Raises ShapeError if nothing of the image would be left.

    >>> Cropping2D(((1, 0), (2, 2))).compute_output_shape((None, 28, 28, 1))
    (None, 27, 24, 1)
    """

    input_rank = 4

    def __init__(self, cropping: Any = ((0, 0), (0, 0)), data_format: str | None = None, **options: Any) -> None:
        super().__init__(**options)
        channels_last(data_format, "Cropping2D")
        self.cropping = _sides(cropping, "cropping", "Cropping2D")

    def build(self, input_shape: Shape) -> None:
        self.compute_output_shape(input_shape)

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        return ops.crop2d(x, cropping=self.cropping)

    def backward(self, dy: Array, cache: Cache) -> Array:
        return ops.crop2d_backward(dy, cache)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        batch, height, width, channels = input_shape
        rows, columns = map(sum, self.cropping)
        if (height is not None and height <= rows) or (width is not None and width <= columns):
            raise ShapeError(
                f'layer "{self.name}" (Cropping2D) received images of {height}x{width} pixels; '
                f"expected more than it cuts off, {rows}x{columns}"
            )
        return (
            batch,
            None if height is None else height - rows,
            None if width is None else width - columns,
            channels,
        )

    def get_config(self) -> Config:
        return {**super().get_config(), "cropping": self.cropping, "data_format": "channels_last"}


@registry.register()
class RepeatVector(Layer):
    """The same vector `n` times as a sequence: (batch, features) to (batch, n, features).

    Raises ConfigError unless `n` is a positive whole number.

    >>> import numpy as np
    >>> RepeatVector(2)(np.array([[1.0, 2.0, 3.0]]))
    array([[[1., 2., 3.],
            [1., 2., 3.]]])
    """

    input_rank = 2

    def __init__(self, n: int, **options: Any) -> None:
        super().__init__(**options)
        self.n = positive(n, "n", "RepeatVector")

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        return ops.repeat(x, times=self.n)

    def backward(self, dy: Array, cache: Cache) -> Array:
        return ops.repeat_backward(dy, cache)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return (input_shape[0], self.n, input_shape[1])

    def get_config(self) -> Config:
        return {**super().get_config(), "n": self.n}


@registry.register()
class Permute(Layer):
    """The axes of each sample in another order: `dims` are their numbers, counted from 1.

    Raises ConfigError unless `dims` has each axis once.

    >>> Permute((3, 1, 2)).compute_output_shape((None, 28, 20, 1))
    (None, 1, 28, 20)
    """

    def __init__(self, dims: Sequence[int], **options: Any) -> None:
        super().__init__(**options)
        self.dims = whole_numbers(dims, "dims", "Permute")
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            raise ConfigError(f"Permute: dims is {dims!r}; expected the axes from 1 on, each of them once")
        self.input_rank = len(self.dims) + 1

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        return ops.permute(x, axes=self.dims)

    def backward(self, dy: Array, cache: Cache) -> Array:
        return ops.permute_backward(dy, cache)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return (input_shape[0], *(input_shape[axis] for axis in self.dims))

    def get_config(self) -> Config:
        return {**super().get_config(), "dims": self.dims}


def _sides(sizes: Any, argument: str, layer: str) -> tuple[Pair, Pair]:
    axes = tuple(sizes) if isinstance(sizes, (tuple, list)) else (sizes, sizes)
    sides = tuple(tuple(axis) if isinstance(axis, (tuple, list)) else (axis, axis) for axis in axes)
    flat = [size for axis in sides for size in axis]
    if len(sides) != 2 or len(flat) != 4 or any(not isinstance(size, int) or size < 0 for size in flat):
        raise ConfigError(f"{layer}: {argument} is {sizes!r}; expected a whole number from 0 on, two, or two pairs")
    return (flat[0], flat[1]), (flat[2], flat[3])
