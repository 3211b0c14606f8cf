"""A sequence gone through from both ends."""

from collections.abc import Mapping
from typing import Any, Self

import numpy as np

from vitral.errors import ConfigError
from vitral.layers.activity import watched_backward, watched_forward, watched_penalty
from vitral.layers.composite import Composite
from vitral.layers.layer import Layer, registry
from vitral.layers.recurrent.rnn import RNN
from vitral.typing import Array, Cache, Config

_MODES = ("concat", "sum", "ave", "mul", None)


@registry.register()
class Bidirectional(Composite):
    """A recurrent layer, and another like it that begins with the last step (Schuster & Paliwal, IEEE TSP 1997).

    `merge_mode` says how their outputs become one: "concat", "sum", "ave" (the mean), "mul", or None for a list of
    both. With return_state the states of the forward and then of the backward layer follow. The layer given is a
    pattern: both are made anew; `backward_layer` is taken as it is. An `activity_regularizer` of theirs is on what each
    of them gives, one of the Bidirectional on the result. Input as for RNN. Raises ConfigError for what is no
    recurrent layer, or for two layers that do not fit.
    """

    input_rank = 3

    def __init__(
        self,
        layer: Any,
        merge_mode: str | None = "concat",
        weights: Any = None,
        backward_layer: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        for name, given in (("layer", layer), ("backward_layer", backward_layer or layer)):
            if not isinstance(given, RNN):
                raise ConfigError(f"Bidirectional: {name} is {given!r}; expected a recurrent layer, such as LSTM(32)")
        if merge_mode not in _MODES:
            raise ConfigError(f"Bidirectional: merge_mode is {merge_mode!r}; expected one of {_MODES}")
        if weights is not None:
            raise ConfigError("Bidirectional: weights is given; expected None: call set_weights once it is built")
        self.merge_mode = merge_mode
        self.forward_layer = _like(layer, "forward", layer.go_backwards)
        self.backward_layer = _like(layer, "backward", True) if backward_layer is None else backward_layer
        if self.forward_layer.go_backwards == self.backward_layer.go_backwards:
            raise ConfigError("Bidirectional: both layers have the same go_backwards; expected one of each")
        for name in ("stateful", "return_sequences", "return_state"):
            if getattr(self.forward_layer, name) != getattr(self.backward_layer, name):
                raise ConfigError(f"Bidirectional: the two layers differ in {name}; expected the same")
        self.return_sequences = self.forward_layer.return_sequences
        self.return_state = self.forward_layer.return_state
        self.stateful = self.forward_layer.stateful

    @property
    def parts(self) -> Mapping[str, Layer]:
        return {"forward_layer": self.forward_layer, "backward_layer": self.backward_layer}

    def build(self, input_shape: Any) -> None:
        for layer in (self.forward_layer, self.backward_layer):
            if not layer.built:
                layer.build(input_shape)

    def forward(self, x: Array, training: bool = False) -> tuple[Any, Cache]:
        one, one_cache = watched_forward(self.forward_layer, x, training)
        other, other_cache = watched_forward(self.backward_layer, x, training)
        states = []
        if self.return_state:
            (one, *states), (other, *more) = one, other
            states += more
        if self.return_sequences:
            other = other[:, ::-1]
        if self.merge_mode is None:
            merged = [one, np.ascontiguousarray(other)]
        else:
            merged = [_merge(self.merge_mode, one, other)]
        result = [*merged, *states]
        return (result if len(result) > 1 else result[0]), (one_cache, other_cache, one, other)

    def backward(self, dy: Any, cache: Cache) -> Array:
        one_cache, other_cache, one, other = cache
        parts = dy if isinstance(dy, (list, tuple)) else [dy]
        if self.merge_mode is None:
            done, dother, *dstates = parts
        else:
            done, dother = _merge_backward(self.merge_mode, parts[0], one, other)
            dstates = list(parts[1:])
        if self.return_sequences:
            dother = dother[:, ::-1]
        half = len(dstates) // 2
        done, dother = ([done, *dstates[:half]], [dother, *dstates[half:]]) if self.return_state else (done, dother)
        dx: Array = watched_backward(self.forward_layer, done, one_cache)
        dother_x: Array = watched_backward(self.backward_layer, dother, other_cache)
        return dx + dother_x

    @property
    def penalizes(self) -> bool:
        return super().penalizes or any(layer.penalizes for layer in self.parts.values())

    def check_parts(self) -> None:
        """Nothing to refuse: penalties on what the two layers give are added."""

    def activity_penalty(self, cache: Cache) -> float:
        return sum(map(watched_penalty, self.parts.values(), cache[:2]))

    def reset_state(self) -> None:
        """Forget the states of the last batch."""
        self.forward_layer.reset_state()
        self.backward_layer.reset_state()

    reset_states = reset_state

    def compute_output_shape(self, input_shape: Any) -> Any:
        shape = self.forward_layer.compute_output_shape(input_shape)
        output, *states = shape if self.return_state else [shape]
        last = self.backward_layer.cell.output_size
        if self.merge_mode is None:
            merged = [output, (*output[:-1], last)]
        else:
            merged = [(*output[:-1], output[-1] + last) if self.merge_mode == "concat" else output]
        if self.return_state:
            states += self.backward_layer.compute_output_shape(input_shape)[1:]
        result = [*merged, *states]
        return result if len(result) > 1 else result[0]

    def multiply_adds(self, input_shape: Any) -> int:
        return sum(layer.multiply_adds(input_shape) for layer in (self.forward_layer, self.backward_layer))

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "merge_mode": self.merge_mode,
            "layer": registry.serialize(self.forward_layer),
            "backward_layer": registry.serialize(self.backward_layer),
        }

    @classmethod
    def from_config(cls, config: Config) -> Self:
        config = dict(config)
        for name in ("layer", "backward_layer"):
            if config.get(name) is not None and not isinstance(config[name], Layer):
                config[name] = registry.deserialize(config[name])
        return cls(**config)


def _like(layer: RNN, prefix: str, go_backwards: bool) -> Any:
    """A new layer with the arguments of another."""
    described = registry.serialize(layer)
    name = f"{prefix}_{layer.name.removeprefix(f'{prefix}_')}"
    described["config"] = {**described["config"], "name": name, "go_backwards": go_backwards}
    return registry.deserialize(described)


def _merge(mode: str, one: Array, other: Array) -> Array:
    if mode == "concat":
        return np.concatenate([one, other], axis=-1)
    merged: Array = one * other if mode == "mul" else one + other
    return merged / 2 if mode == "ave" else merged


def _merge_backward(mode: str, dy: Array, one: Array, other: Array) -> tuple[Array, Array]:
    if mode == "concat":
        width = one.shape[-1]
        return dy[..., :width], dy[..., width:]
    if mode == "mul":
        return dy * other, dy * one
    return (dy / 2, dy / 2) if mode == "ave" else (dy, dy)
