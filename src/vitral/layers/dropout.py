"""Dropout: switch units off at random while training."""

from collections.abc import Sequence
from typing import Any

from vitral import ops
from vitral.core.configurable import is_number
from vitral.errors import ConfigError, ShapeError
from vitral.layers.arguments import channels_last
from vitral.layers.elementwise import Elementwise
from vitral.layers.layer import registry
from vitral.typing import Array, Cache, Config


@registry.register()
class Dropout(Elementwise):
    """While training, each value becomes 0 with probability `rate`, the others grow by 1 / (1 - rate).

    `noise_shape` gives axes of length 1 along which values share their fate. Outside training nothing changes.
    Raises ConfigError unless 0 <= rate < 1, ShapeError if `noise_shape` has not the input's number of axes.

    >>> import numpy as np
    >>> x = np.ones((1, 4), np.float32)
    >>> Dropout(0.5, seed=1)(x), sorted(set(Dropout(0.5, seed=1)(np.ones((9, 9)), training=True).ravel().tolist()))
    (array([[1., 1., 1., 1.]], dtype=float32), [0.0, 2.0])
    """

    def __init__(
        self, rate: float, noise_shape: Sequence[int | None] | None = None, seed: int | None = None, **options: Any
    ) -> None:
        super().__init__(**options)
        if not (is_number(rate) and 0 <= rate < 1):
            raise ConfigError(f"{type(self).__name__}: rate is {rate!r}; expected a number from 0 to below 1")
        if noise_shape is not None and not isinstance(noise_shape, (tuple, list)):
            raise ConfigError(f"{type(self).__name__}: noise_shape is {noise_shape!r}; expected a tuple, or None")
        self.rate = rate
        self.noise_shape = None if noise_shape is None else tuple(noise_shape)
        self.seed = seed
        self.seed_generator = self.add_seed_generator(seed)

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        if not training or self.rate == 0:
            return x, None
        return ops.dropout(x, keep=self.draw_kept(x), rate=self.rate)

    def draw_kept(self, x: Array) -> Array:
        """Which values are kept."""
        return ops.keep_mask(self.seed_generator.next(), shape=self._shape_of_noise(x), rate=self.rate)

    def _shape_of_noise(self, x: Array) -> tuple[int, ...]:
        if self.noise_shape is None:
            return x.shape
        if len(self.noise_shape) != x.ndim:
            raise ShapeError(f'layer "{self.name}" received shape {x.shape}; noise_shape is {self.noise_shape}')
        return tuple(size if axis is None else axis for size, axis in zip(x.shape, self.noise_shape, strict=True))

    def backward(self, dy: Array, cache: Cache) -> Array:
        return dy if cache is None else ops.dropout_backward(dy, cache)

    def get_config(self) -> Config:
        return {**super().get_config(), "rate": self.rate, "noise_shape": self.noise_shape, "seed": self.seed}


@registry.register()
class AlphaDropout(Dropout):
    """Dropout for networks of selu: while training, each value becomes selu's lower limit with probability `rate`.

    All values are then scaled and shifted, so that a mean of 0 and a variance of 1 stay what they are (Klambauer et
    al., "Self-normalizing neural networks", NIPS 2017). Arguments and errors as for Dropout; Keras allows a rate of 1
    as well, and then divides by 0.

    >>> import numpy as np
    >>> AlphaDropout(0.5, seed=1)(np.zeros((1, 4)), training=True).round(3)
    array([[ 0.779, -0.779,  0.779,  0.779]])
    """

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        if not training or self.rate == 0:
            return x, None
        keep = self.draw_kept(x)
        a = ((1 - self.rate) * (1 + self.rate * _SELU_LIMIT**2)) ** -0.5
        scale = (a * keep).astype(x.dtype)
        offset = (a * _SELU_LIMIT * (~keep - self.rate)).astype(x.dtype)
        return ops.affine(x, scale=scale, offset=offset)

    def backward(self, dy: Array, cache: Cache) -> Array:
        return dy if cache is None else ops.affine_backward(dy, cache)


_SELU_LIMIT = -1.0507009873554805 * 1.6732632423543772
"""What selu(x) tends to for small x: -lambda alpha."""


@registry.register()
class SpatialDropout2D(Dropout):
    """Dropout of whole channels of an image: (batch, height, width, channels) (Tompson et al., CVPR 2015).

    >>> import numpy as np
    >>> y = SpatialDropout2D(0.5, seed=1)(np.ones((1, 2, 2, 3)), training=True)
    >>> y[0, 0], bool((y == y[:, :1, :1]).all())
    (array([[2., 0., 2.],
           [2., 0., 2.]]), True)
    """

    input_rank = 4

    def __init__(self, rate: float, data_format: str | None = None, seed: int | None = None, **options: Any) -> None:
        super().__init__(rate, noise_shape=(None, 1, 1, None), seed=seed, **options)
        channels_last(data_format, "SpatialDropout2D")

    def get_config(self) -> Config:
        config = super().get_config()
        del config["noise_shape"], config["trainable"]  # which the constructor of Keras' layer does not know
        return {**config, "data_format": "channels_last"}
