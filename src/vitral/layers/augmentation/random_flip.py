"""Images mirrored at random."""

from typing import Any

import numpy as np

from vitral import ops
from vitral.errors import ConfigError
from vitral.layers.augmentation.augmentation import Augmentation
from vitral.layers.layer import registry
from vitral.typing import Array, Cache, Config

_MODES = ("horizontal", "vertical", "horizontal_and_vertical")


@registry.register()
class RandomFlip(Augmentation):
    """While training, each image is mirrored with probability 1/2: left to right, upside down, or both.

    As in Keras, "horizontal_and_vertical" tosses one coin for both: such an image is turned by half a turn or left
    alone. Raises ConfigError for another mode.

    >>> image = np.arange(3.0).reshape(1, 1, 3, 1)
    >>> RandomFlip("horizontal", seed=1)(image).ravel(), RandomFlip(seed=1)(image, training=False).ravel()
    (array([2., 1., 0.]), array([0., 1., 2.]))
    """

    def __init__(
        self,
        mode: str = "horizontal_and_vertical",
        seed: int | None = None,
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(seed, data_format, **options)
        if mode not in _MODES:
            raise ConfigError(f"RandomFlip: mode is {mode!r}; expected one of {', '.join(_MODES)}")
        self.mode = mode

    def draw(self, shape: tuple[int, ...], random: np.random.Generator) -> Array:
        """Which images are mirrored."""
        return random.random(shape[0]) < 0.5

    def transform(self, x: Array, choice: Array) -> tuple[Array, Cache]:
        never = np.zeros_like(choice)
        return ops.flip2d(
            x,
            vertical=never if self.mode == "horizontal" else choice,
            horizontal=never if self.mode == "vertical" else choice,
        )

    def transform_backward(self, dy: Array, cache: Cache) -> Array:
        return ops.flip2d_backward(dy, cache)

    def get_config(self) -> Config:
        return {**super().get_config(), "mode": self.mode}
