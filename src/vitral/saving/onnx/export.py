"""Models out to ONNX."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import vitral
from vitral._files import atomic_write
from vitral.core.symbolic import KerasTensor
from vitral.errors import ConfigError
from vitral.layers import Layer
from vitral.layers.drawn import unfolded
from vitral.layers.graphs.graph_layer import GraphLayer
from vitral.models import Model
from vitral.saving.onnx.drawing import Drawing, Value
from vitral.saving.onnx.outward import can_draw, layers_of
from vitral.saving.onnx.outward.containers import through
from vitral.saving.onnx.package import IR_VERSION, OPSET, import_onnx

_LIMIT = 1 << 31
"""An ONNX file of one piece holds less than two gigabytes."""


def to_onnx(
    model: Model,
    filepath: str | Path,
    batch_size: int | None = None,
    overwrite: bool = True,
    opset_version: int | None = None,
) -> None:
    """Write what `predict` does to an `.onnx` file of opset 21, in one step, checked by onnx itself.

    Inputs and outputs keep their names and Vitral's order of axes, (batch, height, width, channels), in single
    precision. The batch is of any size unless `batch_size` fixes it.

    Raises ConfigError for another ending or opset, for a model that is not built, for an existing file without
    `overwrite`, and for layers or activations that have no ONNX form here, which are all named; MissingExtraError
    without the package onnx.
    """
    path = Path(filepath)
    if path.suffix != ".onnx":
        raise ConfigError(f"the file is called {path.name!r}; expected a name that ends in .onnx")
    if opset_version not in (None, OPSET):
        raise ConfigError(f"opset_version is {opset_version!r}; expected {OPSET}, the one that is written")
    if not overwrite and path.exists():
        raise ConfigError(f"{path} exists; give overwrite=True to replace it")
    if batch_size is not None and (isinstance(batch_size, bool) or not isinstance(batch_size, int) or batch_size < 1):
        raise ConfigError(f"batch_size is {batch_size!r}; expected a positive whole number, or None for any")
    if not model.built:
        raise ConfigError("a model that is not built has no weights to export: call model.build(shape) or fit first")
    if not model.inputs:
        raise ConfigError(f"{type(model).__name__} writes its passes itself; expected layers, or a call made of them")
    if sum(variable.size for variable in model.weights) * 4 > _LIMIT:
        raise ConfigError("the model has more than two gigabytes of weights, which one .onnx file cannot hold")
    onnx = import_onnx()
    unknown = dict.fromkeys(_described(layer) for layer in _layers(model) if not can_draw(layer))
    if unknown:
        raise ConfigError(f"to_onnx does not have {', '.join(unknown)}")
    content = _model(model, "batch" if batch_size is None else batch_size)
    onnx.checker.check_model(content, full_check=True)
    atomic_write(path, content.SerializeToString())


def _layers(model: Model | GraphLayer) -> Iterator[Layer]:
    for layer in layers_of(model):
        inner = unfolded(layer)
        if isinstance(inner, (Model, GraphLayer)) and inner.inputs:
            yield from _layers(inner)
        else:
            yield layer


def _described(layer: Layer) -> str:
    activation = getattr(layer, "activation", None)
    behind = "" if activation is None else f" with the activation {activation.name}"
    return f'"{layer.name}" ({type(layer).__name__}{behind})'


def _model(model: Model, batch: int | str) -> Any:
    drawing = Drawing()
    helper = drawing.onnx.helper
    given = [Value(tensor.shape, last=name) for tensor, name in zip(model.inputs, _names(model.inputs), strict=True)]
    made = through(drawing, model, [tensor.shape for tensor in model.outputs], *given)
    names = _names(model.outputs, taken=[str(value.last) for value in given])
    drawing.owner = "output"
    for value, name in zip(made, names, strict=True):
        drawing.nodes.append(helper.make_node("Identity", [drawing.last(value)], [name]))
    graph = drawing.graph(
        model.name,
        [(str(value.last), [batch, *value.shape[1:]]) for value in given],
        [(name, [batch, *value.shape[1:]]) for name, value in zip(names, made, strict=True)],
    )
    return helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="vitral",
        producer_version=vitral.__version__,
    )


def _names(tensors: list[KerasTensor], taken: Sequence[str] = ()) -> list[str]:
    """The name of the layer that makes each tensor, numbered where it would stand twice."""
    names: list[str] = []
    for tensor in tensors:
        stem = str(tensor.layer.name)
        number, name = 0, stem
        while name in names or name in taken:
            number += 1
            name = f"{stem}_{number}"
        names.append(name)
    return names
