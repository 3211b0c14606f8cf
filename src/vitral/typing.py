"""Types that every room shares."""

from typing import Any, TypeAlias

import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]
"""Any NumPy array; images are NHWC, kernels HWIO, of the type that `vitral.config.floatx` names."""

Arrays: TypeAlias = Array | list[Array]
"""An array that belongs to a variable, or a list with one for each of several variables."""

Shape: TypeAlias = tuple[int | None, ...]
"""A shape as Keras writes it: the batch axis, and only that one, may be None."""

Cache: TypeAlias = Any
"""What a forward pass leaves for its backward pass; opaque to everyone else."""

Logs: TypeAlias = dict[str, float]
"""Metric values of a batch or an epoch, by name."""

Config: TypeAlias = dict[str, Any]
"""The arguments from which an object can be built again; plain values only."""
