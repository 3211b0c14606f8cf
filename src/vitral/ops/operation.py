"""The seam between the layers and whoever does the arithmetic.

An operation is declared once, in `ops/interface/`, as a function with a signature, a docstring that gives shapes and
formula, and no body. A backend is a package whose modules have the names of those in `ops/interface/` and functions of
the same signatures. The declaration, when it is called, hands its arguments to the first backend that has the
operation; the reference has all of them.
"""

from collections.abc import Callable
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, Self, TypeVar

from vitral.ops.backends import backends

P = ParamSpec("P")
R = TypeVar("R")

operations: dict[str, "Operation[..., Any]"] = {}
"""Every declared operation by name."""


class Operation(partial[R], Generic[P, R]):
    """A declared operation; calling it runs the first backend that has it.

    It is a partial function without arguments, because that hands on a call in a fraction of the time that a method
    of its own would take: more than many a small operation.

    >>> from vitral import ops
    >>> ops.softmax_backward.name, ops.softmax_backward.family
    ('softmax_backward', 'activation')
    """

    if TYPE_CHECKING:

        def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R: ...

    def __init__(self, declaration: Callable[P, R]) -> None:
        self.declaration = declaration
        self.name = declaration.__name__
        self.family = declaration.__module__.rpartition(".")[2]
        self.__doc__ = declaration.__doc__
        self._hand_on_to(self._first_call)

    def __get__(self, instance: object, owner: type | None = None) -> Self:
        # An attribute of a class stays what it is, where Python 3.14 would make a method of a partial function.
        return self

    def _first_call(self, *args: P.args, **kwargs: P.kwargs) -> R:
        implementation: Callable[P, R] = getattr(import_module(f"{self.backend}.{self.family}"), self.name)
        self._hand_on_to(implementation)
        return implementation(*args, **kwargs)

    def _hand_on_to(self, function: Callable[P, R]) -> None:
        self.__setstate__((function, (), {}, vars(self)))  # type: ignore[attr-defined]  # unknown to its stub

    def __reduce__(self) -> tuple[Callable[[str], "Operation[..., Any]"], tuple[str]]:
        # Copied and pickled by name: the implementation is that of the process.
        return _by_name, (self.name,)

    @property
    def backend(self) -> str:
        """Name of the package that carries this operation out."""
        return next(
            backend
            for backend in backends()
            if find_spec(f"{backend}.{self.family}") and hasattr(import_module(f"{backend}.{self.family}"), self.name)
        )

    def __repr__(self) -> str:
        return f"<operation {self.name} by {self.backend}>"


def _by_name(name: str) -> Operation[..., Any]:
    import_module("vitral.ops")  # which declares them
    return operations[name]


def operation(declaration: Callable[P, R]) -> Operation[P, R]:
    """Decorator: declare an operation."""
    declared = Operation(declaration)
    operations[declared.name] = declared
    return declared
