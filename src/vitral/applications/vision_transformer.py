"""A small vision transformer."""

from collections.abc import Sequence
from typing import Any

from vitral import layers
from vitral.errors import ConfigError, ShapeError
from vitral.models.functional import Functional


def TinyViT(  # noqa: N802  a network's name
    input_shape: Sequence[int],
    classes: int,
    *,
    patch_size: int = 4,
    width: int = 64,
    depth: int = 4,
    heads: int = 4,
    mlp_width: int = 128,
    dropout: float = 0.1,
    classifier_activation: Any = "softmax",
    name: str = "tiny_vit",
) -> Functional:
    """A vision transformer for small images (Dosovitskiy et al., "An image is worth 16x16 words", ICLR 2021).

    Images of `input_shape`, (height, width, channels), are cut into squares of `patch_size` pixels; each becomes a
    vector of `width` values and is told its place. In `depth` blocks every square looks at all others with `heads`
    heads, and goes through a dense layer of `mlp_width` units. The mean over all squares is classified: (batch,
    classes). Normalization comes before each part, as in the paper; the mean takes the place of its class token.

    Returns a functional model, not compiled. Raises ShapeError unless the squares fill the image, ConfigError unless
    the heads share the width evenly.

    >>> TinyViT((32, 32, 3), 10).count_params()
    141898
    """
    rows, columns = input_shape[0] // patch_size, input_shape[1] // patch_size
    if (rows * patch_size, columns * patch_size) != tuple(input_shape[:2]) or rows * columns == 0:
        raise ShapeError(
            f"TinyViT: images of {input_shape[0]}x{input_shape[1]} pixels are not filled by squares of {patch_size}; "
            "expected a patch_size that divides both sides"
        )
    if width % heads:
        raise ConfigError(f"TinyViT: width is {width} and heads is {heads}; expected a width that heads divides")
    image = layers.Input(tuple(input_shape))
    x = layers.Conv2D(width, patch_size, strides=patch_size, name="patches")(image)
    x = layers.Reshape((rows * columns, width), name="sequence")(x)
    x = layers.PositionEmbedding(name="places")(x)
    x = layers.Dropout(dropout)(x)
    for block in range(depth):
        h = layers.LayerNormalization(epsilon=1e-6, name=f"block{block}_norm1")(x)
        h = layers.MultiHeadAttention(heads, width // heads, dropout=dropout, name=f"block{block}_attention")(h, h)
        x = layers.Add(name=f"block{block}_add1")([x, h])
        h = layers.LayerNormalization(epsilon=1e-6, name=f"block{block}_norm2")(x)
        h = layers.Dense(mlp_width, activation="gelu", name=f"block{block}_mlp1")(h)
        h = layers.Dropout(dropout)(h)
        h = layers.Dense(width, name=f"block{block}_mlp2")(h)
        x = layers.Add(name=f"block{block}_add2")([x, h])
    x = layers.LayerNormalization(epsilon=1e-6, name="norm")(x)
    x = layers.Reshape((rows, columns, width), name="map")(x)
    x = layers.GlobalAveragePooling2D(name="mean")(x)
    x = layers.Dense(classes, activation=classifier_activation, name="classes")(x)
    return Functional(image, x, name=name)
