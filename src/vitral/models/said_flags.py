"""Which of the flags `training` in a described model somebody has set."""

from vitral.layers import (
    BatchNormalization,
    Bidirectional,
    Dense,
    EinsumDense,
    Layer,
    MultiHeadAttention,
    TimeDistributed,
)
from vitral.layers.augmentation.image_layer import ImageLayer
from vitral.training.network import Network

_WITHOUT_DEFAULT = (
    BatchNormalization,
    Bidirectional,
    Dense,
    EinsumDense,
    MultiHeadAttention,
    Network,
    TimeDistributed,
)


def is_default(layer: Layer, training: bool | None) -> bool:
    """Whether Keras describes a call of the layer with this flag although nobody has said so.

    Keras 3 writes down what its `call` takes in place of a flag that is not given: True where images are prepared, None
    for a few layers and for models, the default of a `call` that the user writes, and False elsewhere, dropout and
    recurrent layers among them. It has no effect there, as `fit` and `predict` put their own flag in its place.

    >>> from vitral.layers import Dropout
    >>> is_default(Dropout(0.5), False), is_default(Dropout(0.5), True), is_default(BatchNormalization(), False)
    (True, False, False)
    """
    if layer.draws:
        return training is not None and training is layer.drawing.training_by_default
    if isinstance(layer, ImageLayer):
        return training is True
    return training is False and not isinstance(layer, _WITHOUT_DEFAULT)
