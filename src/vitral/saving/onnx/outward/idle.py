"""Layers that do nothing outside training, or only pass on what their activation changes."""

from vitral import layers
from vitral.layers import Layer
from vitral.layers.augmentation.augmentation import Augmentation
from vitral.saving.onnx.drawing import Drawing, Value
from vitral.saving.onnx.outward.registry import DRAWN
from vitral.typing import Shape


def unchanged(drawing: Drawing, layer: Layer, shape: Shape, x: Value) -> Value:
    """The value as it is."""
    return x


for _class in (
    layers.InputLayer,
    layers.Identity,
    layers.ActivityRegularization,
    layers.Dropout,
    layers.SpatialDropout2D,
    layers.AlphaDropout,
    layers.GaussianDropout,
    layers.GaussianNoise,
    layers.Activation,
    layers.Softmax,
):
    DRAWN[_class] = unchanged
for _class in vars(layers).values():
    # Of those that change images at random, some cut even outside training, in a forward of their own.
    if isinstance(_class, type) and issubclass(_class, Augmentation) and "forward" not in vars(_class):
        DRAWN[_class] = unchanged
