"""Names that nobody gave: "conv2d", "conv2d_1" and so on, as Keras counts them."""

import gc
import re
from collections import Counter

_used: Counter[str] = Counter()


def snake_case(class_name: str) -> str:
    """A class name as Keras turns it into an object's name.

    >>> snake_case("MaxPooling2D"), snake_case("BatchNormalization"), snake_case("ReLU")
    ('max_pooling2d', 'batch_normalization', 're_lu')
    """
    name = re.sub(r"\W+", "", class_name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


def unique_name(class_name: str) -> str:
    """The next free name for an object of this class.

    >>> clear_session()
    >>> unique_name("Dense"), unique_name("Dense"), unique_name("Flatten")
    ('dense', 'dense_1', 'flatten')
    """
    stem = snake_case(class_name)
    number = _used[stem]
    _used[stem] += 1
    return stem if number == 0 else f"{stem}_{number}"


def forget_name(name: str, class_name: str) -> None:
    """Give the name back, if it is the last that an object of this class got by itself.

    >>> clear_session()
    >>> unique_name("Dense"), forget_name("dense", "Dense"), unique_name("Dense")
    ('dense', None, 'dense')
    """
    stem = snake_case(class_name)
    number = _used[stem] - 1
    if number >= 0 and name == (stem if number == 0 else f"{stem}_{number}"):
        _used[stem] = number


def clear_session(free_memory: bool = True) -> None:
    """Start the automatic names from the beginning again; with `free_memory`, collect what nobody uses any more."""
    _used.clear()
    if free_memory:
        gc.collect()
