"""What ONNX calls recurrent layers, and how it orders their gates; both ways need it."""

from typing import Any

from vitral import layers
from vitral.layers import Layer

OPERATORS: dict[type[Layer], str] = {
    layers.SimpleRNNCell: "RNN",
    layers.GRUCell: "GRU",
    layers.LSTMCell: "LSTM",
}
"""The operator for a cell."""

GATES = {"RNN": [0], "GRU": [0, 1, 2], "LSTM": [0, 3, 1, 2]}
"""The gates of an operator by their places in the cell."""

Constants = dict[str, float]

ACTIVATIONS: dict[str, tuple[str, Constants]] = {
    "linear": ("Affine", {"alpha": 1.0, "beta": 0.0}),
    "relu": ("Relu", {}),
    "leaky_relu": ("LeakyRelu", {"alpha": 0.2}),
    "elu": ("Elu", {"alpha": 1.0}),
    "tanh": ("Tanh", {}),
    "sigmoid": ("Sigmoid", {}),
    "hard_sigmoid": ("HardSigmoid", {"alpha": 1 / 6, "beta": 0.5}),
    "softsign": ("Softsign", {}),
    "softplus": ("Softplus", {}),
}
"""The activations that these operators have, by their Keras names, with their constants."""

USUAL = {"RNN": ["Tanh"], "GRU": ["Sigmoid", "Tanh"], "LSTM": ["Sigmoid", "Tanh", "Tanh"]}
"""The activations of an operator that names none."""


def activations_of(cell: Any) -> list[Any]:
    """The activations of a cell in the order in which its operator has them."""
    if isinstance(cell, layers.SimpleRNNCell):
        return [cell.activation]
    gates_and_candidate = [cell.recurrent_activation, cell.activation]
    return [*gates_and_candidate, cell.activation] if isinstance(cell, layers.LSTMCell) else gates_and_candidate
