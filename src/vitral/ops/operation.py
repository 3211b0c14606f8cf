"""The seam between the layers and whoever does the arithmetic.

An operation is declared once, in `ops/interface/`, as a function with a signature, a docstring that gives shapes and
formula, and no body. A backend is a package whose modules have the names of those in `ops/interface/` and functions of
the same signatures. The declaration, when it is called, hands its arguments to the first backend that has the
operation; the reference has all of them.
"""

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Generic, ParamSpec, TypeVar

from vitral.ops.backends import backends

P = ParamSpec("P")
R = TypeVar("R")

operations: dict[str, "Operation[..., Any]"] = {}
"""Every declared operation by name."""


class Operation(Generic[P, R]):
    """A declared operation; calling it runs the first backend that has it.

    >>> from vitral import ops
    >>> ops.softmax_backward.name, ops.softmax_backward.family
    ('softmax_backward', 'activation')
    """

    def __init__(self, declaration: Callable[P, R]) -> None:
        self.declaration = declaration
        self.name = declaration.__name__
        self.family = declaration.__module__.rpartition(".")[2]
        self.__doc__ = declaration.__doc__
        self._implementation: Callable[P, R] | None = None

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        if self._implementation is None:
            self._implementation = getattr(import_module(f"{self.backend}.{self.family}"), self.name)
        return self._implementation(*args, **kwargs)

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


def operation(declaration: Callable[P, R]) -> Operation[P, R]:
    """Decorator: declare an operation."""
    declared = Operation(declaration)
    operations[declared.name] = declared
    return declared
