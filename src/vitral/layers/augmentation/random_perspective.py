"""Images seen from another place at random."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from vitral import ops
from vitral.core.configurable import is_number
from vitral.errors import ConfigError, ShapeError
from vitral.layers.arguments import bounds
from vitral.layers.augmentation.affine_layers import check_sampling
from vitral.layers.augmentation.augmentation import Augmentation
from vitral.layers.layer import registry
from vitral.typing import Array, Cache, Config, Shape


@registry.register()
class RandomPerspective(Augmentation):
    """While training, images are drawn as if seen from the side: their corners move, straight lines stay straight.

    `factor` is the probability: one number f stands for one drawn from 0 to f for each image, a pair for one between
    its two numbers, from 0 to 1. Each corner's column and row, counted from the top left, are multiplied by 1 plus
    something from -scale / 2 to scale / 2, for `scale` from 0 to 1; so the corner at the top left stays, as in Keras.
    Beyond the image there is `fill_value`; `interpolation` is "bilinear" or "nearest". Raises ConfigError for arguments
    out of range, ShapeError for images with a side of one pixel.

    >>> layer = RandomPerspective((1, 1), scale=0.0)
    >>> layer(np.arange(4.0).reshape(1, 2, 2, 1))[0, :, :, 0]
    array([[0., 1.],
           [2., 3.]])
    """

    def __init__(
        self,
        factor: float | Sequence[float] = 1.0,
        scale: float = 1.0,
        interpolation: str = "bilinear",
        fill_value: float = 0.0,
        seed: int | None = None,
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(seed, data_format, **options)
        self.factor = bounds(factor, "factor", "RandomPerspective", 0, 1)
        if not (is_number(scale) and 0 <= scale <= 1):
            raise ConfigError(f"RandomPerspective: scale is {scale!r}; expected a number from 0 to 1")
        check_sampling(interpolation, "constant", "RandomPerspective")
        self.scale = scale
        self.interpolation = interpolation
        self.fill_value = fill_value

    def build(self, input_shape: Shape) -> None:
        if 1 in input_shape[1:3]:
            raise ShapeError(
                f'layer "{self.name}" (RandomPerspective) received images of {input_shape[1]}x{input_shape[2]} pixels; '
                "expected at least 2x2"
            )

    def draw(self, shape: tuple[int, ...], random: np.random.Generator) -> Array:
        """Where the corners of each image go, (n, 4, 2): column and row of the corners as `_corners` has them."""
        count, height, width, _ = shape
        moved = random.random(count) < random.uniform(*self.factor, count)
        stretch = random.uniform(-self.scale / 2, self.scale / 2, (count, 4, 2)) * moved[:, np.newaxis, np.newaxis]
        return _corners(height, width) * (1 + stretch)

    def transform(self, x: Array, choice: Array) -> tuple[Array, Cache]:
        height, width = x.shape[1:3]
        columns, rows = _places(_projections(choice, _corners(height, width)), height, width)
        return ops.sample2d(
            x,
            columns=columns,
            rows=rows,
            interpolation=self.interpolation,
            fill_mode="constant",
            fill_value=self.fill_value,
        )

    def transform_backward(self, dy: Array, cache: Cache) -> Array:
        return ops.sample2d_backward(dy, cache)

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "factor": self.factor,
            "scale": self.scale,
            "interpolation": self.interpolation,
            "fill_value": self.fill_value,
        }


def _corners(height: int, width: int) -> Array:
    """Column and row of the corners (4, 2): top left, top right, bottom left, bottom right."""
    right, bottom = width - 1.0, height - 1.0
    return np.array([[0, 0], [right, 0], [0, bottom], [right, bottom]])


def _projections(from_points: Array, to_points: Array) -> Array:
    """The projective maps (n, 3, 3) that take four points (n, 4, 2) to four others, (4, 2).

    A point (u, v) goes to (a u + b v + c, d u + e v + f) / (g u + h v + 1). Multiplied by the denominator, that is two
    linear equations for each of the four points, in eight unknowns (Heckbert, "Fundamentals of texture mapping and
    image warping", 1989, section 2.2.3).
    """
    count = len(from_points)
    equations = np.zeros((count, 4, 2, 8))
    homogeneous = np.concatenate([from_points, np.ones((count, 4, 1))], axis=2)
    equations[:, :, 0, 0:3] = equations[:, :, 1, 3:6] = homogeneous
    equations[:, :, :, 6:] = -to_points[:, :, np.newaxis] * from_points[:, :, np.newaxis]
    right_hand_side = np.broadcast_to(to_points.reshape(8, 1), (count, 8, 1))
    unknowns = np.linalg.solve(equations.reshape(count, 8, 8), right_hand_side)[..., 0]
    return np.concatenate([unknowns, np.ones((count, 1))], axis=1).reshape(count, 3, 3)


def _places(projections: Array, height: int, width: int) -> tuple[Array, Array]:
    """Columns and rows (n, height, width) that the pixels of the new images are taken from."""
    pixels = np.stack([*np.meshgrid(np.arange(width), np.arange(height)), np.ones((height, width))])
    columns, rows, depth = np.moveaxis(np.tensordot(projections, pixels, axes=1), 1, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        # Beyond the horizon there is nothing but the fill value, as just outside of the image.
        return _bounded(columns / depth, width), _bounded(rows / depth, height)


def _bounded(places: Array, size: int) -> Array:
    bounded: Array = np.clip(np.nan_to_num(places, nan=-2.0), -2, size + 1)
    return bounded
