"""The base class of constraints."""

from vitral.core.configurable import Configurable
from vitral.core.registry import Registry
from vitral.typing import Array


class Constraint(Configurable):
    """What a variable's value may be; after every update the value is replaced by one that is allowed.

    A subclass writes `__call__`.

    >>> class Whole(Constraint):
    ...     def __call__(self, w):
    ...         return w.round()
    >>> from vitral import layers
    >>> layers.Dense(2, kernel_constraint=Whole()).kernel_constraint is not None
    True
    """

    def __call__(self, w: Array) -> Array:
        """An allowed value near `w`, of its shape."""
        raise NotImplementedError(f"{type(self).__name__} has no __call__")


registry: Registry[Constraint] = Registry("constraint", "keras.constraints", Constraint)
