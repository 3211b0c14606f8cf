"""A layer whose kernel is kept at a largest singular value of 1."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from vitral import initializers
from vitral.core.variable import Variable
from vitral.errors import ConfigError
from vitral.layers.arguments import positive
from vitral.layers.layer import registry
from vitral.layers.wrapper import Wrapper
from vitral.typing import Array, Cache, Config, Shape


@registry.register()
class SpectralNormalization(Wrapper):
    """A layer whose kernel is divided by its largest singular value at the beginning of each pass of a training.

    The kernel is the layer's `kernel` or `embeddings`, as a matrix (..., last axis). The singular value is estimated by
    `power_iterations` steps of the power method from the vector of the pass before (Miyato et al., "Spectral
    normalization for generative adversarial networks", ICLR 2018). As in Keras on TensorFlow and PyTorch, the kernel is
    overwritten, so that passes outside training have the normalized one; each pass goes back through the kernel that
    it worked with. Raises ConfigError for a layer without a kernel and unless `power_iterations` is a positive whole
    number.

    >>> from vitral.layers import Dense
    >>> layer = SpectralNormalization(Dense(2, kernel_initializer="ones"), power_iterations=3)
    >>> layer(np.array([[1.0, 0.0]]), training=True).round(3)  # the matrix of ones has the singular value 2
    array([[0.5, 0.5]])
    """

    def __init__(self, layer: Any, power_iterations: int = 1, **options: Any) -> None:
        super().__init__(layer, **options)
        self.power_iterations = positive(power_iterations, "power_iterations", "SpectralNormalization")

    def build(self, input_shape: Shape) -> None:
        super().build(input_shape)
        kernel = getattr(self.layer, "kernel", getattr(self.layer, "embeddings", None))
        if not isinstance(kernel, Variable):
            raise ConfigError(
                f"SpectralNormalization: layer is a {type(self.layer).__name__}; "
                "expected one with a kernel or embeddings"
            )
        self.kernel = kernel
        self.vector_u = self.add_weight(
            name="vector_u",
            shape=(1, kernel.shape[-1]),
            initializer=initializers.TruncatedNormal(stddev=0.02),
            trainable=False,
        )

    @property
    def weights(self) -> list[Variable]:
        if not self.built:
            return []
        others = [variable for variable in self.layer.weights if variable is not self.kernel]
        return [self.kernel, self.vector_u, *others]

    def storage(self) -> dict[str, list[Variable]]:
        return {**super().storage(), "": [self.kernel, self.vector_u]}

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        if not training or not self.kernel.value.any():
            y, cache = self.layer.forward(x, training)
            return y, (self.kernel.value, cache)
        self._normalize()
        # A copy, as the next pass overwrites the kernel, perhaps before this one goes back.
        kernel = self.kernel.numpy()
        with _holding(self.kernel, kernel):
            y, cache = self.layer.forward(x, training)
        return y, (kernel, cache)

    def _normalize(self) -> None:
        matrix = self.kernel.value.reshape(-1, self.kernel.shape[-1])
        u = self.vector_u.value
        for _ in range(self.power_iterations):
            v = _unit(u @ matrix.T)
            u = _unit(v @ matrix)
        self.vector_u.assign(u)
        self.kernel.assign(self.kernel.value / (v @ matrix @ u.T))

    def backward(self, dy: Array, cache: Cache) -> Array:
        kernel, inner = cache
        with _holding(self.kernel, kernel):
            dx: Array = self.layer.backward(dy, inner)
        return dx

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        shape: Shape = self.layer.compute_output_shape(input_shape)
        return shape

    def multiply_adds(self, input_shape: Shape) -> int:
        return self.layer.multiply_adds(input_shape)

    def get_config(self) -> Config:
        return {**super().get_config(), "power_iterations": self.power_iterations}


@contextmanager
def _holding(variable: Variable, value: Array) -> Iterator[None]:
    """Let the variable have this array for its value meanwhile."""
    own, variable.value = variable.value, value
    try:
        yield
    finally:
        variable.value = own


def _unit(vector: Array) -> Array:
    unit: Array = vector / max(np.linalg.norm(vector), vector.dtype.type(1e-12))
    return unit
