"""What the training loop needs of a model."""

from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from vitral.layers.layer import Layer
from vitral.training.columns import Layout
from vitral.typing import Array, Cache, Shape


class Network(Layer):
    """A layer made of layers: the side of a model that the training loop sees."""

    @property
    @abstractmethod
    def layers(self) -> list[Layer]:
        """The layers, first to last."""

    @abstractmethod
    def build_for(self, batch_shape: Any) -> None:
        """Build the layers for batches of this shape unless that is done."""

    @abstractmethod
    def fit_input(self, x: Any) -> Any:
        """The batch with the number of axes that the first layer expects; raises ShapeError if that is impossible."""

    @property
    @abstractmethod
    def output_layers(self) -> list[Layer | None]:
        """For each output the layer that makes it; None where its activation cannot be left out."""

    def check_parts(self) -> None:
        """Nothing to refuse: a model adds the penalties of its layers to the loss."""

    @property
    def penalizes(self) -> bool:
        return super().penalizes or any(layer.penalizes for layer in self.layers)

    @property
    def output_names(self) -> list[str]:
        """For each output the name of the layer that makes it."""
        return ["output"]

    @property
    def output_keys(self) -> list[str]:
        """For each output the name under which its labels, loss and metrics are given and shown."""
        return self.output_names

    @property
    def output_shapes(self) -> list[Shape]:
        """For each output its shape."""
        return [self.output_shape]

    @property
    def layout(self) -> Layout:
        """Names of inputs and outputs, by which their arrays may be given."""
        return Layout()

    def result(self, things: list[Any]) -> Any:
        """Things for the outputs in the structure in which the model gives them: here, the only one."""
        return things[0]

    @abstractmethod
    def save(self, filepath: str | Path, overwrite: bool = True) -> None:
        """Write the model to a file."""

    @abstractmethod
    def save_weights(self, filepath: str | Path, overwrite: bool = True) -> None:
        """Write the weights to a file."""

    @abstractmethod
    def run(self, x: Any, training: bool, behind: Sequence[bool]) -> tuple[list[Array], Cache]:
        """The outputs for a batch, and what `run_back` will need.

        Where `behind` is False, an output is that of its layer before the activation.
        """

    @property
    def may_penalize(self) -> bool:
        """Whether `run_penalty` can be other than 0."""
        return True

    @property
    def may_mix(self) -> bool:
        """Whether `run_targets` can return other targets."""
        return True

    def run_penalty(self, caches: Cache) -> float:
        """What the layers' activity regularizers add to the loss of a batch after `run`."""
        return 0.0

    def run_targets(self, targets: Array, caches: Cache) -> Array:
        """The targets of a batch after `run`: mixed as the layers mixed the samples, if any of them did."""
        return targets

    @abstractmethod
    def run_back(self, dys: Sequence[Array | None], caches: Cache, behind: Sequence[bool]) -> None:
        """Carry the gradients of the outputs back through all layers that have something to learn.

        Where `behind` is False, a gradient is that before the activation.
        """
