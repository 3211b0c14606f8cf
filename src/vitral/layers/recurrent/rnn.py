"""Going through a sequence with a cell."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np

from vitral.core.targets import as_float
from vitral.errors import ConfigError, ShapeError
from vitral.layers.composite import Composite
from vitral.layers.layer import Layer, registry
from vitral.layers.recurrent.cell import Cell, States
from vitral.typing import Array, Cache, Config, Shape


@registry.register()
class RNN(Composite):
    """A cell, or a list of them one on top of the other, applied to every step of a sequence.

    Input (batch, steps, inputs). Output (batch, units) of the last step; of all steps, (batch, steps, units), with
    `return_sequences`; a list of the output and the last states with `return_state`. `go_backwards` begins with the
    last step, and gives its output first. With `stateful` a batch begins with the states in which the one before ended,
    until `reset_state`. `unroll` and `zero_output_for_mask` are accepted and change nothing: the steps are always taken
    one by one, and there are no masks.

    Called on a list, or with `initial_state`, the arrays after the sequence are the states to begin with.
    Raises ConfigError for what is no cell, ShapeError for inputs without steps.
    """

    input_rank = 3

    def __init__(
        self,
        cell: Any,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        zero_output_for_mask: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        if isinstance(cell, (list, tuple)):
            from vitral.layers.recurrent.stacked import StackedRNNCells

            cell = StackedRNNCells(cell)
        if not isinstance(cell, Cell):
            raise ConfigError(
                f"{type(self).__name__}: cell is {cell!r}; expected a cell, such as LSTMCell(32), or a subclass of "
                "Cell with step and step_backward"
            )
        self.cell = cell
        self.return_sequences = return_sequences
        self.return_state = return_state
        self.go_backwards = go_backwards
        self.stateful = stateful
        self.unroll = unroll
        self.zero_output_for_mask = zero_output_for_mask
        self.states: States | None = None

    @property
    def parts(self) -> Mapping[str, Layer]:
        return {"cell": self.cell}

    def build(self, input_shape: Any) -> None:
        steps = _sequence(input_shape)
        if not self.cell.built:
            self.cell.build((None, *steps[2:]))

    def __call__(  # type: ignore[override]
        self, sequences: Any, *more: Any, initial_state: Any = None, training: bool | None = None
    ) -> Any:
        """The output for a sequence, beginning with `initial_state`, one array or a list of them."""
        if initial_state is not None:
            more = (*more, *(initial_state if isinstance(initial_state, (list, tuple)) else [initial_state]))
        return super().__call__(sequences, *more, training=training)

    # Inputs may be a list, whose first entry is the sequence.

    def check_input_shape(self, shape: Any) -> None:
        super().check_input_shape(_sequence(shape))

    def as_batch(self, given: Any) -> Any:
        return [as_float(array) for array in given] if isinstance(given, list) else as_float(given)

    def check_batch(self, x: Any) -> None:
        expected, received = _sequence(self.input_shape), (x[0] if isinstance(x, list) else x).shape
        if len(received) != len(expected) or any(
            want not in (None, got) for want, got in zip(expected[1:], received[1:], strict=True)
        ):
            raise ShapeError(
                f'layer "{self.name}" ({type(self).__name__}) received a batch of shape {received}; expected {expected}'
            )

    def forward(self, x: Any, training: bool = False) -> tuple[Any, Cache]:
        sequences, *given = x if isinstance(x, list) else [x]
        batch, steps = sequences.shape[:2]
        if steps == 0:
            raise ShapeError(
                f'layer "{self.name}" received a batch of shape {sequences.shape}; expected a step or more'
            )
        # Steps in front, so that what belongs to a step lies together.
        ordered = sequences[:, ::-1] if self.go_backwards else sequences
        drops = self.cell.draw_drops(batch, sequences.shape[2], training)
        p, projected = self.cell.project(np.ascontiguousarray(ordered.swapaxes(0, 1)), drops)
        states = self._first_states(given, batch, sequences.dtype)
        outputs, states, cache = self.cell.sequence(p, states, drops)
        if self.stateful:
            self.states = states
        result = np.ascontiguousarray(outputs.swapaxes(0, 1)) if self.return_sequences else outputs[-1]
        return ([result, *states] if self.return_state else result), (projected, cache, steps, isinstance(x, list))

    def backward(self, dy: Any, cache: Cache) -> Any:
        projected, inner, steps, gave_states = cache
        dresult, *dlast = dy if self.return_state else [dy]
        if self.return_sequences:
            doutputs = dresult.swapaxes(0, 1)
        else:
            doutputs = np.zeros((steps, *dresult.shape), dresult.dtype)
            doutputs[-1] = dresult
        dlast = dlast or self.cell.initial_states(len(dresult), dresult.dtype)
        dp, dstates = self.cell.sequence_backward(doutputs, dlast, inner)
        self.cell.needs_input_gradient = self.needs_input_gradient
        dx = self.cell.project_backward(dp, projected)
        if dx is None:
            return None
        dx = dx.swapaxes(0, 1)
        dx = np.ascontiguousarray(dx[:, ::-1] if self.go_backwards else dx)
        return [dx, *dstates] if gave_states else dx

    def _first_states(self, given: Sequence[Array], batch: int, dtype: Any) -> States:
        if given:
            sizes = [(batch, size) for size in self.cell.state_sizes]
            received = [state.shape for state in given]
            if received != sizes:
                raise ShapeError(f'layer "{self.name}" received states of shapes {received}; expected {sizes}')
            return [state.astype(dtype, copy=False) for state in given]
        if not self.stateful or self.states is None:
            return self.cell.initial_states(batch, dtype)
        if len(self.states[0]) != batch:
            raise ShapeError(
                f'layer "{self.name}" is stateful and received a batch of {batch}; expected {len(self.states[0])}, '
                "as in the batch before: call reset_state first"
            )
        return [state.astype(dtype, copy=False) for state in self.states]

    def reset_state(self) -> None:
        """Forget the states of the last batch."""
        self.states = None

    reset_states = reset_state

    def compute_output_shape(self, input_shape: Any) -> Any:
        batch, steps = _sequence(input_shape)[:2]
        size = self.cell.output_size
        result = (batch, steps, size) if self.return_sequences else (batch, size)
        return [result, *((batch, size) for size in self.cell.state_sizes)] if self.return_state else result

    def multiply_adds(self, input_shape: Any) -> int:
        kernels = [variable for variable in self.weights if "kernel" in variable.name]
        return (_sequence(input_shape)[1] or 1) * sum(variable.size for variable in kernels)

    def sequence_config(self) -> Config:
        """What the layer says about the sequence, beside its cell."""
        return {
            "return_sequences": self.return_sequences,
            "return_state": self.return_state,
            "go_backwards": self.go_backwards,
            "stateful": self.stateful,
            "unroll": self.unroll,
            "zero_output_for_mask": self.zero_output_for_mask,
        }

    def get_config(self) -> Config:
        return {**super().get_config(), **self.sequence_config(), "cell": registry.serialize(self.cell)}

    @classmethod
    def from_config(cls, config: Config) -> Self:
        config = dict(config)
        cell = config.pop("cell")
        return cls(cell if isinstance(cell, Layer) else registry.deserialize(cell), **config)


def _sequence(shape: Any) -> Shape:
    """The shape of the sequence among those of all inputs."""
    sequence: Shape = shape[0] if isinstance(shape, list) else shape
    return sequence


class OfCell(RNN):
    """Base of the layers that are called after their cell: one class with the arguments of cell and sequence."""

    cell: Any

    def get_config(self) -> Config:
        inner = {key: value for key, value in self.cell.get_config().items() if key not in ("name", "trainable")}
        return {**Composite.get_config(self), **self.sequence_config(), **inner}

    @classmethod
    def from_config(cls, config: Config) -> Self:
        return cls(**config)


def no_cudnn(value: Any, layer: str) -> None:
    """Raise ConfigError if Nvidia's library is asked for."""
    if value not in ("auto", False):
        raise ConfigError(f"{layer}: use_cudnn is {value!r}; expected 'auto' or False, as there is no GPU here")
