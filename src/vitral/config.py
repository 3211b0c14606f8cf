"""Settings for the whole process: the float type, the fuzz factor and the image layout."""

from typing import Literal

from vitral.errors import ConfigError

_FLOAT_TYPES = ("float32", "float64")
_floatx = "float32"
_epsilon = 1e-7


def floatx() -> str:
    """Name of the float type of new variables and of data given as integers.

    >>> floatx()
    'float32'
    """
    return _floatx


def set_floatx(value: str) -> None:
    """Set the float type: "float32", or "float64" for checking gradients.

    Raises ConfigError for any other type.
    """
    global _floatx
    if value not in _FLOAT_TYPES:
        raise ConfigError(f"floatx is {value!r}; expected one of {', '.join(_FLOAT_TYPES)}")
    _floatx = value


def epsilon() -> float:
    """The small number that keeps logarithms and divisions away from zero.

    >>> epsilon()
    1e-07
    """
    return _epsilon


def set_epsilon(value: float) -> None:
    """Set the fuzz factor; raises ConfigError unless 0 < value < 0.5."""
    global _epsilon
    if not 0.0 < value < 0.5:
        raise ConfigError(f"epsilon is {value!r}; expected a number between 0 and 0.5")
    _epsilon = float(value)


def image_data_format() -> Literal["channels_last"]:
    """The axis order of images: always (batch, height, width, channels).

    >>> image_data_format()
    'channels_last'
    """
    return "channels_last"
