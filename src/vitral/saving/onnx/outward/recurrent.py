"""Recurrent layers as ONNX nodes, which have the steps in front of the batch."""

from typing import Any

import numpy as np

from vitral import layers
from vitral.saving.onnx.drawing import Drawing, Value
from vitral.saving.onnx.outward.registry import draws
from vitral.saving.onnx.recurrence import ACTIVATIONS, OPERATORS, activations_of
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
    steps = drawing.constant([0], "int64")
    y, _ = _through_cells(drawing, cell, False, drawing.node("Unsqueeze", drawing.last(x), steps), [])
    return [Value(shape, last=drawing.node("Squeeze", y, steps))]


@draws(layers.RNN, layers.SimpleRNN, layers.GRU, layers.LSTM, only_if=_is_known)
def _recurrent(drawing: Drawing, layer: layers.RNN, shape: Any, x: Value, *states: Value) -> Any:
    y, ends = _through_steps(drawing, layer, x, [drawing.last(state) for state in states])
    if layer.return_sequences and layer.go_backwards:
        y = _reversed(drawing, y)
    made = [y if layer.return_sequences else _output(layer, ends)] + (ends if layer.return_state else [])
    return _values(made, shape)


@draws(layers.Bidirectional, only_if=lambda layer: _is_known(layer.forward_layer) and _is_known(layer.backward_layer))
def _bidirectional(drawing: Drawing, layer: layers.Bidirectional, shape: Any, x: Value) -> Any:
    both, states = [], []
    for part in (layer.forward_layer, layer.backward_layer):
        y, ends = _through_steps(drawing, part, x, [])
        both.append(y if layer.return_sequences else _output(part, ends))
        states += ends if layer.return_state else []
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
    """The outputs of all steps, (batch, steps, units) in the order of the steps, and the last states."""
    ordered = drawing.node("Transpose", drawing.last(x), perm=[1, 0, 2])
    y, ends = _through_cells(drawing, layer.cell, layer.go_backwards, ordered, states)
    return drawing.node("Transpose", y, perm=[1, 0, 2]), ends


def _through_cells(drawing: Drawing, cell: Any, backwards: bool, x: str, states: list[str]) -> tuple[str, list[str]]:
    """The same with the steps in front."""
    ends = []
    for one in _cells(cell):
        own, states = states[: len(one.state_sizes)], states[len(one.state_sizes) :]
        x, last = _operator(drawing, one, backwards, x, own)
        ends += last
    return x, ends


def _operator(drawing: Drawing, cell: Any, backwards: bool, x: str, states: list[str]) -> tuple[str, list[str]]:
    kind, order = OPERATORS[type(cell)]
    gates = len(order)

    def arranged(value: Array) -> Array:
        """The gates in ONNX' order, one direction, (1, gates x units, ...)."""
        return value.reshape(gates, -1, *value.shape[1:])[order].reshape(1, *value.shape)

    kernels = [drawing.constant(arranged(v.value.T)) for v in (cell.kernel, cell.recurrent_kernel)]
    bias = np.zeros((2, gates * cell.units)) if cell.bias is None else cell.bias.value
    both = bias if bias.ndim == 2 else [bias, np.zeros_like(bias)]
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
        drawing.constant(np.concatenate([arranged(row) for row in both], axis=1)),
        *(["", *begin] if begin else []),
        hidden_size=cell.units,
        direction="reverse" if backwards else "forward",
        activations=[name for name, _ in activations],
        **options,
    )
    steps = drawing.node("Squeeze", y, drawing.constant([1], "int64"))
    return steps, [drawing.node("Squeeze", end, drawing.constant([0], "int64")) for end in ends]


def _output(layer: layers.RNN, ends: list[str]) -> str:
    """The output of the last step, which is the last cell's first state."""
    return ends[-len(_cells(layer.cell)[-1].state_sizes)]


def _reversed(drawing: Drawing, y: str) -> str:
    """The steps of (batch, steps, units) in the other order."""
    first, end = -1, -(1 << 31)
    return drawing.node("Slice", y, *[drawing.constant([value], "int64") for value in (first, end, 1, -1)])
