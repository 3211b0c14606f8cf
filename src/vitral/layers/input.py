"""Where data enters a model."""

from collections.abc import Sequence

from vitral.errors import ConfigError
from vitral.layers.layer import Layer, registry
from vitral.typing import Array, Cache, Config, Shape


@registry.register()
class InputLayer(Layer):
    """States the shape of one sample; the data goes through unchanged. `Input(shape=...)` makes one.

    Raises ConfigError without a shape.
    """

    def __init__(
        self,
        shape: Sequence[int | None] | None = None,
        batch_shape: Sequence[int | None] | None = None,
        *,
        name: str | None = None,
        trainable: bool = True,
    ) -> None:
        if shape is None and batch_shape is not None:
            shape = tuple(batch_shape)[1:]
        if shape is None or isinstance(shape, int):
            raise ConfigError(f"Input: shape is {shape!r}; expected the shape of one sample, such as (28, 28, 1)")
        super().__init__(name=name, trainable=trainable, input_shape=tuple(shape))
        self.build((None, *shape))

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        return x, None

    def backward(self, dy: Array, cache: Cache) -> Array:
        return dy

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return input_shape

    def get_config(self) -> Config:
        return {"batch_shape": self.input_shape, "name": self.name}


def Input(shape: Sequence[int | None], *, name: str | None = None) -> InputLayer:  # noqa: N802  Keras' name
    """The first entry of a Sequential model: the shape of one sample, without the batch axis.

    >>> Input(shape=(28, 28, 1)).output_shape
    (None, 28, 28, 1)
    """
    return InputLayer(shape, name=name or None)
