"""Layers that keep one value of each window: maximum or average, of small windows or of the whole image."""

from typing import Any

from vitral import ops
from vitral.layers.arguments import channels_last, padding_mode, pair, window_output
from vitral.layers.layer import Layer, registry
from vitral.typing import Array, Cache, Config, Shape


class Pooling2D(Layer):
    """Base of the window pools: input (batch, height, width, channels), output (batch, rows, columns, channels)."""

    input_rank = 4

    def __init__(
        self,
        pool_size: int | tuple[int, int] = (2, 2),
        strides: int | tuple[int, int] | None = None,
        padding: str = "valid",
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        kind = type(self).__name__
        channels_last(data_format, kind)
        self.pool_size = pair(pool_size, "pool_size", kind)
        self.strides = self.pool_size if strides is None else pair(strides, "strides", kind)
        self.padding = padding_mode(padding, kind)

    def build(self, input_shape: Shape) -> None:
        self.compute_output_shape(input_shape)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        rows, columns = window_output(input_shape, self.pool_size, self.strides, (1, 1), self.padding, self.name)
        return (input_shape[0], rows, columns, input_shape[3])

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "pool_size": self.pool_size,
            "strides": self.strides,
            "padding": self.padding,
            "data_format": "channels_last",
        }


@registry.register("MaxPool2D")
class MaxPooling2D(Pooling2D):
    """The largest value of each window; where several are equal, the gradient goes to the first.

    >>> import numpy as np
    >>> MaxPooling2D()(np.arange(16.0).reshape(1, 4, 4, 1))[0, :, :, 0]
    array([[ 5.,  7.],
           [13., 15.]])
    """

    passes = True

    @property
    def absorbable(self) -> str | None:
        windows = (self.pool_size, self.strides, self.padding)
        return "max_pool_2x2" if windows == ((2, 2), (2, 2), "valid") else None

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        return ops.max_pool2d(x, pool_size=self.pool_size, strides=self.strides, padding=self.padding)

    def backward(self, dy: Array, cache: Cache) -> Array:
        return ops.max_pool2d_backward(dy, cache)

    def backward_fused(self, dy: Array, cache: Cache, *, through_activation: bool, input_activation: str) -> Array:
        return ops.max_pool2d_backward(dy, cache, input_activation=input_activation)


@registry.register("AvgPool2D")
class AveragePooling2D(Pooling2D):
    """The mean of each window; under "same" the padding is not counted.

    >>> import numpy as np
    >>> AveragePooling2D()(np.arange(16.0).reshape(1, 4, 4, 1))[0, :, :, 0]
    array([[ 2.5,  4.5],
           [10.5, 12.5]])
    """

    passes = True

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        return ops.average_pool2d(x, pool_size=self.pool_size, strides=self.strides, padding=self.padding)

    def backward(self, dy: Array, cache: Cache) -> Array:
        return ops.average_pool2d_backward(dy, cache)

    def backward_fused(self, dy: Array, cache: Cache, *, through_activation: bool, input_activation: str) -> Array:
        return ops.average_pool2d_backward(dy, cache, input_activation=input_activation)


class GlobalPooling2D(Layer):
    """Base of the pools over a whole image: output (batch, channels), or (batch, 1, 1, channels) with keepdims."""

    input_rank = 4

    def __init__(self, data_format: str | None = None, keepdims: bool = False, **options: Any) -> None:
        super().__init__(**options)
        channels_last(data_format, type(self).__name__)
        self.keepdims = keepdims

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        batch, _, _, channels = input_shape
        return (batch, 1, 1, channels) if self.keepdims else (batch, channels)

    def get_config(self) -> Config:
        return {**super().get_config(), "data_format": "channels_last", "keepdims": self.keepdims}


@registry.register("GlobalAvgPool2D")
class GlobalAveragePooling2D(GlobalPooling2D):
    """The mean of each channel (Lin, Chen and Yan, "Network in network", 2013).

    >>> import numpy as np
    >>> GlobalAveragePooling2D()(np.arange(4.0).reshape(1, 2, 2, 1))
    array([[1.5]])
    """

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        return ops.global_average_pool2d(x, keepdims=self.keepdims)

    def backward(self, dy: Array, cache: Cache) -> Array:
        return ops.global_average_pool2d_backward(dy, cache)


@registry.register("GlobalMaxPool2D")
class GlobalMaxPooling2D(GlobalPooling2D):
    """The largest value of each channel.

    >>> import numpy as np
    >>> GlobalMaxPooling2D()(np.arange(4.0).reshape(1, 2, 2, 1))
    array([[3.]])
    """

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        return ops.global_max_pool2d(x, keepdims=self.keepdims)

    def backward(self, dy: Array, cache: Cache) -> Array:
        return ops.global_max_pool2d_backward(dy, cache)
