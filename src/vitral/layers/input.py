"""Where data enters a model."""

from collections.abc import Sequence

from vitral.core.symbolic import KerasTensor, Node
from vitral.errors import ConfigError
from vitral.layers.layer import Layer, registry
from vitral.typing import Array, Cache, Config, Shape


@registry.register()
class InputLayer(Layer):
    """States the shape of one sample; the data goes through unchanged. `Input(shape=...)` gives its output.

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
        Node(self, None, self.input_shape, name=self.name)

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        return x, None

    def backward(self, dy: Array, cache: Cache) -> Array:
        return dy

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return input_shape

    def get_config(self) -> Config:
        return {"batch_shape": self.input_shape, "name": self.name}


def Input(  # noqa: N802  Keras' name
    shape: Sequence[int | None] | None = None,
    *,
    batch_shape: Sequence[int | None] | None = None,
    name: str | None = None,
) -> KerasTensor:
    """A symbolic tensor where data enters a model: the shape of one sample, without the batch axis.

    Layers called on it draw a functional model; it can also be the first entry of a Sequential one. `batch_shape` is
    the same with the batch axis, None, in front. Raises ConfigError without a shape.

    >>> Input(shape=(28, 28, 1), name="image")
    <KerasTensor shape=(None, 28, 28, 1), dtype=float32, name=image>
    """
    tensor: KerasTensor = InputLayer(shape, batch_shape, name=name or None).output
    return tensor
