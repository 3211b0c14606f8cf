"""How PyTorch arranges the weights of layers that work on sequences; importing this registers them."""

from typing import Any

import numpy as np

from vitral import layers
from vitral.core.variable import Variable
from vitral.errors import ConfigError
from vitral.layers import Layer
from vitral.saving.pytorch.layouts import Weights, layout, same, single
from vitral.typing import Array

_GATES: dict[type[Layer], list[int]] = {
    layers.SimpleRNNCell: [0],
    layers.LSTMCell: [0, 1, 2, 3],
    layers.GRUCell: [1, 0, 2],
}
"""PyTorch's order of our gates. The exchange of two is its own inverse."""


@layout(layers.RNN, layers.SimpleRNN, layers.LSTM, layers.GRU)
def _recurrent(layer: layers.RNN) -> list[Weights]:
    cells = layer.cell.cells if isinstance(layer.cell, layers.StackedRNNCells) else [layer.cell]
    return [weights for number, cell in enumerate(cells) for weights in _cell(layer, cell, f"l{number}")]


@layout(layers.Bidirectional)
def _bidirectional(layer: layers.Bidirectional) -> list[Weights]:
    backward = [
        weights._replace(names=tuple(f"{name}_reverse" for name in weights.names))
        for weights in _recurrent(layer.backward_layer)
    ]
    return _recurrent(layer.forward_layer) + backward


def _cell(layer: Layer, cell: Any, place: str) -> list[Weights]:
    if type(cell) not in _GATES:
        raise ConfigError(f'how PyTorch arranges the weights of "{layer.name}" ({type(cell).__name__}) is not known')
    if isinstance(cell, layers.GRUCell) and not cell.reset_after:
        raise ConfigError(f'layer "{layer.name}" has reset_after=False; expected True, as PyTorch has no other GRU')
    order = _GATES[type(cell)]

    def exchanged(value: Array) -> Array:
        """The gates, side by side along the first axis, in the other order."""
        return value.reshape(len(order), -1, *value.shape[1:])[order].reshape(value.shape)

    kernels = {f"weight_ih_{place}": cell.kernel, f"weight_hh_{place}": cell.recurrent_kernel}
    arranged = [
        single(name, kernel, lambda value: exchanged(value.T), lambda value: exchanged(value).T)
        for name, kernel in kernels.items()
    ]
    if cell.bias is not None:
        arranged.append(_two_biases(cell.bias, (f"bias_ih_{place}", f"bias_hh_{place}"), exchanged))
    return arranged


def _two_biases(bias: Variable, names: tuple[str, str], exchanged: Any) -> Weights:
    """PyTorch adds one bias to the input's share and one to the state's; most cells of ours have their sum."""
    if len(bias.shape) == 2:
        return Weights(
            names,
            (bias,),
            lambda value: [exchanged(row) for row in value],
            lambda *both: [np.stack([exchanged(row) for row in both])],
        )
    return Weights(
        names,
        (bias,),
        lambda value: [exchanged(value), np.zeros_like(value)],
        lambda one, other: [exchanged(one + other)],
    )


@layout(layers.MultiHeadAttention)
def _attention(layer: layers.MultiHeadAttention) -> list[Weights]:
    kernels, *biases = ([*variables] for variables in zip(*layer.projections.values(), strict=True))
    *inward, outward = kernels
    width = outward.shape[-1]
    if {inward[0].shape[0], layer.num_heads * layer.key_dim, layer.num_heads * layer.value_dim} != {width}:
        raise ConfigError(
            f'layer "{layer.name}" has {layer.num_heads} heads of {layer.key_dim} and {layer.value_dim} values, for a '
            f"query of {inward[0].shape[0]} and a result of {width}; expected the heads together as wide as both, as "
            "PyTorch has them"
        )
    if all(kernel.shape[0] == width for kernel in inward):
        arranged = [_stacked("in_proj_weight", inward)]
    else:
        arranged = [_stacked(f"{name}_proj_weight", [kernel]) for name, kernel in zip("qkv", inward, strict=True)]
    arranged += [_stacked("in_proj_bias", of_all[:-1]) for of_all in biases]
    shape = outward.shape
    arranged.append(
        single(
            "out_proj.weight", outward, lambda value: value.reshape(-1, width).T, lambda value: value.T.reshape(shape)
        )
    )
    return arranged + [weights for of_all in biases for weights in same(**{"out_proj.bias": of_all[-1]})]


def _stacked(name: str, variables: list[Variable]) -> Weights:
    """Projections (inputs, heads, values) as matrices (heads x values, inputs), or their biases, one upon the other."""
    shapes = [variable.shape for variable in variables]

    def to_torch(*values: Array) -> list[Array]:
        return [np.concatenate([value.reshape(*value.shape[:-2], -1).T for value in values])]

    def from_torch(value: Array) -> list[Array]:
        parts = np.split(value, len(shapes))
        return [part.T.reshape(shape) for part, shape in zip(parts, shapes, strict=True)]

    return Weights((name,), tuple(variables), to_torch, from_torch)
