"""Recurrent layers from ONNX nodes."""

from typing import Any

import numpy as np

from vitral import layers
from vitral.core.symbolic import KerasTensor
from vitral.saving.onnx.inward.registry import takes
from vitral.saving.onnx.leads import BACKWARDS_DIRECTIONS, DIRECTIONS, REVERSED, STATES, STEPS
from vitral.saving.onnx.recurrence import ACTIVATIONS, GATES, USUAL, Constants
from vitral.saving.onnx.sketch import Given, Sketch
from vitral.typing import Array, Config

_LAYERS = {"RNN": layers.SimpleRNN, "GRU": layers.GRU, "LSTM": layers.LSTM}


@takes("RNN", "GRU", "LSTM")
def _recurrent(sketch: Sketch, node: Any) -> Given:
    x, direction = sketch.value(node, leads=[STEPS, STATES]), sketch.attribute(node, "direction", "forward")
    if x.lead == STATES:  # one step, for a cell by itself
        x = sketch.put(node, layers.Reshape((1, -1)), x)
    weights = _weights(sketch, node)
    sequences, states, carries = (sketch.is_used(node, place) for place in (0, 1, 2))
    options = {**_options(sketch, node), "use_bias": len(weights[0]) == 3, "return_sequences": sequences}
    options |= {"return_state": carries or (states and sequences), "go_backwards": direction == "reverse"}
    layer: Any = _LAYERS[node.op_type](**options)
    if direction == "bidirectional":
        if states or carries:
            raise sketch.error(node, "gives the last states of both directions; expected the outputs of all steps")
        layer = layers.Bidirectional(layer)
    made = layer([x.tensor, *begin] if (begin := _first_states(sketch, node)) else x.tensor)
    layer.set_weights([array for one in weights for array in one])
    # The last output is the first state.
    results = made if isinstance(made, list) else [made, made]
    for name, tensor in zip(node.output[1:], results[1:], strict=False):
        sketch.values[name] = Given(tensor, lead=STATES)
    return Given(results[0], lead=BACKWARDS_DIRECTIONS if direction == "reverse" else DIRECTIONS)


def _weights(sketch: Sketch, node: Any) -> list[list[Array]]:
    """Our weights for each direction."""
    kernels, recurrents, biases = (sketch.constant(node, number) for number in (1, 2, 3))
    assert kernels is not None, "onnx' checker has seen the kernels"
    assert recurrents is not None, "and those of the state"
    places = np.argsort(GATES[node.op_type])

    def arranged(value: Array) -> Array:
        return value.reshape(len(places), -1, *value.shape[1:])[places].reshape(value.shape)

    found = []
    for direction in range(len(kernels)):
        weights = [arranged(kernels[direction]).T, arranged(recurrents[direction]).T]
        if biases is not None:
            both = np.stack([arranged(half) for half in np.split(biases[direction], 2)])
            weights.append(both if _resets_after(sketch, node) else both.sum(axis=0))
        found.append(weights)
    return found


def _resets_after(sketch: Sketch, node: Any) -> bool:
    return node.op_type == "GRU" and bool(sketch.attribute(node, "linear_before_reset", 0))


