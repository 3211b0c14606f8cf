"""Pooling to a given size, whatever the size of the images."""

from typing import Any

from vitral import ops
from vitral.layers.arguments import channels_last, pair
from vitral.layers.layer import Layer, registry
from vitral.typing import Array, Cache, Config, Shape


class AdaptivePooling2D(Layer):
    """Base of pools that divide an image into `output_size` windows, one number for both axes or two.

    Input (batch, height, width, channels), output (batch, rows, columns, channels). Where a side is no multiple of the
    output's, neighboring windows overlap; see `ops.adaptive_average_pool2d`. Raises ConfigError unless the sizes are
    positive whole numbers.
    """

    input_rank = 4

    def __init__(self, output_size: int | tuple[int, int], data_format: str | None = None, **options: Any) -> None:
        super().__init__(**options)
        channels_last(data_format, type(self).__name__)
        self.output_size = pair(output_size, "output_size", type(self).__name__)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return (input_shape[0], *self.output_size, input_shape[3])

    def get_config(self) -> Config:
        return {**super().get_config(), "output_size": self.output_size, "data_format": "channels_last"}


@registry.register()
class AdaptiveAveragePooling2D(AdaptivePooling2D):
    """The mean of each window.

    >>> import numpy as np
    >>> AdaptiveAveragePooling2D((1, 2))(np.arange(6.0).reshape(1, 2, 3, 1)).ravel()
    array([2., 3.])
    """

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        return ops.adaptive_average_pool2d(x, size=self.output_size)

    def backward(self, dy: Array, cache: Cache) -> Array:
        return ops.adaptive_average_pool2d_backward(dy, cache)


@registry.register()
class AdaptiveMaxPooling2D(AdaptivePooling2D):
    """The largest value of each window; where several are equal, the gradient goes to the first.

    >>> import numpy as np
    >>> AdaptiveMaxPooling2D((1, 2))(np.arange(6.0).reshape(1, 2, 3, 1)).ravel()
    array([4., 5.])
    """

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        return ops.adaptive_max_pool2d(x, size=self.output_size)

    def backward(self, dy: Array, cache: Cache) -> Array:
        return ops.adaptive_max_pool2d_backward(dy, cache)
