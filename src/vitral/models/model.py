"""What every model can do beside learning: its weights, its summary, its files."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np

from vitral.core.custom_objects import custom_object_scope
from vitral.core.messages import say
from vitral.core.symbolic import KerasTensor
from vitral.errors import ConfigError, NotKnownYetError
from vitral.layers.layer import Layer
from vitral.models.subclassed import Subclassed
from vitral.typing import Array, Config, Shape


class Model(Subclassed):
    """A trainable network of layers, which is also a layer of a larger one.

    `Model(inputs, outputs)` makes a graph of layers between symbolic tensors, see `Functional`; `Sequential` a stack.

    A subclass has layers as attributes, and either `call(inputs)`, or `call(inputs, training)`, which is made of them
    and executed on symbolic tensors alone; or, as a layer, `build`, `forward` and `backward`, with one input and one
    output. To `call`, several inputs come as a list or a dictionary, and several outputs may be returned so; such a
    model is built before it is compiled: `model.build([(None, 8), (None, 2)])`. Raises ConfigError for a `call` that is
    not made of layers.

    A file that `save` writes names a subclass, and has the arguments that its `get_config` gives, or else those that it
    was made with. It comes back through `custom_objects=`, or if it is registered by
    `@saving.register_keras_serializable()`.

    >>> from vitral import layers
    >>> class Scores(Model):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.hidden = layers.Dense(3, activation="relu")
    ...         self.dropout = layers.Dropout(0.5)
    ...         self.scores = layers.Dense(2)
    ...     def call(self, x, training=False):
    ...         x = self.hidden(x)
    ...         return self.scores(self.dropout(x) if training else x)
    >>> model = Scores()
    >>> model(np.ones((1, 4))).shape, model.count_params()
    ((1, 2), 23)
    """

    def __init__(self, *functional: Any, **options: Any) -> None:
        if functional or {"inputs", "outputs"} & options.keys():
            raise ConfigError(
                f"{type(self).__name__} gives inputs and outputs to super().__init__(); expected a call method, or "
                "keras.Model(inputs, outputs) without a subclass"
            )
        super().__init__(**options)

    def __new__(cls, *arguments: Any, **options: Any) -> Any:
        if cls is not Model:
            return super().__new__(cls, *arguments, **options)
        from vitral.models.functional import Functional

        return super().__new__(Functional, *arguments, **options)

    def inner_layers(self) -> Sequence[Layer]:
        return self.layers

    @property
    def input(self) -> Any:
        """The symbolic tensor where data enters, or a list of several."""
        return self._only(self.inputs, "input")

    @property
    def output(self) -> Any:
        """The symbolic tensor of the result, or a list of several."""
        return self._only(self.outputs, "output")

    def _only(self, tensors: list[KerasTensor], what: str) -> Any:
        if not tensors:
            raise NotKnownYetError(f'model "{self.name}" has no {what} yet: give it an Input, or call build')
        return tensors[0] if len(tensors) == 1 else tensors

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

    def summary(
        self,
        line_length: int | None = None,
        positions: Sequence[float] | None = None,
        print_fn: Callable[[str], Any] | None = None,
        expand_nested: bool = False,
        show_trainable: bool = False,
        layer_range: Sequence[str] | None = None,
    ) -> None:
        """Write the table of layers with output shapes and numbers of parameters, as Keras 3 draws it.

        `line_length` is in characters, less on a narrow terminal unless given; `positions` says at which shares of the
        line the columns end. `expand_nested` lists the layers of models inside, `show_trainable` who may change.
        `layer_range`, two names or patterns of names, leaves out what is before the first and after the last layer that
        matches. `print_fn` receives the whole text; without it the text goes to standard output. Raises ConfigError
        for columns that are too narrow, or names that no layer has.
        """
        from vitral.models.summary import summary_text

        text = summary_text(self, line_length, positions, expand_nested, show_trainable, layer_range)
        if print_fn is not None:
            print_fn(text)
        else:
            say(text)

    def to_json(self) -> str:
        """The architecture as Keras 3 writes it in JSON; `models.model_from_json` makes a model of it."""
        from vitral.models.description import describe

        return json.dumps(describe(self))

    @classmethod
    def from_config(cls, config: Config, custom_objects: Mapping[str, Any] | None = None) -> Self:
        """The model that `get_config` described; `custom_objects` are further classes by name."""
        if cls is Model and "input_layers" in config:
            from vitral.models.functional import Functional

            graph: Any = Functional.from_config(config, custom_objects)
            return graph  # type: ignore[no-any-return]
        with custom_object_scope(custom_objects):
            return cls(**config)

    def save(self, filepath: str | Path, overwrite: bool = True, zipped: bool | None = None) -> None:
        """Write architecture, weights and optimizer to a `.keras` file, which Keras 3 can read as well.

        Such a file is a zip archive: `zipped` is True or None. A name that ends in `.h5` gets the format from before.
        Raises ConfigError otherwise, for another ending, or if the file exists and `overwrite` is False.
        """
        from vitral.saving import save_model

        save_model(self, filepath, overwrite, zipped)

    def export(
        self,
        filepath: str | Path,
        format: str = "onnx",  # noqa: A002  Keras' name
        verbose: bool | None = None,
        input_signature: Any = None,
        **options: Any,
    ) -> None:
        """Write what `predict` does to a file that other programs run; see `vitral.saving.to_onnx` for the options.

        Says so unless `verbose=False`. Raises ConfigError for a format other than "onnx" and for an `input_signature`:
        `batch_size` fixes the number of samples, and the model knows the other sizes.
        """
        from vitral.saving import to_onnx

        if format != "onnx":
            raise ConfigError(f"export received format={format!r}; expected 'onnx'")
        if input_signature is not None:
            raise ConfigError(f"export received input_signature={input_signature!r}; expected None, or batch_size=")
        to_onnx(self, filepath, **options)
        if verbose is None or verbose:
            say(f"Saved artifact at '{filepath}'.\n")

    def compile_from_config(self, config: Config) -> None:
        """Compile as the model did that gave this `get_compile_config`, or Keras'.

        Raises ModelFileError for what Vitral does not have.
        """
        from vitral.saving import compile_from_config

        compile_from_config(self, config)

    def save_weights(self, filepath: str | Path, overwrite: bool = True, max_shard_size: float | None = None) -> None:
        """Write the weights, and the optimizer's state if compiled, to a `.weights.h5` file.

        It is one file of any size: raises ConfigError for a `max_shard_size`.
        """
        from vitral.saving import save_weights

        save_weights(self, filepath, overwrite, max_shard_size)

    def load_weights(self, filepath: str | Path, skip_mismatch: bool = False) -> None:
        """Read weights that `save_weights` or `save` wrote, or Keras.

        With `skip_mismatch` layers that do not fit keep their weights, with a warning; otherwise raises ModelFileError.
        """
        from vitral.saving import load_weights

        load_weights(self, filepath, skip_mismatch)


def fit_axes(x: Array, expected: Shape) -> Array:
    """The batch, with an axis of length 1 at the end that was missing or too many: (n, 28, 28) and (n, 28, 28, 1)."""
    if x.ndim == len(expected) - 1 and expected[-1] == 1:
        return x[..., np.newaxis]
    if x.ndim == len(expected) + 1 and x.shape[-1] == 1:
        return x[..., 0]
    return x
