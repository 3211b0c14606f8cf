"""Images mixed with versions of themselves that went through several augmentations."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from vitral import ops
from vitral.core.configurable import is_number
from vitral.errors import ConfigError
from vitral.layers.arguments import bounds, positive
from vitral.layers.augmentation.ranged import RangedAugmentation, each_image
from vitral.layers.augmentation.selection import Selection, Selector
from vitral.layers.layer import registry
from vitral.typing import Array, Cache, Config, Shape


class Chains(NamedTuple):
    """What each image keeps of itself (n,), the shares of the chains in the rest (chains, n), and their steps."""

    kept: Array
    shares: Array
    steps: list[list[Selection]]


@registry.register()
class AugMix(RangedAugmentation):
    """While training, each image is mixed with `num_chains` augmented versions of itself, and cut to `value_range`.

    Each chain has `chain_depth` steps; a step is one of the augmentations below, drawn for each image, or nothing. The
    chains' shares are drawn from Dirichlet(alpha), what the image keeps of itself from Beta(alpha, alpha) (Hendrycks et
    al., "AugMix", ICLR 2020). Keras 3.15 draws all of this once for the whole batch.

    The augmentations are RandomShear, RandomTranslation, RandomRotation, RandomPosterization, Solarization,
    AutoContrast and Equalization, and with `all_ops` RandomBrightness, RandomColorDegeneration, RandomContrast and
    RandomSharpness, of the strength `factor`: a pair, or one number f for (0, f), from 0 to 1. Input (batch, height,
    width, channels) in `value_range`, with 3 channels or 1 for `all_ops`; `interpolation` is "bilinear" or "nearest".
    Raises ConfigError for arguments out of range, ShapeError for other channels.

    >>> images = np.arange(48.0).reshape(1, 4, 4, 3)
    >>> AugMix(seed=1)(images).shape, bool((AugMix()(images, training=False) == images).all())
    ((1, 4, 4, 3), True)
    """

    def __init__(
        self,
        value_range: Sequence[float] = (0, 255),
        num_chains: int = 3,
        chain_depth: int = 3,
        factor: float | Sequence[float] = 0.3,
        alpha: float = 1.0,
        all_ops: bool = True,
        interpolation: str = "bilinear",
        seed: int | None = None,
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(value_range, seed, data_format, **options)
        if not (is_number(alpha) and alpha > 0):
            raise ConfigError(f"AugMix: alpha is {alpha!r}; expected a number above 0")
        self.num_chains = positive(num_chains, "num_chains", "AugMix")
        self.chain_depth = positive(chain_depth, "chain_depth", "AugMix")
        self.factor = bounds(factor, "factor", "AugMix", 0, 1)
        self.alpha = alpha
        self.all_ops = all_ops
        self.interpolation = interpolation
        self._selector = Selector(self.factor, self.value_range, interpolation, all_ops, f"{self.name}_step")

    def build(self, input_shape: Shape) -> None:
        self._selector.build(input_shape)

    def draw(self, shape: tuple[int, ...], random: np.random.Generator) -> Chains:
        return Chains(
            random.beta(self.alpha, self.alpha, shape[0]),
            random.dirichlet(np.full(self.num_chains, self.alpha), shape[0]).T,
            [
                [self._selector.draw(shape, random, or_none=True) for _ in range(self.chain_depth)]
                for _ in range(self.num_chains)
            ],
        )

    def transform(self, x: Array, choice: Chains) -> tuple[Array, Cache]:
        kept = each_image(choice.kept, x)
        shares = [(1 - kept) * each_image(share, x) for share in choice.shares]
        mixed = kept * x
        caches = []
        for share, steps in zip(shares, choice.steps, strict=True):
            changed, chain_caches = x, []
            for selection in steps:
                changed, cache = self._selector.transform(changed, selection)
                chain_caches.append(cache)
            mixed += share * changed
            caches.append((share, chain_caches))
        y, clip_cache = self.clip(mixed)
        return y, (kept, caches, clip_cache)

    def transform_backward(self, dy: Array, cache: Cache) -> Array:
        kept, caches, clip_cache = cache
        dz = ops.clip_backward(dy, clip_cache)
        dx: Array = kept * dz
        for share, chain_caches in caches:
            through = share * dz
            for inner in reversed(chain_caches):
                through = self._selector.transform_backward(through, inner)
            dx += through
        return dx

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "num_chains": self.num_chains,
            "chain_depth": self.chain_depth,
            "factor": self.factor,
            "alpha": self.alpha,
            "all_ops": self.all_ops,
            "interpolation": self.interpolation,
        }
