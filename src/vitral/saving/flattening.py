"""The order in which others flatten an image: channel by channel, where we have a pixel's channels side by side."""

from collections.abc import Sequence

import numpy as np

from vitral.typing import Array


def channels_first_order(image: Sequence[int | None]) -> Array:
    """For each place of an image flattened as (channels, height, width), its place as (height, width, channels).

    >>> channels_first_order((1, 2, 3)).tolist()
    [0, 3, 1, 4, 2, 5]
    """
    height, width, channels = (int(size or 0) for size in image)
    return np.arange(height * width * channels).reshape(height, width, channels).transpose(2, 0, 1).ravel()
