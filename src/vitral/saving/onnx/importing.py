"""Models in from ONNX."""

from pathlib import Path
from typing import Any

from vitral.core.limits import variables_limited_to
from vitral.errors import ModelFileError, VitralError
from vitral.layers import Input
from vitral.models import Model
from vitral.models.functional import Functional
from vitral.saving.onnx.inward import TAKEN
from vitral.saving.onnx.package import import_onnx
from vitral.saving.onnx.reading import read_onnx
from vitral.saving.onnx.sketch import Given, Sketch

_OF_SIZES = ("Shape", "ConstantOfShape")
_ENTRY_BY_ENTRY = ("Add", "Sub", "Mul", "Div", "Identity", "Clip")


def from_onnx(filepath: str | Path, channels_last: bool | None = None) -> Model:
    """The image classifier in an `.onnx` file as a model of Vitral's layers, with its weights, not compiled.

    The model takes images as (batch, height, width, channels), also where the file has (batch, channels, height,
    width), and gives them so. Which of the two the file has is seen from what is done to its inputs, unless
    `channels_last` says so. Raises ModelFileError, in one line, if the file is damaged, or has nodes that no layer of
    Vitral does, which are all named; MissingExtraError without the package onnx.
    """
    path = Path(filepath)
    content = read_onnx(path)
    graph = content.graph
    unknown = {node.op_type for node in graph.node} - {*TAKEN, *_OF_SIZES, "Constant"}
    foreign = {node.domain for node in graph.node} - {"", "ai.onnx"}
    if unknown or foreign:
        names = sorted(unknown) + [f"those of {domain}" for domain in sorted(foreign)]
        raise ModelFileError(f"{path}: has nodes that Vitral has no layers for: {', '.join(names)}")
    try:
        sketch = Sketch(import_onnx(), graph)
        with variables_limited_to(sum(_size(tensor) for tensor in graph.initializer)):
            return _model(sketch, graph, content.producer_name == "vitral" if channels_last is None else channels_last)
    except VitralError as error:
        raise ModelFileError(f"{path}: {error}") from None
    except (AssertionError, KeyError, IndexError, TypeError, ValueError) as error:
        raise ModelFileError(f"{path}: is no graph that makes sense ({error!r})") from None


def _size(tensor: Any) -> int:
    size = 1
    for axis in tensor.dims:
        size *= axis
    return size


def _model(sketch: Sketch, graph: Any, channels_last: bool) -> Model:
    inputs = []
    for port in graph.input:
        if port.name not in sketch.constants:
            given = _input(sketch, port, channels_last)
            sketch.values[port.name] = given
            inputs.append(given.tensor)
    for node in graph.node:
        if node.op_type == "Constant":
            value = sketch.attribute(node, "value")
            if value is None:
                raise sketch.error(node, "has no tensor as its value")
            sketch.constants[node.output[0]] = value
        elif not sketch.note_sizes(node) and node.output[0] not in sketch.done:
            sketch.values[node.output[0]] = TAKEN[node.op_type](sketch, node)
    outputs = []
    for port in graph.output:
        given = sketch.values[port.name]
        if given.order is not None or given.lead:
            kind = given.lead or "a flattened image"
            raise ModelFileError(f"the output {port.name!r} is {kind}; expected weights behind it")
        outputs.append(given.tensor)
    return Functional(inputs if len(inputs) > 1 else inputs[0], outputs if len(outputs) > 1 else outputs[0])


def _input(sketch: Sketch, port: Any, channels_last: bool) -> Given:
    """The Input for an input of the graph."""
    axes = port.type.tensor_type.shape.dim
    sizes = [axis.dim_value if axis.dim_value > 0 else None for axis in axes[1:]]
    if None in sizes or not sizes:
        raise ModelFileError(f"the input {port.name!r} has axes of unknown size; expected all but the batch known")
    if len(sizes) != 3 or channels_last or _has_channels_last(sketch, port.name):
        return Given(Input(sizes))
    channels, height, width = sizes
    return Given(Input((height, width, channels)), first=True)


def _has_channels_last(sketch: Sketch, name: str) -> bool:
    """Whether an image is turned before anything looks at it as an image."""
    waiting = [name]
    while waiting:
        for user in sketch.users[waiting.pop()]:
            if user.op_type == "Transpose":
                return bool(sketch.attribute(user, "perm") == [0, 3, 1, 2])
            if user.op_type in _ENTRY_BY_ENTRY:
                waiting += user.output
    return False
