"""What the training loop needs of a model."""

from abc import abstractmethod
from pathlib import Path

from vitral.layers.layer import Layer
from vitral.typing import Array, Cache, Shape


class Network(Layer):
    """A layer made of layers: the side of a model that the training loop sees."""

    @property
    @abstractmethod
    def layers(self) -> list[Layer]:
        """The layers, first to last."""

    @abstractmethod
    def build_for(self, batch_shape: Shape) -> None:
        """Build the layers for batches of this shape unless that is done."""

    @abstractmethod
    def fit_input(self, x: Array) -> Array:
        """The batch with the number of axes that the first layer expects; raises ShapeError if that is impossible."""

    @property
    @abstractmethod
    def output_layer(self) -> Layer | None:
        """The layer whose output is the model's; None if there is no layer."""

    @abstractmethod
    def save(self, filepath: str | Path, overwrite: bool = True) -> None:
        """Write the model to a file."""

    @abstractmethod
    def save_weights(self, filepath: str | Path, overwrite: bool = True) -> None:
        """Write the weights to a file."""

    @abstractmethod
    def forward(self, x: Array, training: bool = False, through_activation: bool = True) -> tuple[Array, Cache]:
        """The output for a batch, and what `propagate` will need.

        With `through_activation=False`, the output is that of the last layer before its activation.
        """

    @abstractmethod
    def propagate(
        self, dy: Array, caches: Cache, *, input_gradient: bool, through_activation: bool = True
    ) -> Array | None:
        """Carry the gradient of the output back through all layers that have something to learn.

        With `through_activation=False`, `dy` is the gradient before the last layer's activation. Returns the
        gradient of the input if `input_gradient`.
        """
