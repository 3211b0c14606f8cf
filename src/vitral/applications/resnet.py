"""Residual networks for small images."""

from collections.abc import Sequence
from typing import Any

from vitral import layers
from vitral.core.symbolic import KerasTensor
from vitral.models.functional import Functional


def ResNet20(  # noqa: N802  a network's name
    input_shape: Sequence[int] = (32, 32, 3),
    classes: int = 10,
    *,
    classifier_activation: Any = "softmax",
    name: str = "resnet20",
) -> Functional:
    """ResNet-20 for CIFAR (He, Zhang, Ren and Sun, "Deep residual learning for image recognition", CVPR 2016, 4.2).

    Images of `input_shape`, (height, width, channels), to (batch, classes). A convolution, then three stages of three
    blocks with 16, 32 and 64 filters; a stage halves the image. Where the shape changes, the way around a block is a
    1x1 convolution, option B of the paper; with its option A, zeros for new channels, there are 2,752 weights less.

    Returns a functional model, not compiled. The paper trains it by SGD(0.1, momentum=0.9) with a decay of the weights
    by 0.0001, a tenth of the rate after 32,000 and 48,000 batches of 128, shifted and flipped images.

    >>> model = ResNet20()
    >>> sum(variable.size for variable in model.trainable_weights)
    272474
    """
    image = layers.Input(tuple(input_shape))
    x = _convolution(image, 16, 3, 1, "stem")
    x = layers.ReLU(name="stem_relu")(x)
    for stage, filters in enumerate((16, 32, 64), 1):
        for block in (1, 2, 3):
            x = _block(x, filters, 2 if block == 1 and stage > 1 else 1, f"stage{stage}_block{block}")
    x = layers.GlobalAveragePooling2D(name="mean")(x)
    x = layers.Dense(classes, activation=classifier_activation, kernel_initializer="he_normal", name="classes")(x)
    return Functional(image, x, name=name)


def _block(x: KerasTensor, filters: int, strides: int, name: str) -> Any:
    """Two convolutions, and a way around them."""
    around = x if strides == 1 else _convolution(x, filters, 1, strides, f"{name}_around")
    x = _convolution(x, filters, 3, strides, f"{name}_conv1")
    x = layers.ReLU(name=f"{name}_relu1")(x)
    x = _convolution(x, filters, 3, 1, f"{name}_conv2")
    return layers.ReLU(name=f"{name}_relu2")(layers.Add(name=f"{name}_add")([x, around]))


def _convolution(x: KerasTensor, filters: int, size: int, strides: int, name: str) -> Any:
    """A convolution and the normalization behind it, which makes a bias pointless."""
    x = layers.Conv2D(
        filters, size, strides, padding="same", use_bias=False, kernel_initializer="he_normal", name=name
    )(x)
    return layers.BatchNormalization(name=f"{name}_norm")(x)
