"""What every model can do beside learning: its weights, its summary, its files."""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from vitral.core.variable import Variable
from vitral.errors import ConfigError
from vitral.layers.layer import Layer
from vitral.training import Trainer


class Model(Trainer):
    """A trainable network of layers. `Sequential` is the kind to use; a model is also a layer of a larger one.

    Raises ConfigError where a model is made of inputs and outputs, which Vitral does not have.
    """

    def __init__(self, *functional: Any, **options: Any) -> None:
        if type(self) is Model or functional:
            raise ConfigError("a model is made as Sequential([layer, ...]); there is no Model(inputs, outputs)")
        super().__init__(**options)

    @property
    def weights(self) -> list[Variable]:
        """The variables of all layers, in their order; those of a layer that stands in two places once."""
        return _each_once(variable for layer in self.layers for variable in layer.weights)

    @property
    def trainable_weights(self) -> list[Variable]:
        """The variables that training changes; none if the model's own `trainable` is False."""
        if not self.trainable:
            return []
        return _each_once(variable for layer in self.layers for variable in layer.trainable_weights)

    @property
    def non_trainable_weights(self) -> list[Variable]:
        """The variables that training leaves alone."""
        changed = {id(variable) for variable in self.trainable_weights}
        return [variable for variable in self.weights if id(variable) not in changed]

    @property
    def variables(self) -> list[Variable]:
        """The weights and the positions of the random streams, layer by layer."""
        return _each_once(variable for layer in self.layers for variable in layer.variables)

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """A layer by its name or its position; raises ConfigError if there is none."""
        layers = self.layers
        if (name is None) == (index is None):
            raise ConfigError("get_layer expects either a name or an index")
        if index is not None:
            if not -len(layers) <= index < len(layers):
                raise ConfigError(f"get_layer received index {index}; the model has {len(layers)} layers")
            return layers[index]
        for layer in layers:
            if layer.name == name:
                return layer
        raise ConfigError(f"no layer is called {name!r}; the layers are {', '.join(layer.name for layer in layers)}")

    def summary(self, line_length: int | None = None, print_fn: Callable[[str], Any] | None = None) -> None:
        """Write the table of layers with output shapes and numbers of parameters, as Keras 3 draws it.

        `print_fn` receives the whole text; without it the text goes to standard output.
        """
        from vitral.models.summary import summary_text

        text = summary_text(self, line_length)
        if print_fn is not None:
            print_fn(text)
        else:
            sys.stdout.write(text)

    def save(self, filepath: str | Path, overwrite: bool = True) -> None:
        """Write architecture, weights and optimizer to a `.keras` file, which Keras 3 can read as well.

        Raises ConfigError for another ending, or if the file exists and `overwrite` is False.
        """
        from vitral.saving import save_model

        save_model(self, filepath, overwrite)

    def save_weights(self, filepath: str | Path, overwrite: bool = True) -> None:
        """Write the weights, and the optimizer's state if compiled, to a `.weights.h5` file."""
        from vitral.saving import save_weights

        save_weights(self, filepath, overwrite)

    def load_weights(self, filepath: str | Path, skip_mismatch: bool = False) -> None:
        """Read weights that `save_weights` or `save` wrote, or Keras.

        With `skip_mismatch` layers that do not fit keep their weights, with a warning; otherwise raises ModelFileError.
        """
        from vitral.saving import load_weights

        load_weights(self, filepath, skip_mismatch)


def _each_once(variables: Iterable[Variable]) -> list[Variable]:
    return list({id(variable): variable for variable in variables}.values())
