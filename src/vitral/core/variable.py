"""A value that training changes, with its gradient."""

from typing import Any, Protocol

import numpy as np

from vitral.core.arrays import own_dtype
from vitral.errors import ShapeError
from vitral.typing import Array


class Penalty(Protocol):
    """What a variable needs of a regularizer: the penalty and its derivative."""

    def __call__(self, value: Array) -> float: ...

    def add_gradient(self, value: Array, gradient: Array) -> float: ...


class Limit(Protocol):
    """What a variable needs of a constraint: an allowed value near this one."""

    def __call__(self, value: Array, /) -> Array: ...


class Variable:
    """An array, the gradient of the loss with respect to it, and its name.

    `value` keeps its memory for life: `assign` copies into it, so optimizers and kernels may hold on to it.
    Gradients are *added*: a layer that is used twice in a graph collects both contributions.

    >>> v = Variable(np.zeros(2, np.float32), name="bias")
    >>> v.add_grad(np.array([1.0, 2.0])); v.add_grad(np.array([1.0, 2.0]))
    >>> v.grad
    array([2., 4.], dtype=float32)
    """

    __slots__ = ("_grad", "_owns_grad", "constraint", "name", "path", "regularizer", "trainable", "value")

    def __init__(
        self,
        value: Array,
        *,
        name: str,
        trainable: bool = True,
        regularizer: Penalty | None = None,
        constraint: Limit | None = None,
        path: str | None = None,
    ) -> None:
        self.value = np.array(value, order="C")
        self.name = name
        self.path = path or name
        self.trainable = trainable
        self.regularizer = regularizer
        self.constraint = constraint
        self._grad: Array | None = None
        self._owns_grad = False

    @property
    def grad(self) -> Array | None:
        """The gradient collected since `zero_grad`, or None if nothing was added yet."""
        return self._grad

    def add_grad(self, gradient: Array) -> None:
        """Add `gradient`, an array of the variable's shape; raises ShapeError for any other."""
        self._check_grad(gradient)
        if self._grad is None:
            self._grad = gradient.astype(self.value.dtype, casting="same_kind", copy=True)
        elif self._owns_grad:
            self._grad += gradient
        else:
            self._grad = self._grad + gradient.astype(self.value.dtype, casting="same_kind", copy=False)
        self._owns_grad = True

    def take_grad(self, gradient: Array) -> None:
        """The same for an array that nobody else changes, such as an operation's result: the first is not copied."""
        value = self.value
        if self._grad is not None or gradient.dtype != value.dtype or gradient.shape != value.shape:
            self.add_grad(gradient)
            return
        self._grad = gradient
        self._owns_grad = False

    def own_grad(self) -> Array:
        """The gradient as an array that may be changed in place; zeros if nothing was added yet."""
        if self._grad is None:
            self._grad = np.zeros_like(self.value)
        elif not self._owns_grad:
            self._grad = self._grad.copy()
        self._owns_grad = True
        return self._grad

    def _check_grad(self, gradient: Array) -> None:
        if gradient.shape != self.value.shape:
            raise ShapeError(f"gradient of {self.path} has shape {gradient.shape}; expected {self.value.shape}")

    def zero_grad(self) -> None:
        """Forget the gradient."""
        self._grad = None

    def assign(self, value: Array | float) -> None:
        """Copy `value` in; raises ShapeError if its shape differs."""
        array = np.asarray(value)
        if array.shape != self.value.shape:
            raise ShapeError(f"value for {self.path} has shape {array.shape}; expected {self.value.shape}")
        np.copyto(self.value, array, casting="unsafe")

    def assign_add(self, value: Array | float) -> None:
        """Add to the value in place; raises ShapeError if the shapes differ."""
        self.assign(self.value + value)

    def assign_sub(self, value: Array | float) -> None:
        """Subtract from the value in place; raises ShapeError if the shapes differ."""
        self.assign(self.value - value)

    @property
    def ndim(self) -> int:
        """Number of axes of the value."""
        return self.value.ndim

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the value."""
        return self.value.shape

    @property
    def dtype(self) -> str:
        """Name of the value's type, such as "float32"."""
        return self.value.dtype.name

    @property
    def size(self) -> int:
        """Number of values."""
        return int(self.value.size)

    def numpy(self) -> Array:
        """A copy of the value."""
        return self.value.copy()

    def __getstate__(self) -> dict[str, Any]:
        # A gradient is that of a batch: a copy or a pickle starts without one.
        kept = {name: getattr(self, name) for name in self.__slots__ if name not in ("_grad", "_owns_grad")}
        return {**kept, "_grad": None, "_owns_grad": False}

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            setattr(self, name, value)
        self.value = own_dtype(self.value)

    # Metrics of one's own divide their sums by each other. What an array leaves to the other side, a symbolic tensor,
    # is left to it here too.

    def __add__(self, other: Any) -> Any:
        return self.value.__add__(other)

    def __sub__(self, other: Any) -> Any:
        return self.value.__sub__(other)

    def __mul__(self, other: Any) -> Any:
        return self.value.__mul__(other)

    def __truediv__(self, other: Any) -> Any:
        return self.value.__truediv__(other)

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other: Array | float) -> Array:
        return other - self.value

    def __rtruediv__(self, other: Array | float) -> Array:
        return other / self.value

    def __float__(self) -> float:
        return float(self.value)

    def __int__(self) -> int:
        return int(self.value)

    # Compared with numbers and arrays it is its value; among each other, variables are themselves.

    def __eq__(self, other: object) -> Any:
        return self is other if other is None or isinstance(other, Variable) else self.value == other

    def __ne__(self, other: object) -> Any:
        return self is not other if other is None or isinstance(other, Variable) else self.value != other

    def __lt__(self, other: Any) -> Any:
        return self.value < other

    def __le__(self, other: Any) -> Any:
        return self.value <= other

    def __gt__(self, other: Any) -> Any:
        return self.value > other

    def __ge__(self, other: Any) -> Any:
        return self.value >= other

    __hash__ = object.__hash__

    def __array__(self, dtype: np.dtype | None = None, copy: bool | None = None) -> Array:
        return np.array(self.value, dtype=dtype, copy=copy)

    def __repr__(self) -> str:
        return f"<Variable path={self.path}, shape={self.shape}, dtype={self.dtype}, value={self.value}>"
