"""Finding classes by name, and turning objects into plain configurations and back, in Keras 3's format."""

import difflib
import inspect
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar, cast

from vitral.core.configurable import Configurable
from vitral.core.custom_objects import get_registered_name, get_registered_object
from vitral.core.naming import snake_case
from vitral.errors import ConfigError
from vitral.typing import Config

T = TypeVar("T", bound=Configurable)

_rooms: "dict[str, Registry[Any]]" = {}


def unknown_name(kind: str, name: str, known: list[str]) -> ConfigError:
    """The error for a name nobody registered, with the nearest one that exists.

    >>> print(unknown_name("layer", "Dens", ["Dense", "Conv2D"]))
    unknown layer 'Dens'; did you mean 'Dense'?
    """
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"expected one of {', '.join(sorted(known))}"
    return ConfigError(f"unknown {kind} {name!r}; {hint}")


def room_of(kind: str) -> "Registry[Any] | None":
    """The registry of a kind, such as "layer", for a lower room that is handed an object of a higher one.

    None as long as nobody has imported that room: there is no object of it then.

    >>> from vitral import layers
    >>> "Dense" in room_of("layer")
    True
    """
    return _rooms.get(kind)


def arguments_of(cls: type) -> set[str]:
    """Names of a constructor's arguments, those that it hands on to its bases included.

    >>> class Base:
    ...     def __init__(self, name=None): ...
    >>> class Derived(Base):
    ...     def __init__(self, size, **options): ...
    >>> sorted(arguments_of(Derived))
    ['name', 'size']
    """
    names: set[str] = set()
    for base in cls.__mro__:
        if "__init__" not in vars(base):
            continue
        parameters = list(inspect.signature(vars(base)["__init__"]).parameters.values())[1:]
        names |= {p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)}
        if not any(p.kind is p.VAR_KEYWORD for p in parameters):
            break
    return names


class Registry(Generic[T]):
    """The classes of one room (layers, losses ...), found by name.

    A class is known by its own name, by the snake case of it, and by the aliases given when it is registered.
    """

    def __init__(self, kind: str, module: str, base: type[T] | None = None) -> None:
        self.kind = kind
        self.module = module
        self.base = base
        self._classes: dict[str, type[T]] = {}
        self._aliases: dict[str, type[T]] = {}
        _rooms[kind] = self

    def register(self, *aliases: str) -> Callable[[type[T]], type[T]]:
        """Decorator: add a class to the room, with further names under which `get` finds it."""

        def decorator(cls: type[T]) -> type[T]:
            self._classes[cls.__name__] = cls
            for alias in (cls.__name__, snake_case(cls.__name__), *aliases):
                self._aliases[alias] = cls
            return cls

        return decorator

    @property
    def classes(self) -> Mapping[str, type[T]]:
        """All registered classes by class name."""
        return self._classes

    def __contains__(self, name: str) -> bool:
        return name in self._aliases or self._custom_class(name) is not None

    def class_of(self, name: str) -> type[T]:
        """The class called `name`; raises ConfigError with the nearest known name."""
        cls = self._aliases.get(name) or cast("type[T] | None", self._custom_class(name))
        if cls is None:
            raise unknown_name(self.kind, name, list(self._aliases))
        return cls

    def get(self, identifier: str | Config | type[T] | T) -> T:
        """An object from its name, its configuration, its class, or itself."""
        if isinstance(identifier, str):
            return self.class_of(identifier)()
        if isinstance(identifier, Mapping):
            return self.deserialize(identifier)
        if isinstance(identifier, type):
            return identifier()
        if self.base is not None and not isinstance(identifier, self.base):
            raise ConfigError(
                f"{self.kind} is {identifier!r}; "
                f"expected a name, a configuration or an instance of {self.base.__name__}"
            )
        return identifier

    def serialize(self, instance: T) -> Config:
        """The plain configuration of an object, as Keras 3 writes it."""
        cls = type(instance)
        own = self._classes.get(cls.__name__) is cls
        return {
            "module": self.module if own else cls.__module__,
            "class_name": cls.__name__,
            "config": instance.get_config(),
            "registered_name": None if own else get_registered_name(cls),
        }

    def deserialize(self, config: Mapping[str, Any], custom_objects: Mapping[str, type] | None = None) -> T:
        """The object that `serialize` described; raises ConfigError if its class is not known."""
        if "class_name" not in config:
            raise ConfigError(f"{self.kind} is {config!r}; a configuration has the keys class_name and config")
        name = str(config["class_name"])
        registered = config.get("registered_name") or name
        given = custom_objects or {}
        cls = given.get(name) or given.get(registered) or self._custom_class(registered) or self.class_of(name)
        arguments = dict(config.get("config") or {})
        from_config = getattr(cls, "from_config", None)
        return cast(T, from_config(arguments) if from_config is not None else cls(**arguments))

    def _custom_class(self, name: str) -> type | None:
        cls = get_registered_object(name) or get_registered_object(f"Custom>{name}")
        is_ours = isinstance(cls, type) and (self.base is None or issubclass(cls, self.base))
        return cls if is_ours else None
