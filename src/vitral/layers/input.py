"""Where data enters a model."""

from collections.abc import Sequence

import numpy as np

from vitral.config import floatx
from vitral.core.configurable import only_default
from vitral.core.symbolic import KerasTensor, Node
from vitral.errors import ConfigError
from vitral.layers.arguments import positive
from vitral.layers.layer import Layer, registry
from vitral.typing import Array, Cache, Config, Shape

_TYPES = ("float32", "float64", "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")


@registry.register()
class InputLayer(Layer):
    """States the shape of one sample; the data goes through unchanged. `Input(shape=...)` gives its output.

    The arguments are those of `Input`; raises ConfigError without a shape, and for what cannot be an input.
    """

    def __init__(
        self,
        shape: Sequence[int | None] | None = None,
        batch_size: int | None = None,
        dtype: str | None = None,
        sparse: bool | None = None,
        ragged: bool | None = None,
        batch_shape: Sequence[int | None] | None = None,
        input_tensor: None = None,
        optional: bool = False,
        *,
        name: str | None = None,
        trainable: bool = True,
    ) -> None:
        refused = {"sparse": sparse, "ragged": ragged, "input_tensor": input_tensor, "optional": optional}
        for argument, value in refused.items():
            only_default(argument, value, (False, None), "Input")
        if shape is None and batch_shape is not None:
            batch_size, *rest = batch_shape
            shape = tuple(rest)
        if shape is None or isinstance(shape, int):
            raise ConfigError(f"Input: shape is {shape!r}; expected the shape of one sample, such as (28, 28, 1)")
        if not all(size is None or (isinstance(size, (int, np.integer)) and size >= 0) for size in shape):
            raise ConfigError(f"Input: shape is {shape!r}; expected whole numbers from 0 on, or None")
        if dtype not in (None, *_TYPES):
            raise ConfigError(f"Input: dtype is {dtype!r}; expected one of {', '.join(_TYPES)}")
        super().__init__(name=name, trainable=trainable, input_shape=tuple(shape))
        self.batch_size = None if batch_size is None else positive(batch_size, "batch_size", "Input")
        self.build((None, *shape))
        Node(self, None, self.input_shape, name=self.name)
        self.output.dtype = dtype or floatx()

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        return x, None

    def backward(self, dy: Array, cache: Cache) -> Array:
        return dy

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return input_shape

    def get_config(self) -> Config:
        return {
            "batch_shape": (self.batch_size, *self.input_shape[1:]),
            "dtype": self.output.dtype,
            "name": self.name,
        }


def Input(  # noqa: N802  Keras' name
    shape: Sequence[int | None] | None = None,
    batch_size: int | None = None,
    dtype: str | None = None,
    sparse: bool | None = None,
    ragged: bool | None = None,
    batch_shape: Sequence[int | None] | None = None,
    name: str | None = None,
    tensor: None = None,
    optional: bool = False,
) -> KerasTensor:
    """A symbolic tensor where data enters a model: the shape of one sample, without the batch axis.

    Layers called on it draw a functional model; it can also be the first entry of a Sequential one. `batch_shape` is
    the same with the batch axis in front. A number there, or as `batch_size`, goes into files; batches of any other
    size are taken as well. `dtype` is "float32", "float64" or a type of whole numbers; the layers get the values as
    `config.floatx()` in any case. Raises ConfigError without a shape, or for any of the others.

    >>> Input(shape=(28, 28, 1), name="image")
    <KerasTensor shape=(None, 28, 28, 1), dtype=float32, name=image>
    """
    layer = InputLayer(shape, batch_size, dtype, sparse, ragged, batch_shape, tensor, optional, name=name or None)
    result: KerasTensor = layer.output
    return result
