"""Images enlarged by repeating or interpolating pixels."""

from collections.abc import Sequence
from typing import Any

from vitral import ops
from vitral.errors import ConfigError
from vitral.layers.arguments import channels_last, pair
from vitral.layers.layer import Layer, registry
from vitral.typing import Array, Cache, Config, Shape

_INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")


@registry.register()
class UpSampling2D(Layer):
    """Images with `size` times as many rows and columns: one number, or (rows, columns).

    "nearest" repeats pixels; for the other interpolations see `ops.resize2d`. Raises ConfigError for another one.

    >>> import numpy as np
    >>> UpSampling2D((1, 2))(np.array([1.0, 5.0]).reshape(1, 1, 2, 1)).ravel()
    array([1., 1., 5., 5.])
    """

    input_rank = 4

    def __init__(
        self,
        size: int | Sequence[int] = (2, 2),
        data_format: str | None = None,
        interpolation: str = "nearest",
        **options: Any,
    ) -> None:
        super().__init__(**options)
        channels_last(data_format, "UpSampling2D")
        self.size = pair(size, "size", "UpSampling2D")
        lowered = interpolation.lower() if isinstance(interpolation, str) else interpolation
        if lowered not in _INTERPOLATIONS:
            expected = ", ".join(_INTERPOLATIONS)
            raise ConfigError(f"UpSampling2D: interpolation is {interpolation!r}; expected one of {expected}")
        self.interpolation = lowered

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        size = x.shape[1] * self.size[0], x.shape[2] * self.size[1]
        return ops.resize2d(x, size=size, interpolation=self.interpolation)

    def backward(self, dy: Array, cache: Cache) -> Array:
        return ops.resize2d_backward(dy, cache)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        batch, height, width, channels = input_shape
        return (
            batch,
            None if height is None else height * self.size[0],
            None if width is None else width * self.size[1],
            channels,
        )

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "size": self.size,
            "data_format": "channels_last",
            "interpolation": self.interpolation,
        }
