"""Images shifted, turned and zoomed at random: each seen through an affine map of its own."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from vitral import ops
from vitral.errors import ConfigError
from vitral.layers.arguments import bounds
from vitral.layers.augmentation.augmentation import Augmentation
from vitral.layers.layer import registry
from vitral.typing import Array, Cache, Config

_FILL_MODES = ("reflect", "wrap", "constant", "nearest")
_INTERPOLATIONS = ("nearest", "bilinear")


class AffineAugmentation(Augmentation):
    """Base of layers that look at each image through a map drawn at random; a subclass draws the maps.

    `fill_mode` says what lies beyond the edge (see `ops.affine_sample2d`), "constant" puts `fill_value` there.
    Raises ConfigError for another `fill_mode` or `interpolation`.
    """

    def __init__(
        self,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(seed, data_format, **options)
        check_sampling(interpolation, fill_mode, type(self).__name__)
        self.fill_mode = fill_mode
        self.interpolation = interpolation
        self.fill_value = fill_value

    def draw(self, shape: tuple[int, ...], random: np.random.Generator) -> Array:
        """Maps (n, 6), as `ops.affine_sample2d` has them, from places in the new images to places in the old ones."""
        raise NotImplementedError(f"{type(self).__name__} has no draw")

    def transform(self, x: Array, choice: Array) -> tuple[Array, Cache]:
        return ops.affine_sample2d(
            x,
            maps=choice,
            interpolation=self.interpolation,
            fill_mode=self.fill_mode,
            fill_value=self.fill_value,
        )

    def transform_backward(self, dy: Array, cache: Cache) -> Array:
        return ops.affine_sample2d_backward(dy, cache)

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "fill_mode": self.fill_mode,
            "interpolation": self.interpolation,
            "fill_value": self.fill_value,
        }


def check_sampling(interpolation: str, fill_mode: str, layer: str) -> None:
    """Raise ConfigError for an interpolation or a fill mode that there is not."""
    for argument, value, allowed in (
        ("fill_mode", fill_mode, _FILL_MODES),
        ("interpolation", interpolation, _INTERPOLATIONS),
    ):
        if value not in allowed:
            raise ConfigError(f"{layer}: {argument} is {value!r}; expected one of {', '.join(allowed)}")


def _uniform(random: np.random.Generator, limits: tuple[float, float], count: int) -> Array:
    return random.uniform(*limits, count)


def affine_maps(count: int, **entries: Array) -> Array:
    """Maps that leave everything where it is, but for the given entries."""
    maps = np.tile(np.array([1.0, 0.0, 0.0, 0.0, 1.0, 0.0]), (count, 1))
    for name, values in entries.items():
        maps[:, ("a0", "a1", "a2", "b0", "b1", "b2").index(name)] = values
    return maps


@registry.register()
class RandomTranslation(AffineAugmentation):
    """While training, each image is shifted down and to the right by shares of its height and width.

    A factor f stands for shares from -f to f, a pair for those between its two numbers; they are from -1 to 1 and
    negative ones shift up and to the left. With interpolation="nearest" the shifts are whole pixels:
    RandomTranslation(4 / 32, 4 / 32, "constant", "nearest") is the crop of a CIFAR-10 image padded by 4 pixels.
    Raises ConfigError for factors out of range.

    >>> layer = RandomTranslation(0.0, (1 / 4, 1 / 4), fill_mode="constant")
    >>> layer(np.arange(1.0, 5.0).reshape(1, 1, 4, 1)).ravel()
    array([0., 1., 2., 3.])
    """

    def __init__(
        self,
        height_factor: float | Sequence[float],
        width_factor: float | Sequence[float],
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **options)
        self.height_factor = height_factor
        self.width_factor = width_factor
        self._height_limits = bounds(height_factor, "height_factor", "RandomTranslation", -1, 1)
        self._width_limits = bounds(width_factor, "width_factor", "RandomTranslation", -1, 1)

    def draw(self, shape: tuple[int, ...], random: np.random.Generator) -> Array:
        count, height, width, _ = shape
        down = _uniform(random, self._height_limits, count) * height
        right = _uniform(random, self._width_limits, count) * width
        return affine_maps(count, a2=-right, b2=-down)

    def get_config(self) -> Config:
        return {**super().get_config(), "height_factor": self.height_factor, "width_factor": self.width_factor}


@registry.register()
class RandomZoom(AffineAugmentation):
    """While training, each image is made smaller or larger about its middle.

    A factor f stands for shares from -f to f, a pair for those between its two numbers: 0.5 shows 1.5 times as much of
    the height, -0.5 half of it. They are above -1 and at most 1. Without `width_factor` the width changes as the height
    does. Raises ConfigError for factors out of range.

    >>> layer = RandomZoom((-0.5, -0.5), interpolation="nearest")
    >>> layer(np.arange(5.0).reshape(1, 1, 5, 1)).ravel()
    array([1., 2., 2., 3., 3.])
    """

    def __init__(
        self,
        height_factor: float | Sequence[float],
        width_factor: float | Sequence[float] | None = None,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **options)
        self.height_factor = height_factor
        self.width_factor = width_factor
        self._height_limits = _zoom(height_factor, "height_factor")
        self._width_limits = None if width_factor is None else _zoom(width_factor, "width_factor")

    def draw(self, shape: tuple[int, ...], random: np.random.Generator) -> Array:
        count, height, width, _ = shape
        down = 1 + _uniform(random, self._height_limits, count)
        across = down if self._width_limits is None else 1 + _uniform(random, self._width_limits, count)
        x, y = (width - 1) / 2, (height - 1) / 2
        return affine_maps(count, a0=across, a2=x * (1 - across), b1=down, b2=y * (1 - down))

    def get_config(self) -> Config:
        return {**super().get_config(), "height_factor": self.height_factor, "width_factor": self.width_factor}


def _zoom(factor: float | Sequence[float], argument: str) -> tuple[float, float]:
    limits = bounds(factor, argument, "RandomZoom", -1, 1)
    if limits[0] == -1:
        raise ConfigError(
            f"RandomZoom: {argument} is {factor!r}; expected above -1, where nothing of the image is left"
        )
    return limits


@registry.register()
class RandomRotation(AffineAugmentation):
    """While training, each image is turned about its middle, counterclockwise for positive angles.

    A factor f stands for -f to f whole turns, a pair for those between its two numbers; they are from -1 to 1.
    Raises ConfigError for factors out of range.

    >>> layer = RandomRotation((0.25, 0.25), interpolation="nearest")
    >>> layer(np.arange(4.0).reshape(1, 2, 2, 1))[0, :, :, 0]
    array([[1., 3.],
           [0., 2.]])
    """

    def __init__(
        self,
        factor: float | Sequence[float],
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **options)
        self.factor = bounds(factor, "factor", "RandomRotation", -1, 1)

    def draw(self, shape: tuple[int, ...], random: np.random.Generator) -> Array:
        count, height, width, _ = shape
        angle = 2 * np.pi * _uniform(random, self.factor, count)
        cos, sin = np.cos(angle), np.sin(angle)
        x, y = (width - 1) / 2, (height - 1) / 2
        return affine_maps(count, a0=cos, a1=-sin, a2=x - x * cos + y * sin, b0=sin, b1=cos, b2=y - x * sin - y * cos)

    def get_config(self) -> Config:
        return {**super().get_config(), "factor": self.factor}
