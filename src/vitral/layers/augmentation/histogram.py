"""Images whose values are spread over their whole range, in training and outside it alike."""

from collections.abc import Sequence
from typing import Any

from vitral import ops
from vitral.core.configurable import is_number
from vitral.errors import ConfigError
from vitral.layers.arguments import pair, positive, value_limits
from vitral.layers.augmentation.image_layer import ImageLayer
from vitral.layers.layer import registry
from vitral.typing import Array, Cache, Config, Shape


class HistogramLayer(ImageLayer):
    """Base of layers on images (batch, height, width, channels) with values in `value_range`.

    Each channel of each image is looked at by itself.
    """

    def __init__(self, value_range: Sequence[float] = (0, 255), data_format: str | None = None, **options: Any) -> None:
        super().__init__(data_format, **options)
        self.value_range = value_limits(value_range, type(self).__name__)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return input_shape

    def get_config(self) -> Config:
        return {**super().get_config(), "value_range": self.value_range}


@registry.register()
class AutoContrast(HistogramLayer):
    """Each channel stretched, so that its smallest value becomes the lower end of `value_range`, its largest the upper.

    Channels of one value stay what they are. Raises ConfigError unless `value_range` is two different numbers.

    >>> import numpy as np
    >>> AutoContrast()(np.array([100.0, 150.0, 200.0]).reshape(1, 3, 1)).ravel()
    array([  0. , 127.5, 255. ])
    """

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        low, high = self.value_range
        return ops.stretch2d(x, low=low, high=high)

    def backward(self, dy: Array, cache: Cache) -> Array:
        return ops.stretch2d_backward(dy, cache)


@registry.register()
class Equalization(HistogramLayer):
    """Each channel brought to values that are about equally frequent, from one end of `value_range` to the other.

    The range is divided into `bins`; see `ops.equalize2d`. Results move in steps, so images get no gradient. This is
    done in training and outside it, as Keras documents; Keras 3.15 leaves images alone outside training, and has one
    histogram for the whole batch. Raises ConfigError unless `bins` is a positive whole number and `value_range` two
    different ones.

    >>> import numpy as np
    >>> Equalization()(np.array([10.0, 10.0, 11.0, 12.0]).reshape(1, 4, 1)).ravel()
    array([  0.,   0., 128., 255.])
    """

    def __init__(
        self,
        value_range: Sequence[float] = (0, 255),
        bins: int = 256,
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(value_range, data_format, **options)
        self.bins = positive(bins, "bins", "Equalization")

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        low, high = self.value_range
        return ops.equalize2d(x, low=low, high=high, bins=self.bins)

    def backward(self, dy: Array, cache: Cache) -> Array:
        return ops.equalize2d_backward(dy, cache)

    def get_config(self) -> Config:
        return {**super().get_config(), "bins": self.bins}


@registry.register()
class ContrastLimitedAdaptiveHistogramEqualization(HistogramLayer):
    """Equalization tile by tile, with mixtures between the tiles, and a limit to how much contrast grows: CLAHE.

    `tile_grid_size` (rows, columns) is the number of tiles; `clip_limit` cuts their histograms at that many times the
    mean of a bin, 0 leaves them as they are. See `ops.equalize_tiles2d`. Images get no gradient, as results move in
    steps. Raises ConfigError unless `clip_limit` is at least 0 and the tiles are positive whole numbers.

    >>> import numpy as np
    >>> layer = ContrastLimitedAdaptiveHistogramEqualization(clip_limit=0, tile_grid_size=(1, 1))
    >>> layer(np.array([10.0, 11.0, 12.0, 13.0]).reshape(1, 4, 1)).ravel()
    array([ 63.75, 127.5 , 191.25, 255.  ])
    """

    def __init__(
        self,
        value_range: Sequence[float] = (0, 255),
        clip_limit: float = 4.0,
        tile_grid_size: Sequence[int] = (8, 8),
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(value_range, data_format, **options)
        kind = "ContrastLimitedAdaptiveHistogramEqualization"
        if not (is_number(clip_limit) and clip_limit >= 0):
            raise ConfigError(f"{kind}: clip_limit is {clip_limit!r}; expected a number from 0 on")
        self.clip_limit = clip_limit
        self.tile_grid_size = pair(tile_grid_size, "tile_grid_size", kind)

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        low, high = self.value_range
        return ops.equalize_tiles2d(x, low=low, high=high, grid=self.tile_grid_size, clip_limit=self.clip_limit)

    def backward(self, dy: Array, cache: Cache) -> Array:
        return ops.equalize_tiles2d_backward(dy, cache)

    def get_config(self) -> Config:
        return {**super().get_config(), "clip_limit": self.clip_limit, "tile_grid_size": self.tile_grid_size}
