"""What all parts of a network have in common: they can say how they were made."""

from numbers import Real
from typing import Self

from vitral.errors import ConfigError
from vitral.typing import Config


class Configurable:
    """An object that is described by its constructor's arguments, as plain values.

    A subclass with arguments writes `get_config`.
    """

    def get_config(self) -> Config:
        """The arguments from which an equal object can be built."""
        return {}

    @classmethod
    def from_config(cls, config: Config) -> Self:
        """The object that `get_config` described."""
        return cls(**config)


def only_default(argument: str, value: object, supported: tuple[object, ...], owner: str) -> None:
    """Raise ConfigError unless an argument of Keras has one of the values that are supported here."""
    if value not in supported:
        raise ConfigError(f"{owner}: {argument} is {value!r}; Vitral has {argument}={supported[-1]!r} only")


def is_number(value: object) -> bool:
    """Whether the value can be compared with numbers: True and False are none, and neither are words.

    >>> is_number(0.5), is_number(True), is_number("0.5"), is_number(None)
    (True, False, False, False)
    """
    return isinstance(value, Real) and not isinstance(value, bool)
