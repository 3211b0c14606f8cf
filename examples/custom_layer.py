"""A layer of one's own: a learned scale and shift for every feature.

A layer is its forward formula and the derivative of it; everything else comes from the base class.
"""

import numpy as np

import vitral as keras
from vitral import layers
from vitral.typing import Array, Shape


class ScaleAndShift(layers.Layer):
    """y = scale * x + shift, one scale and one shift a feature. x, y (batch, features)."""

    input_rank = 2

    def build(self, input_shape: Shape) -> None:
        """Start as the identity."""
        features = int(input_shape[-1] or 0)
        self.scale = self.add_weight(name="scale", shape=(features,), initializer="ones")
        self.shift = self.add_weight(name="shift", shape=(features,), initializer="zeros")

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Array]:
        """The input is all that the derivative needs, so it is the cache."""
        return self.scale.value * x + self.shift.value, x

    def backward(self, dy: Array, cache: Array) -> Array:
        """dscale = sum dy x, dshift = sum dy, dx = scale dy."""
        self.scale.add_grad((dy * cache).sum(axis=0))
        self.shift.add_grad(dy.sum(axis=0))
        return self.scale.value * dy


def main() -> None:
    """Learn y = 3 x - 1, which the layer can do exactly."""
    x = np.linspace(-1, 1, 200, dtype=np.float32)[:, None]
    model = keras.Sequential([layers.Input(shape=(1,)), ScaleAndShift(name="line")])
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse")
    model.fit(x, 3 * x - 1, epochs=60, verbose=0)
    scale, shift = (float(weight[0]) for weight in model.get_weights())
    print(f"y = {scale:.3f} x + {shift:.3f}")


if __name__ == "__main__":
    main()
