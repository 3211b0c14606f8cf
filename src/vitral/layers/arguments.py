"""Checks of the arguments that several layers take, and what a window makes of an image's size."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from vitral.core.configurable import is_number
from vitral.errors import ConfigError, ShapeError
from vitral.ops.geometry import Padding, Pair, output_size
from vitral.typing import Shape


def positive(value: int, argument: str, layer: str) -> int:
    """The value as an int; raises ConfigError unless it is a whole number above zero."""
    if not is_number(value) or value <= 0 or value % 1 != 0:
        raise ConfigError(f"{layer}: {argument} is {value!r}; expected a positive whole number")
    return int(value)


def whole_numbers(value: Sequence[int], argument: str, layer: str) -> tuple[int, ...]:
    """The numbers as a tuple; raises ConfigError for one number alone, and for what is no whole number."""
    if not isinstance(value, (tuple, list)) or not all(isinstance(each, (int, np.integer)) for each in value):
        raise ConfigError(f"{layer}: {argument} is {value!r}; expected a tuple of whole numbers")
    return tuple(map(int, value))


def pair(value: int | Sequence[int], argument: str, layer: str) -> Pair:
    """One number for both axes, or two.

    >>> pair(3, "kernel_size", "Conv2D"), pair((1, 2), "strides", "Conv2D")
    ((3, 3), (1, 2))
    """
    values: list[Any] = list(value) if isinstance(value, (tuple, list)) else [value, value]
    if len(values) != 2:
        raise ConfigError(f"{layer}: {argument} is {value!r}; expected one whole number or two")
    return positive(values[0], argument, layer), positive(values[1], argument, layer)


def check_spread(strides: Pair, dilation: Pair, layer: str) -> None:
    """Raise ConfigError where windows are both apart from each other and spread out, which Keras does not allow."""
    if max(strides) > 1 and max(dilation) > 1:
        raise ConfigError(
            f"{layer}: strides are {strides} and dilation_rate is {dilation}; expected at most one of them above 1"
        )


def padding_mode(value: str, layer: str) -> Padding:
    """ "valid" or "same", in any case of letters; raises ConfigError for another word."""
    lowered = value.lower() if isinstance(value, str) else value
    if lowered not in ("valid", "same"):
        raise ConfigError(f"{layer}: padding is {value!r}; expected 'valid' or 'same'")
    return "same" if lowered == "same" else "valid"


def channels_last(value: str | None, layer: str) -> None:
    """Raise ConfigError for any data_format but "channels_last", the only one there is."""
    if value not in (None, "channels_last"):
        raise ConfigError(f"{layer}: data_format is {value!r}; expected 'channels_last'")


def window_output(
    input_shape: Shape, window: Pair, strides: Pair, dilation: Pair, padding: Padding, name: str
) -> tuple[int | None, int | None]:
    """Output height and width; raises ShapeError if no window fits into the image."""
    sizes = [
        None if size is None else output_size(size, span, stride, spread, padding)
        for size, span, stride, spread in zip(input_shape[1:3], window, strides, dilation, strict=True)
    ]
    if any(size is not None and size < 1 for size in sizes):
        raise ShapeError(
            f'layer "{name}" received images of {input_shape[1]}x{input_shape[2]} pixels; '
            f"expected at least its window of {window[0]}x{window[1]}"
            + (f" dilated by {dilation}" * (dilation != (1, 1)))
        )
    return sizes[0], sizes[1]


def bounds(
    value: float | Sequence[float], argument: str, layer: str, lowest: float, highest: float
) -> tuple[float, float]:
    """Between which two numbers to draw: two as given, smaller first; one, f, stands for -f to f as far as `lowest`.

    Raises ConfigError unless all are numbers from `lowest` to `highest`.

    >>> bounds(0.2, "factor", "RandomRotation", -1, 1), bounds((0.5, 0.1), "factor", "RandomErasing", 0, 1)
    ((-0.2, 0.2), (0.1, 0.5))
    """
    values: list[Any] = list(value) if isinstance(value, (tuple, list)) else [value]
    if len(values) not in (1, 2) or not all(is_number(each) and lowest <= each <= highest for each in values):
        raise ConfigError(
            f"{layer}: {argument} is {value!r}; expected one or two numbers from {lowest:g} to {highest:g}"
        )
    if len(values) == 2:
        return min(values), max(values)
    return max(-abs(values[0]), lowest), abs(values[0])


def value_limits(value: Sequence[float], layer: str) -> tuple[float, float]:
    """The smallest and the largest value of a pixel; raises ConfigError unless they are two different numbers."""
    values: list[Any] = list(value) if isinstance(value, (tuple, list)) else [value]
    if len(values) != 2 or not all(map(is_number, values)) or values[0] == values[1]:
        raise ConfigError(f"{layer}: value_range is {value!r}; expected two numbers such as (0, 255) or (0, 1)")
    return min(values), max(values)


def sample_axes(axis: int | Sequence[int], rank: int, layer: str) -> tuple[int, ...]:
    """The axes of inputs with `rank` axes counted from the front, in order; raises ConfigError for others.

    >>> sample_axes([-1, 1], 4, "LayerNormalization")
    (1, 3)
    """
    given: list[Any] = list(axis) if isinstance(axis, (tuple, list)) else [axis]
    axes = [each + rank if isinstance(each, int) and each < 0 else each for each in given]
    if not axes or len(set(axes)) < len(axes) or not all(isinstance(each, int) and 0 < each < rank for each in axes):
        raise ConfigError(
            f"{layer}: axis is {axis!r}; expected axes of the input, from 1 to {rank - 1}, or counted from the end"
        )
    return tuple(sorted(axes))


def known_sizes(input_shape: Shape, axis: int | Sequence[int], name: str, layer: str) -> tuple[int, ...]:
    """The input's lengths along these axes, from front to back; raises ShapeError if one is not known."""
    sizes = [input_shape[each] for each in sample_axes(axis, len(input_shape), layer)]
    known = tuple(size for size in sizes if size is not None)
    if len(known) < len(sizes):
        raise ShapeError(
            f'layer "{name}" ({layer}) received an input of shape {input_shape}; '
            f"expected known sizes along its axis, {axis}"
        )
    return known
