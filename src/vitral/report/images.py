"""Pixel arrays as PNG data URIs, so that a page carries its own pictures."""

import base64
import io

import numpy as np
from PIL import Image

from vitral.errors import ShapeError
from vitral.typing import Array


def data_uri(pixels: Array) -> str:
    """A PNG of a grey (h, w) or (h, w, 1) or a colour (h, w, 3) image, uint8 or any range of numbers.

    Values that are not uint8 are stretched from their own minimum and maximum to 0..255; NaN becomes 0.
    Raises ShapeError for any other shape.
    """
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[:, :, 0]
    if pixels.ndim != 2 and not (pixels.ndim == 3 and pixels.shape[2] == 3):
        raise ShapeError(f"an image has shape (h, w), (h, w, 1) or (h, w, 3); received {pixels.shape}")
    buffer = io.BytesIO()
    Image.fromarray(pixels if pixels.dtype == np.uint8 else _stretch(pixels)).save(buffer, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


def _stretch(pixels: Array) -> Array:
    finite = np.nan_to_num(pixels.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    low, high = float(finite.min()), float(finite.max())
    scaled = (finite - low) * (255.0 / (high - low)) if high > low else np.zeros_like(finite)
    return scaled.round().astype(np.uint8)
