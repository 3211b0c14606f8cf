"""The base of layers that keep the shape of what they receive."""

from vitral.layers.layer import Layer
from vitral.typing import Shape


class Elementwise(Layer):
    """Base of layers whose output has the input's shape."""

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return input_shape
