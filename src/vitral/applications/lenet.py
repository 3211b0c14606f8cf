"""The network that read postal codes."""

from collections.abc import Sequence
from typing import Any

from vitral import layers
from vitral.models.functional import Functional


def LeNet5(  # noqa: N802  a network's name
    input_shape: Sequence[int] = (28, 28, 1),
    classes: int = 10,
    *,
    activation: Any = "tanh",
    classifier_activation: Any = "softmax",
    name: str = "lenet5",
) -> Functional:
    """LeNet-5 (LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition", 1998).

    Images of `input_shape`, (height, width, channels), to (batch, classes). Images smaller than 32x32 get a border of
    zeros, as the paper gave the digits. As everywhere today, every filter of the second convolution sees all six maps,
    the means of the poolings have no weights, and the classes come from a dense layer.

    Returns a functional model, not compiled.

    >>> LeNet5().count_params()
    61706
    """
    image = layers.Input(tuple(input_shape))
    border = "same" if min(input_shape[:2]) < 32 else "valid"
    x = layers.Conv2D(6, 5, padding=border, activation=activation, name="c1")(image)
    x = layers.AveragePooling2D(name="s2")(x)
    x = layers.Conv2D(16, 5, activation=activation, name="c3")(x)
    x = layers.AveragePooling2D(name="s4")(x)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dense(120, activation=activation, name="c5")(x)
    x = layers.Dense(84, activation=activation, name="f6")(x)
    return Functional(image, layers.Dense(classes, activation=classifier_activation, name="classes")(x), name=name)
