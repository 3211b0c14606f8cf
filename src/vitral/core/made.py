"""How an object was made, so that one of a class without `get_config` can be described all the same."""

import inspect
from collections.abc import Collection, Mapping
from typing import Any, Self

from vitral.errors import ConfigError
from vitral.typing import Config

_PLAIN = (str, int, float, bool, type(None))


class Made:
    """A class, and what its constructor was given.

    >>> class Scale:
    ...     def __init__(self, factor, offset=0.0, **options): ...
    >>> Made(Scale, (2.0,), {"name": "s"}).config(without=["name"])
    {'factor': 2.0, 'offset': 0.0}
    """

    def __init__(self, cls: type, arguments: tuple[Any, ...], options: Mapping[str, Any]) -> None:
        self.cls = cls
        self.arguments = arguments
        self.options = options

    def config(self, without: Collection[str]) -> Config:
        """The arguments by name, defaults among them, but for these.

        Raises ConfigError for an argument that is no plain value, or has no name by which it could be given again.
        """
        signature = inspect.signature(self.cls)
        bound = signature.bind(*self.arguments, **self.options)
        bound.apply_defaults()
        config: Config = {}
        for name, parameter in signature.parameters.items():
            value = bound.arguments[name]
            if parameter.kind is parameter.VAR_KEYWORD:
                config |= value
            elif parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
                config[name] = value
            elif value or parameter.kind is parameter.POSITIONAL_ONLY:
                raise ConfigError(f"{self.cls.__name__} was made with *{name}; write get_config to have it saved")
        config = {name: value for name, value in config.items() if name not in without}
        for name, value in config.items():
            if not _is_plain(value):
                raise ConfigError(
                    f"{self.cls.__name__} was made with {name}={value!r}, which no file holds; write get_config"
                )
        return config


class _OfConstructor:
    """The signature of a class's `__init__`; some releases of Python would take that of any inherited `__new__`."""

    def __get__(self, instance: object, owner: type) -> inspect.Signature:
        if instance is not None:
            raise AttributeError("__signature__")
        signature = inspect.signature(owner.__init__)  # type: ignore[misc]  # that of this very class is wanted
        return signature.replace(parameters=list(signature.parameters.values())[1:])


class RemembersArguments:
    """Base of what can be saved by the arguments of its constructor."""

    __signature__ = _OfConstructor()

    _made: Made

    def __new__(cls, *arguments: Any, **options: Any) -> Self:
        made = super().__new__(cls)
        made._made = Made(cls, arguments, options)
        return made


def _is_plain(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(map(_is_plain, value.values()))
    return all(map(_is_plain, value)) if isinstance(value, (list, tuple)) else isinstance(value, _PLAIN)
