"""Settings for the whole process: the float type, the fuzz factor, the image layout and the threads."""

import os
from typing import Literal

from vitral.errors import ConfigError

_FLOAT_TYPES = ("float32", "float64")
_floatx = "float32"
_epsilon = 1e-7
_num_threads: int | None = None
_interactive = True
_max_epochs: int | None = None
_max_steps_per_epoch: int | None = None


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


def set_image_data_format(data_format: str) -> None:
    """Accept "channels_last", the only axis order there is; raises ConfigError for any other."""
    if data_format != "channels_last":
        raise ConfigError(
            f"image_data_format is {data_format!r}; expected 'channels_last': bring images of channels first into "
            "that order with x.transpose(0, 2, 3, 1)"
        )


def backend() -> str:
    """Name of what computes, in the place where Keras names its framework.

    >>> backend()
    'vitral'
    """
    return "vitral"


def enable_interactive_logging() -> None:
    """Write progress and messages to standard output again, as at the start."""
    global _interactive
    _interactive = True


def disable_interactive_logging() -> None:
    """Send progress and messages to the logger "vitral" of Python's `logging` in place of standard output.

    They are of the level INFO, a line an epoch; what was given a stream of its own still goes there.
    """
    global _interactive
    _interactive = False


def is_interactive_logging_enabled() -> bool:
    """Whether progress and messages go to standard output.

    >>> is_interactive_logging_enabled()
    True
    """
    return _interactive


def max_epochs() -> int | None:
    """The most epochs that any `fit` trains; None without a limit."""
    return _max_epochs


def set_max_epochs(max_epochs: int | None) -> None:
    """Let no `fit` train more epochs than this, to try a script out; None lifts the limit.

    Raises ConfigError for anything but a whole number from 1 on.
    """
    global _max_epochs
    _max_epochs = _limit("max_epochs", max_epochs)


def max_steps_per_epoch() -> int | None:
    """The most batches that an epoch of `fit`, `evaluate` or `predict` takes; None without a limit."""
    return _max_steps_per_epoch


def set_max_steps_per_epoch(max_steps_per_epoch: int | None) -> None:
    """Let an epoch of `fit`, `evaluate` or `predict` take no more batches than this; None lifts the limit.

    Raises ConfigError for anything but a whole number from 1 on.
    """
    global _max_steps_per_epoch
    _max_steps_per_epoch = _limit("max_steps_per_epoch", max_steps_per_epoch)


def _limit(name: str, value: int | None) -> int | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
        raise ConfigError(f"{name} is {value!r}; expected a whole number from 1 on, or None")
    return value


def num_threads() -> int:
    """Number of threads that compute: as set, or as `VITRAL_NUM_THREADS` says, or one a core that may be used.

    Raises ConfigError if that variable holds anything but a whole number from 1 on.
    """
    if _num_threads is not None:
        return _num_threads
    wanted = os.environ.get("VITRAL_NUM_THREADS")
    if not wanted:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if not wanted.isdecimal() or int(wanted) < 1:
        raise ConfigError(f"VITRAL_NUM_THREADS is {wanted!r}; expected a whole number from 1 on")
    return int(wanted)


def set_num_threads(count: int) -> None:
    """Compute with this many threads; results do not depend on it.

    Raises ConfigError unless `count` is a whole number from 1 on.

    >>> set_num_threads(2); num_threads()
    2
    """
    global _num_threads
    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        raise ConfigError(f"the number of threads is {count!r}; expected a whole number from 1 on")
    _num_threads = count
    try:
        from vitral import _native
    except ImportError:
        return  # the reference computes with NumPy, which has settings of its own
    _native.set_threads(count)


def clear_cache() -> None:
    """Free the memory that the compiled kernels keep for their next results, and what they have made of weights."""
    try:
        from vitral import _native
    except ImportError:
        return
    _native.clear_cache()
