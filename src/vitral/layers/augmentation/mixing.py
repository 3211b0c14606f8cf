"""Images and their labels mixed with those of another image of the batch."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from vitral import ops
from vitral.core.configurable import is_number
from vitral.core.targets import as_float
from vitral.errors import ConfigError
from vitral.layers.arguments import bounds
from vitral.layers.augmentation.augmentation import Augmentation
from vitral.layers.augmentation.boxes import inside_boxes, random_spans
from vitral.layers.layer import registry
from vitral.typing import Array, Cache, Config


class Mixture(NamedTuple):
    """Each image's partner (n,), and the share that it keeps of itself: of its pixels and of its label (n,)."""

    partner: Array
    pixel_share: Array
    """(n, 1, 1, 1), or (n, height, width, 1)."""
    label_share: Array


class MixingAugmentation(Augmentation):
    """Base of layers that mix images with each other; a subclass draws the mixture.

    In a model that is trained, the targets of the batch are mixed in the same way before the loss is taken, so that
    such a layer can stand at the front of any network. Keras mixes labels only in a dictionary
    {"images": ..., "labels": ...}, which is understood as well. Labels are one row of class probabilities for each
    image; raises ConfigError for class numbers. With sample weights or class weights, each label in a mixture counts
    with the weight of the image that it came from.
    """

    def draw(self, shape: tuple[int, ...], random: np.random.Generator) -> Mixture:
        raise NotImplementedError(f"{type(self).__name__} has no draw")

    def transform(self, x: Array, choice: Mixture) -> tuple[Array, Cache]:
        y, cache = ops.blend(x, partner=choice.partner, share=choice.pixel_share)
        return y, (choice, cache)

    def transform_backward(self, dy: Array, cache: Cache) -> Array:
        return ops.blend_backward(dy, cache[1])

    def mixed_targets(self, targets: Array, cache: Cache) -> Array:
        return targets if cache is None else self._mix_labels(targets, cache[0])

    def forward_pair(self, images: Array, labels: Array | None, training: bool) -> tuple[Array, Array | None]:
        images, cache = self.forward(images, training)
        return images, (None if labels is None else self.mixed_targets(labels, cache))

    def _mix_labels(self, labels: Array, choice: Mixture) -> Array:
        is_numbers = labels.ndim == 2 and labels.shape[1] == 1 and labels.dtype.kind != "f"
        if labels.ndim != 2 or is_numbers:
            raise ConfigError(
                f'layer "{self.name}" ({type(self).__name__}) received labels of shape {labels.shape}; expected '
                "one row of class probabilities for each image, as keras.utils.to_categorical gives it"
            )
        mixed: Array = ops.blend(as_float(labels), partner=choice.partner, share=choice.label_share[:, np.newaxis])[0]
        return mixed


@registry.register()
class MixUp(MixingAugmentation):
    """While training, x = share x + (1 - share) x', where x' is another image of the batch, and labels likewise.

    Each image's share is drawn from Beta(alpha, alpha): a small `alpha` seldom mixes by halves (Zhang et al., "mixup:
    Beyond empirical risk minimization", ICLR 2018). Raises ConfigError unless alpha is above 0.

    >>> images, labels = np.arange(2.0).reshape(2, 1, 1, 1), np.eye(2)
    >>> result = MixUp(alpha=1.0, seed=2)({"images": images, "labels": labels}, training=True)
    >>> result["images"].ravel().round(2), result["labels"].round(2)
    (array([0.17, 0.7 ]), array([[0.83, 0.17],
           [0.3 , 0.7 ]]))
    """

    def __init__(
        self, alpha: float = 0.2, data_format: str | None = None, seed: int | None = None, **options: Any
    ) -> None:
        super().__init__(seed, data_format, **options)
        if not (is_number(alpha) and alpha > 0):
            raise ConfigError(f"MixUp: alpha is {alpha!r}; expected a number above 0")
        self.alpha = alpha

    def draw(self, shape: tuple[int, ...], random: np.random.Generator) -> Mixture:
        count = shape[0]
        share = random.beta(self.alpha, self.alpha, count)
        return Mixture(random.permutation(count), share[:, np.newaxis, np.newaxis, np.newaxis], share)

    def get_config(self) -> Config:
        return {**super().get_config(), "alpha": self.alpha}


@registry.register()
class CutMix(MixingAugmentation):
    """While training, a box of each image is replaced by that part of another image; labels are mixed by its area.

    The share that is kept is drawn from Beta(a, a), with a drawn from `factor` for each batch: one number f stands for
    0 to f, a pair for those between its two numbers, from 0 to 1 (Yun et al., "CutMix", ICCV 2019). Raises
    ConfigError for numbers out of range.

    >>> images, labels = np.repeat(np.arange(2.0), 16).reshape(2, 4, 4, 1), np.eye(2)
    >>> result = CutMix(seed=2)({"images": images, "labels": labels}, training=True)
    >>> result["images"][0, :, :, 0]
    array([[0., 0., 0., 0.],
           [0., 0., 0., 0.],
           [0., 1., 1., 1.],
           [0., 1., 1., 1.]])
    >>> result["labels"][0].round(2)  # 6 of 16 pixels; the box is not rounded to pixels
    array([0.59, 0.41])
    """

    def __init__(
        self,
        factor: float | Sequence[float] = 1.0,
        seed: int | None = None,
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(seed, data_format, **options)
        self.factor = bounds(factor, "factor", "CutMix", 0, 1)

    def draw(self, shape: tuple[int, ...], random: np.random.Generator) -> Mixture:
        count, height, width, _ = shape
        alpha = random.uniform(*self.factor) + 1e-6
        side = np.sqrt(1 - random.beta(alpha, alpha, count))
        columns = random_spans(random, width, side)
        rows = random_spans(random, height, side)
        kept = ~inside_boxes(shape, rows, columns)
        area = (columns[1] - columns[0]) * (rows[1] - rows[0]) / (height * width)
        return Mixture(random.permutation(count), kept[..., np.newaxis], 1 - area)

    def get_config(self) -> Config:
        return {**super().get_config(), "factor": self.factor}
