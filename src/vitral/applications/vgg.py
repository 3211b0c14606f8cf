"""Small convolutions, two by two."""

from collections.abc import Sequence
from typing import Any

from vitral import layers
from vitral.models.functional import Functional


def SmallVGG(  # noqa: N802  a network's name
    input_shape: Sequence[int] = (32, 32, 3),
    classes: int = 10,
    *,
    filters: Sequence[int] = (32, 64, 128),
    units: int = 128,
    dropout: float = 0.0,
    classifier_activation: Any = "softmax",
    name: str = "small_vgg",
) -> Functional:
    """A small network in the style of VGG (Simonyan and Zisserman, "Very deep convolutional networks", ICLR 2015).

    Images of `input_shape`, (height, width, channels), to (batch, classes). For each number in `filters` there are two
    3x3 convolutions with so many filters and a pooling that halves the image; then a dense layer of `units`. `dropout`
    is the share left out after every pooling and after the dense layer.

    Returns a functional model, not compiled. Raises ShapeError if the image is too small for so many poolings.

    >>> SmallVGG().count_params()
    550570
    """
    image = x = layers.Input(tuple(input_shape))
    for block, count in enumerate(filters, 1):
        for number in (1, 2):
            x = layers.Conv2D(
                count,
                3,
                padding="same",
                activation="relu",
                kernel_initializer="he_uniform",
                name=f"block{block}_conv{number}",
            )(x)
        x = layers.MaxPooling2D(name=f"block{block}_pool")(x)
        x = layers.Dropout(dropout, name=f"block{block}_dropout")(x) if dropout else x
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dense(units, activation="relu", kernel_initializer="he_uniform", name="fc")(x)
    x = layers.Dropout(dropout, name="fc_dropout")(x) if dropout else x
    return Functional(image, layers.Dense(classes, activation=classifier_activation, name="classes")(x), name=name)
