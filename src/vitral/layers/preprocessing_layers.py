"""Layers that bring data to the scale that a network learns well from."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from vitral import ops
from vitral.config import epsilon
from vitral.core.symbolic import OPERATORS
from vitral.core.variable import Variable
from vitral.errors import ConfigError, ShapeError
from vitral.layers.elementwise import Elementwise
from vitral.layers.layer import registry
from vitral.typing import Array, Cache, Config, Shape

_ADAPTED_AT_ONCE = 256
"""Samples whose distance from the mean is held in memory at a time."""


@registry.register()
class Rescaling(Elementwise):
    """y = x * scale + offset, such as Rescaling(1 / 255) for pixels from 0 to 255.

    >>> Rescaling(1 / 128, offset=-1)(np.array([[0, 192]], np.uint8))
    array([[-1. ,  0.5]], dtype=float32)
    """

    def __init__(self, scale: float | Sequence[float], offset: float | Sequence[float] = 0.0, **options: Any) -> None:
        super().__init__(**options)
        self.scale = scale
        self.offset = offset

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        return ops.affine(x, scale=np.asarray(self.scale, x.dtype), offset=np.asarray(self.offset, x.dtype))

    def backward(self, dy: Array, cache: Cache) -> Array:
        return ops.affine_backward(dy, cache)

    def get_config(self) -> Config:
        return {**super().get_config(), "scale": self.scale, "offset": self.offset}


def _rescale(x: Any, scale: float, offset: float) -> Any:
    return Rescaling(scale, offset)(x)


OPERATORS["rescale"] = _rescale


@registry.register()
class Normalization(Elementwise):
    """y = (x - mean) / sqrt(variance), each channel by itself; `invert=True` undoes it.

    Mean and variance are given, or learned by `adapt` from training data before the model is fitted.
    What is given is part of the configuration, what is learned is a weight, as in Keras.
    Raises ConfigError if only one of the two is given, or if neither is known when data arrives.

    >>> layer = Normalization()
    >>> layer.adapt(np.array([[1.0], [3.0]]))
    >>> layer(np.array([[5.0]]))
    array([[3.]])
    """

    mean: Variable
    variance: Variable
    count: Variable

    def __init__(
        self,
        axis: int | Sequence[int] = -1,
        mean: float | Sequence[float] | None = None,
        variance: float | Sequence[float] | None = None,
        invert: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        if (mean is None) != (variance is None):
            raise ConfigError("Normalization: only one of mean and variance is given; expected both or neither")
        # Keras writes the axis of a saved layer as a list.
        if axis not in (-1, [-1], (-1,)):
            raise ConfigError(f"Normalization: axis is {axis!r}; expected -1, the last axis")
        self.given_mean = mean
        self.given_variance = variance
        self.invert = invert

    def build(self, input_shape: Shape) -> None:
        channels = input_shape[-1]
        if channels is None:
            raise ShapeError(f'layer "{self.name}" received an input of shape {input_shape}; expected known channels')
        if self.given_mean is None:
            self.mean = self.add_weight(name="mean", shape=(channels,), initializer="zeros", trainable=False)
            self.variance = self.add_weight(name="variance", shape=(channels,), initializer="ones", trainable=False)
            self.count = self.add_weight(name="count", shape=(), initializer="zeros", trainable=False)

    def adapt(self, data: Array) -> None:
        """Learn mean and variance of each channel from `data`, (samples, ..., channels).

        Raises ConfigError if they were given to the constructor, or if `data` is empty.
        """
        if self.given_mean is not None:
            raise ConfigError("Normalization.adapt: mean and variance were given; expected a layer without them")
        data = np.asarray(data)
        if data.size == 0:
            raise ConfigError(f"Normalization.adapt received data of shape {data.shape}; expected at least one sample")
        if not self.built:
            self.build((None, *data.shape[1:]))
        axes = tuple(range(data.ndim - 1))
        count = data.size // data.shape[-1]
        mean = data.mean(axis=axes, dtype=np.float64)
        # Part by part: data.var would make a copy of everything in double precision.
        parts = (data[start : start + _ADAPTED_AT_ONCE] for start in range(0, len(data), _ADAPTED_AT_ONCE))
        self.mean.assign(mean)
        self.variance.assign(sum(np.square(part - mean).sum(axis=axes) for part in parts) / count)
        self.count.assign(count)

    def _statistics(self, dtype: Any) -> tuple[Array, Array]:
        if self.given_mean is not None:
            return np.asarray(self.given_mean, dtype), np.asarray(self.given_variance, dtype)
        mean, variance = self.mean.value, self.variance.value
        # Keras never counts, so in a file of its own only the values tell that `adapt` was called.
        if not (self.count.value or mean.any() or (variance != 1).any()):
            raise ConfigError(f'layer "{self.name}" does not know mean and variance yet; call adapt(data) first')
        return mean, variance

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        mean, variance = self._statistics(x.dtype)
        # A constant channel has no spread to divide by; Keras' fuzz factor stands in for it.
        deviation = np.maximum(np.sqrt(variance), epsilon())
        if self.invert:
            return ops.affine(x, scale=deviation, offset=mean)
        return ops.affine(x, scale=1 / deviation, offset=-mean / deviation)

    def backward(self, dy: Array, cache: Cache) -> Array:
        return ops.affine_backward(dy, cache)

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "axis": (-1,),
            "mean": self.given_mean,
            "variance": self.given_variance,
            "invert": self.invert,
        }
