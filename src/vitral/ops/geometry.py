"""How many windows lie on an image, and with which padding: numbers alone, the same for every backend."""

from typing import Literal, TypeAlias

Padding: TypeAlias = Literal["valid", "same"]
Pair: TypeAlias = tuple[int, int]


def output_size(size: int, window: int, stride: int, dilation: int, padding: str) -> int:
    """Number of windows along an axis.

    >>> output_size(28, 3, 1, 1, "valid"), output_size(28, 3, 2, 1, "same"), output_size(7, 3, 1, 2, "valid")
    (26, 14, 3)
    """
    if padding == "same":
        return -(-size // stride)
    return (size - (window - 1) * dilation - 1) // stride + 1


def same_padding(size: int, window: int, stride: int, dilation: int) -> Pair:
    """Zeros before and after an axis under "same"; the odd one goes to the end.

    >>> same_padding(28, 3, 1, 1), same_padding(28, 2, 1, 1), same_padding(28, 3, 2, 1)
    ((1, 1), (0, 1), (0, 1))
    """
    out = output_size(size, window, stride, dilation, "same")
    total = max((out - 1) * stride + (window - 1) * dilation + 1 - size, 0)
    return total // 2, total - total // 2
