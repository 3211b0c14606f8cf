"""Learned vectors for whole numbers, and for places."""

from typing import Any

import numpy as np

from vitral import constraints, initializers, ops, regularizers
from vitral.errors import ConfigError, DataError, ShapeError
from vitral.layers.activated import serialize_regularizer
from vitral.layers.arguments import positive
from vitral.layers.elementwise import Elementwise
from vitral.layers.layer import Layer, registry
from vitral.typing import Array, Cache, Config, Shape


@registry.register()
class Embedding(Layer):
    """A learned vector for each of the numbers 0 to input_dim - 1: (batch, ...) becomes (batch, ..., output_dim).

    Whole numbers have no gradient, so what `backward` returns is zero. Raises ConfigError for `mask_zero` and
    `weights`, DataError for anything but whole numbers below `input_dim`.

    >>> layer = Embedding(10, 2, embeddings_initializer="ones")
    >>> layer(np.array([[1, 9]]))
    array([[[1., 1.],
            [1., 1.]]], dtype=float32)
    """

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        weights: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.input_dim = positive(input_dim, "input_dim", "Embedding")
        self.output_dim = positive(output_dim, "output_dim", "Embedding")
        self.embeddings_initializer = initializers.get(embeddings_initializer)
        self.embeddings_regularizer = regularizers.get(embeddings_regularizer)
        self.embeddings_constraint = constraints.get(embeddings_constraint)
        if mask_zero:
            raise ConfigError("Embedding: mask_zero is True; expected False, as there are no masks")
        if weights is not None:
            raise ConfigError("Embedding: weights is given; expected None: call set_weights once it is built")

    def build(self, input_shape: Shape) -> None:
        self.embeddings = self.add_weight(
            name="embeddings",
            shape=(self.input_dim, self.output_dim),
            initializer=self.embeddings_initializer,
            regularizer=self.embeddings_regularizer,
            constraint=self.embeddings_constraint,
        )

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        rows = x.astype(np.intp)
        wrong = (rows != x) | (rows < 0) | (rows >= self.input_dim)
        if wrong.any():
            raise DataError(
                f'layer "{self.name}" (Embedding) received {x[wrong][0]}; '
                f"expected whole numbers from 0 to {self.input_dim - 1}"
            )
        y, cache = ops.lookup(self.embeddings.value, rows=rows)
        return y, (cache, x.shape)

    def backward(self, dy: Array, cache: Cache) -> Array:
        looked_up, shape = cache
        self.embeddings.take_grad(ops.lookup_backward(dy, looked_up))
        return np.zeros(shape, dy.dtype)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return (*input_shape, self.output_dim)

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "input_dim": self.input_dim,
            "output_dim": self.output_dim,
            "embeddings_initializer": initializers.serialize(self.embeddings_initializer),
            "embeddings_regularizer": serialize_regularizer(self.embeddings_regularizer),
            "embeddings_constraint": constraints.serialize(self.embeddings_constraint),
            "mask_zero": False,
        }


@registry.register()
class PositionEmbedding(Elementwise):
    """y = x + e: a learned vector for every place of a sequence, as an Embedding of 0, 1, 2 ... would give it.

    Input and output (batch, places, width). Not a layer of Keras itself; named as in KerasHub. Raises ShapeError if the
    number of places is not known.

    >>> PositionEmbedding(initializer="ones")(np.zeros((1, 2, 2))).tolist()
    [[[1.0, 1.0], [1.0, 1.0]]]
    """

    input_rank = 3

    def __init__(self, initializer: Any = "glorot_uniform", **options: Any) -> None:
        super().__init__(**options)
        self.initializer = initializers.get(initializer)

    def build(self, input_shape: Shape) -> None:
        places, width = input_shape[1:]
        if places is None or width is None:
            raise ShapeError(
                f'layer "{self.name}" (PositionEmbedding) received an input of shape {input_shape}; '
                "expected known places and width"
            )
        self.embeddings = self.add_weight(name="embeddings", shape=(places, width), initializer=self.initializer)

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        return x + self.embeddings.value, None

    def backward(self, dy: Array, cache: Cache) -> Array:
        self.embeddings.take_grad(dy.sum(axis=0))
        return dy

    def get_config(self) -> Config:
        return {**super().get_config(), "initializer": initializers.serialize(self.initializer)}
