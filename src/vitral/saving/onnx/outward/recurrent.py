"""Recurrent layers as ONNX nodes, which have the steps in front of the batch."""

from typing import Any

import numpy as np

from vitral import layers
from vitral.saving.onnx.drawing import Drawing, Value
from vitral.saving.onnx.outward.registry import draws
from vitral.saving.onnx.recurrence import ACTIVATIONS, GATES, OPERATORS, activations_of
from vitral.typing import Array, Shape


def _is_known(layer: Any) -> bool:
    return not layer.stateful and _is_known_cell(layer.cell)


def _is_known_cell(cell: Any) -> bool:
    return all(
        type(one) in OPERATORS and all(activation.name in ACTIVATIONS for activation in activations_of(one))
        for one in _cells(cell)
    )


def _cells(cell: Any) -> list[Any]:
    return cell.cells if isinstance(cell, layers.StackedRNNCells) else [cell]


@draws(layers.SimpleRNNCell, layers.GRUCell, layers.LSTMCell, layers.StackedRNNCells, only_if=_is_known_cell)
def _one_step(drawing: Drawing, cell: Any, shape: Shape, x: Value) -> list[Value]:
    step = drawing.node("Unsqueeze", drawing.last(x), drawing.constant([0], "int64"))
    _, ends = _through_cells(drawing, cell, False, step, [])
    return [Value(shape, last=_output(drawing, cell, ends))]


@draws(layers.RNN, layers.SimpleRNN, layers.GRU, layers.LSTM, only_if=_is_known)
def _recurrent(drawing: Drawing, layer: layers.RNN, shape: Any, x: Value, *states: Value) -> Any:
    y, ends = _through_steps(drawing, layer, x, [drawing.last(state) for state in states])
    if layer.return_sequences and layer.go_backwards:
        y = _reversed(drawing, y)
    made = y if layer.return_sequences else _output(drawing, layer.cell, ends)
    return _values([made, *(_one_direction(drawing, end, 0) for end in ends if layer.return_state)], shape)


@draws(layers.Bidirectional, only_if=lambda layer: _is_known(layer.forward_layer) and _is_known(layer.backward_layer))
def _bidirectional(drawing: Drawing, layer: layers.Bidirectional, shape: Any, x: Value) -> Any:
    both, states = [], []
    for part in (layer.forward_layer, layer.backward_layer):
        y, ends = _through_steps(drawing, part, x, [])
        both.append(y if layer.return_sequences else _output(drawing, part.cell, ends))
        states += [_one_direction(drawing, end, 0) for end in ends if layer.return_state]
    return _values(_merged(drawing, layer.merge_mode, both) + states, shape)


def _merged(drawing: Drawing, mode: str | None, both: list[str]) -> list[str]:
    if mode is None:
        return both
    if mode == "concat":
        return [drawing.node("Concat", *both, axis=-1)]
    merged = drawing.node("Mul" if mode == "mul" else "Add", *both)
    return [drawing.node("Mul", merged, drawing.constant(0.5)) if mode == "ave" else merged]


def _values(names: list[str], shape: Any) -> Any:
    if len(names) == 1:
        return Value(shape, last=names[0])
    return [Value(one, last=name) for name, one in zip(names, shape, strict=True)]


def _through_steps(drawing: Drawing, layer: layers.RNN, x: Value, states: list[str]) -> tuple[str, list[str]]:
    """The outputs of all steps in their order, (batch, steps, units), if the layer gives them, and the last states."""
    ordered = drawing.node("Transpose", drawing.last(x), perm=[1, 0, 2])
    y, ends = _through_cells(drawing, layer.cell, layer.go_backwards, ordered, states)
    if layer.return_sequences:
        y = drawing.node("Transpose", _one_direction(drawing, y, 1), perm=[1, 0, 2])
    return y, ends


def _through_cells(drawing: Drawing, cell: Any, backwards: bool, x: str, states: list[str]) -> tuple[str, list[str]]:
    """The same as nodes give it: outputs (steps, directions, batch, units), states (directions, batch, units)."""
    y, ends = x, []
    for number, one in enumerate(_cells(cell)):
        own, states = states[: len(one.state_sizes)], states[len(one.state_sizes) :]
        y, last = _operator(drawing, one, backwards, _one_direction(drawing, y, 1) if number else y, own)
        ends += last
    return y, ends


def _one_direction(drawing: Drawing, name: str, axis: int) -> str:
    return drawing.node("Squeeze", name, drawing.constant([axis], "int64"))


def _operator(drawing: Drawing, cell: Any, backwards: bool, x: str, states: list[str]) -> tuple[str, list[str]]:
    kind = OPERATORS[type(cell)]
    order = GATES[kind]

    def arranged(value: Array) -> Array:
        """The gates in ONNX' order, one direction, (1, gates x units, ...)."""
        return value.reshape(len(order), -1, *value.shape[1:])[order].reshape(1, *value.shape)

    kernels = [drawing.constant(arranged(v.value.T)) for v in (cell.kernel, cell.recurrent_kernel)]
    bias = ""
    if cell.bias is not None:
        own = cell.bias.value
        both = own if own.ndim == 2 else [own, np.zeros_like(own)]
        bias = drawing.constant(np.concatenate([arranged(row) for row in both], axis=1))
    begin = [drawing.node("Unsqueeze", state, drawing.constant([0], "int64")) for state in states]
    activations = [ACTIVATIONS[activation.name] for activation in activations_of(cell)]
    options: dict[str, Any] = {"linear_before_reset": int(cell.reset_after)} if kind == "GRU" else {}
    for constant in ("alpha", "beta"):
        values = [constants[constant] for _, constants in activations if constant in constants]
        options |= {f"activation_{constant}": values} if values else {}
    y, *ends = drawing.results_of(
        kind,
        1 + len(cell.state_sizes),
        x,
        *kernels,
        *([bias, "", *begin] if begin else [bias]),
        hidden_size=cell.units,
        direction="reverse" if backwards else "forward",
        activations=[name for name, _ in activations],
        **options,
    )
    return y, ends


def _output(drawing: Drawing, cell: Any, ends: list[str]) -> str:
    """The output of the last step, which is the last cell's first state."""
    return _one_direction(drawing, ends[-len(_cells(cell)[-1].state_sizes)], 0)


def _reversed(drawing: Drawing, y: str) -> str:
    """The steps of (batch, steps, units) in the other order."""
    first, end = -1, -(1 << 31)
    return drawing.node("Slice", y, *[drawing.constant([value], "int64") for value in (first, end, 1, -1)])