def _options(sketch: Sketch, node: Any) -> Config:
    for attribute, nothing in (("clip", None), ("input_forget", 0), ("layout", 0)):
        if sketch.attribute(node, attribute, nothing) != nothing:
            raise sketch.error(node, f"has {attribute}={sketch.attribute(node, attribute)}; expected none")
    if any(len(node.input) > place and node.input[place] for place in (4, 7)):
        raise sketch.error(node, "has lengths of sequences, or peepholes; expected neither")
    options: Config = {"units": sketch.attribute(node, "hidden_size")}
    usual = USUAL[node.op_type]
    names = [_text(name) for name in sketch.attribute(node, "activations") or usual]
    constants = {name: list(sketch.attribute(node, f"activation_{name}") or []) for name in ("alpha", "beta")}
    found = [_activation(sketch, node, name, constants) for name in names]
    first, *others = found[: len(usual)]
    if found != found[: len(usual)] * (len(found) // len(usual)) or len(set(others)) > 1:
        raise sketch.error(node, f"has the activations {names}; expected one for all gates, and one for the rest")
    if not others:
        return {**options, "activation": first}
    options |= {"recurrent_activation": first, "activation": others[0]}
    return {**options, "reset_after": _resets_after(sketch, node)} if node.op_type == "GRU" else options


def _activation(sketch: Sketch, node: Any, name: str, constants: dict[str, list[float]]) -> str:
    """Keras' name for an activation, whose constants, if it has some, are the next ones."""
    for ours, (theirs, wanted) in ACTIVATIONS.items():
        if theirs == name:
            has: Constants = {key: constants[key].pop(0) for key in wanted if constants[key]}
            if has.keys() == wanted.keys() and all(abs(has[key] - wanted[key]) < 1e-6 for key in wanted):
                return ours
            raise sketch.error(node, f"has the activation {name} with {has}; Vitral has it with {wanted}")
    raise sketch.error(node, f"has the activation {name}; expected one of {[name for name, _ in ACTIVATIONS.values()]}")


def _text(name: Any) -> str:
    return name.decode() if isinstance(name, bytes) else str(name)


def _first_states(sketch: Sketch, node: Any) -> list[KerasTensor]:
    names = [name for name in node.input[5:7] if name]
    if all(map(sketch.is_zero, names)):
        return []
    return [sketch.value(node, 5 + place, leads=[STATES]).tensor for place in range(len(names))]


def last_step(sketch: Sketch, node: Any, x: Given) -> Given | None:
    """The output of the last step of a sequence; None if the node takes something else."""
    index = sketch.constant(node, 1)
    is_last = index is not None and index.ndim == 0 and sketch.attribute(node, "axis", 0) == 1 and len(x.shape) == 3
    if not is_last or index not in (-1, (x.shape[1] or 0) - 1) or not _goes_forward(x.tensor):
        return None
    layer = _again(x.tensor.layer, return_sequences=False)
    tensor = layer(_inputs(x.tensor))
    layer.set_weights(x.tensor.layer.get_weights())
    return Given(tensor)


_MODES = {"Concat": "concat", "Add": "sum", "Mul": "mul"}


def both_directions(sketch: Sketch, node: Any, xs: list[Given]) -> Given:
    """What a layer gives that goes through a sequence from both ends, of the outputs of one for each."""
    forward, *others = (x.tensor for x in xs)
    backward = next(iter(others), forward)
    leads = [x.lead for x in xs]
    fits = leads == ["", REVERSED] and node.op_type in _MODES and sketch.attribute(node, "axis", 2) in (2, -1)
    if not fits or not _goes_forward(forward) or _inputs(forward) is not _inputs(backward):
        raise sketch.error(node, "works on steps of which the last one is first; expected both ways through a sequence")
    layer = layers.Bidirectional(_again(forward.layer), _MODES[node.op_type], backward_layer=_again(backward.layer))
    tensor = layer(_inputs(forward))
    layer.set_weights(forward.layer.get_weights() + backward.layer.get_weights())
    return Given(tensor)


def _goes_forward(tensor: KerasTensor) -> bool:
    """Whether these are the outputs of all steps, and nothing more, of a layer that begins with the first."""
    layer: Any = tensor.layer
    return type(layer) in _LAYERS.values() and not (layer.go_backwards or layer.return_state)


def _inputs(tensor: KerasTensor) -> Any:
    return tensor.node.arguments.inputs if tensor.node.arguments else None


def _again(layer: layers.RNN, **changes: Any) -> Any:
    """A new layer with the same arguments, but for these."""
    config = {**layer.get_config(), **changes}
    del config["name"]
    return type(layer).from_config(config)
