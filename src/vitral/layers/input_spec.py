"""What a layer says of the inputs that it takes."""

from collections.abc import Mapping, Sequence
from typing import Any

from vitral.config import floatx
from vitral.core.configurable import Configurable
from vitral.core.tree import flatten, flatten_shapes
from vitral.errors import ConfigError, ShapeError
from vitral.typing import Config, Shape


class InputSpec(Configurable):
    """The shape of an input, batch axis included, as far as it matters; given to a layer as `layer.input_spec`.

    None in `shape` stands for any size; `ndim`, `min_ndim` and `max_ndim` are numbers of axes, `axes` sizes by the
    number of the axis. With `allow_last_axis_squeeze` a last axis of 1 may be missing or too many. Inputs are of
    `config.floatx()`, so any other `dtype` fits none of them. `name` and `optional` change nothing: inputs come in
    order, and all of them. Raises ConfigError for an axis that cannot be.

    >>> InputSpec(min_ndim=2, axes={-1: 3})
    InputSpec(min_ndim=2, axes={-1: 3})
    """

    def __init__(
        self,
        dtype: str | None = None,
        shape: Sequence[int | None] | None = None,
        ndim: int | None = None,
        max_ndim: int | None = None,
        min_ndim: int | None = None,
        axes: Mapping[int, int | None] | None = None,
        allow_last_axis_squeeze: bool = False,
        name: str | None = None,
        optional: bool = False,
    ) -> None:
        self.dtype = dtype
        self.shape: Shape | None = None if shape is None else tuple(shape)
        self.ndim = ndim if self.shape is None else len(self.shape)
        self.max_ndim = max_ndim
        self.min_ndim = min_ndim
        self.name = name
        self.optional = optional
        self.allow_last_axis_squeeze = allow_last_axis_squeeze
        if not all(isinstance(axis, int) for axis in axes or {}):
            raise ConfigError(f"InputSpec: axes is {axes!r}; expected a dictionary with whole numbers as keys")
        self.axes = dict(axes or {})
        most = self.ndim or self.max_ndim
        if most is not None and self.axes and max(self.axes) >= most:
            raise ConfigError(f"InputSpec: axis {max(self.axes)} is too many; expected an axis below {most}")

    def problem(self, shape: Shape) -> str | None:
        """What is wrong with an input of this shape: what was expected, and what was found; None if nothing is."""
        found = len(shape)
        if self.ndim is not None and not self.allow_last_axis_squeeze and found != self.ndim:
            return f"expected ndim={self.ndim}, found ndim={found}"
        if self.max_ndim is not None and found > self.max_ndim:
            return f"expected max_ndim={self.max_ndim}, found ndim={found}"
        if self.min_ndim is not None and found < self.min_ndim:
            return f"expected min_ndim={self.min_ndim}, found ndim={found}"
        if self.dtype is not None and self.dtype != floatx():
            return f"expected dtype={self.dtype}, found dtype={floatx()}"
        for axis, size in self.axes.items():
            if size is not None and shape[axis] not in (size, None):
                return f"expected axis {axis} to have the size {size}, found {shape[axis]}"
        if self.shape is not None:
            pairs = zip(self._squeezed(self.shape), self._squeezed(shape), strict=False)
            if any(None not in (want, got) and want != got for want, got in pairs):
                return f"expected shape={self.shape}, found shape={shape}"
        return None

    def _squeezed(self, shape: Shape) -> Shape:
        return shape[:-1] if self.allow_last_axis_squeeze and shape[-1:] == (1,) else shape

    def get_config(self) -> Config:
        """The arguments that Keras keeps."""
        return {
            "dtype": self.dtype,
            "shape": self.shape,
            "ndim": self.ndim,
            "max_ndim": self.max_ndim,
            "min_ndim": self.min_ndim,
            "axes": self.axes,
            "optional": self.optional,
        }

    def __repr__(self) -> str:
        names = ("dtype", "shape", "ndim", "max_ndim", "min_ndim", "axes")
        said = [f"{name}={value}" for name in names if (value := getattr(self, name))]
        return f"InputSpec({', '.join(said)})"


def check_spec(spec: Any, shapes: Any, layer: str) -> None:
    """Raise ShapeError unless inputs of these shapes are what a layer's `input_spec` says: one, or a structure."""
    specs, received = flatten(spec), flatten_shapes(shapes)
    if len(specs) != len(received):
        raise ShapeError(f'layer "{layer}" expects {len(specs)} inputs and received {len(received)}')
    for number, (one, shape) in enumerate(zip(specs, received, strict=True)):
        problem = None if one is None else one.problem(shape)
        if problem is not None:
            raise ShapeError(f'input {number} of layer "{layer}" does not fit: {problem}; its shape is {shape}')
