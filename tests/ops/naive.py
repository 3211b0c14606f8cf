"""Convolution and pooling written as the definitions say, one output at a time: slow, and easy to believe."""

import numpy as np

from vitral.typing import Array

Pair = tuple[int, int]


def pad_same(x: Array, window: Pair, strides: Pair, dilation: Pair, value: float) -> Array:
    """Pad so that there are ceil(size / stride) windows, the odd row or column after the image."""
    pads = []
    for size, span, stride, step in zip(x.shape[1:3], window, strides, dilation, strict=True):
        total = max((int(np.ceil(size / stride)) - 1) * stride + (span - 1) * step + 1 - size, 0)
        pads.append((total // 2, total - total // 2))
    return np.pad(x, [(0, 0), *pads, (0, 0)], constant_values=value)


def patches(x: Array, window: Pair, strides: Pair, dilation: Pair) -> Array:
    """Windows (n, rows, columns, window height, window width, channels), copied one by one."""
    n, height, width, channels = x.shape
    reach = [(span - 1) * step + 1 for span, step in zip(window, dilation, strict=True)]
    rows = range(0, height - reach[0] + 1, strides[0])
    columns = range(0, width - reach[1] + 1, strides[1])
    out = np.empty((n, len(rows), len(columns), *window, channels))
    for i, top in enumerate(rows):
        for j, left in enumerate(columns):
            out[:, i, j] = x[:, top : top + reach[0] : dilation[0], left : left + reach[1] : dilation[1]]
    return out


def conv2d(x: Array, kernel: Array, strides: Pair, padding: str, dilation: Pair, groups: int) -> Array:
    """Correlation of x with the kernel, group by group, one filter at a time."""
    window = kernel.shape[:2]
    if padding == "same":
        x = pad_same(x, window, strides, dilation, 0)
    found = patches(x, window, strides, dilation)
    filters, share = kernel.shape[3], kernel.shape[2]
    out = np.empty((*found.shape[:3], filters))
    for f in range(filters):
        first = f // (filters // groups) * share
        out[..., f] = (found[..., first : first + share] * kernel[..., f]).sum(axis=(3, 4, 5))
    return out


def pool2d(x: Array, size: Pair, strides: Pair, padding: str, kind: str) -> Array:
    """Maximum or mean of each window; the padding counts for neither."""
    if padding == "same":
        x = pad_same(x, size, strides, (1, 1), np.nan)
    found = patches(x, size, strides, (1, 1))
    return (np.nanmax if kind == "max" else np.nanmean)(found, axis=(3, 4))
