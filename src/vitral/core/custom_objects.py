"""The user's own classes and functions, as saved models name them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

Named = TypeVar("Named", bound=Callable[..., Any])

_registered: dict[str, Any] = {}
_in_scope: ContextVar[Mapping[str, Any]] = ContextVar("custom_objects")


def register_keras_serializable(package: str = "Custom", name: str | None = None) -> Callable[[Named], Named]:
    """Decorator: let saved models find the user's own class or function under "package>name".

    >>> @register_keras_serializable(package="course")
    ... class Swish: ...
    >>> get_registered_name(Swish), get_registered_object("course>Swish") is Swish
    ('course>Swish', True)
    """

    def decorator(named: Named) -> Named:
        _registered[f"{package}>{name or named.__name__}"] = named
        return named

    return decorator


def get_custom_objects() -> dict[str, Any]:
    """All registered objects by name; an entry may be added or removed."""
    return _registered


def get_registered_name(obj: Callable[..., Any]) -> str:
    """The name under which a class or function was registered, or its own."""
    return next((name for name, registered in _registered.items() if registered is obj), obj.__name__)


def get_registered_object(
    name: str, custom_objects: Mapping[str, Any] | None = None, module_objects: Mapping[str, Any] | None = None
) -> Any:
    """The object of this name: that of the surrounding scope, a registered one, or one of those given; else None."""
    places = (_in_scope.get({}), _registered, custom_objects or {}, module_objects or {})
    return next((place[name] for place in places if name in place), None)


@contextmanager
def custom_object_scope(custom_objects: Mapping[str, Any] | None) -> Iterator[None]:
    """Let everything that is deserialized inside the block find these objects by name, in this thread.

    >>> with custom_object_scope({"Swish": dict}):
    ...     get_registered_object("Swish")
    <class 'dict'>
    >>> get_registered_object("Swish")
    """
    token = _in_scope.set({**_in_scope.get({}), **(custom_objects or {})})
    try:
        yield
    finally:
        _in_scope.reset(token)
