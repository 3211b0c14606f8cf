"""Initial values whose spread depends on how many inputs and outputs a unit has: Glorot, He, LeCun."""

import math
from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np

from vitral.core.configurable import is_number
from vitral.errors import ConfigError
from vitral.initializers.initializer import compute_fans, registry
from vitral.initializers.random import RandomInitializer, truncated_standard_normal
from vitral.typing import Array, Config

Mode = Literal["fan_in", "fan_out", "fan_avg"]
Distribution = Literal["truncated_normal", "untruncated_normal", "uniform"]

_TRUNCATED_STDDEV = 0.87962566103423978
"""Standard deviation of a standard normal cut at +-2; dividing by it keeps the variance asked for."""


@registry.register()
class VarianceScaling(RandomInitializer):
    """Mean 0 and variance scale / n, where n is the fan-in, the fan-out or their average.

    `input_axes` and `output_axes`, given together, say which axes of the shape are counted as inputs and outputs.
    Raises ConfigError for a scale that is not positive, an unknown mode or an unknown distribution.

    >>> values = VarianceScaling(2.0, "fan_in", "untruncated_normal", seed=0)((200, 300))
    >>> round(float(values.var()) * 200, 1)
    2.0
    """

    def __init__(
        self,
        scale: float = 1.0,
        mode: Mode = "fan_in",
        distribution: Distribution = "truncated_normal",
        seed: int | None = None,
        input_axes: Sequence[int] | None = None,
        output_axes: Sequence[int] | None = None,
    ) -> None:
        super().__init__(seed)
        if not (is_number(scale) and scale > 0):
            raise ConfigError(f"scale is {scale!r}; expected a positive number")
        if mode not in ("fan_in", "fan_out", "fan_avg"):
            raise ConfigError(f"mode is {mode!r}; expected fan_in, fan_out or fan_avg")
        if distribution not in ("truncated_normal", "untruncated_normal", "uniform"):
            raise ConfigError(
                f"distribution is {distribution!r}; expected truncated_normal, untruncated_normal or uniform"
            )
        self.scale = scale
        self.mode = mode
        self.distribution = distribution
        self.input_axes = input_axes
        self.output_axes = output_axes

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
        fan_in, fan_out = compute_fans(shape, self.input_axes, self.output_axes)
        n = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        variance = self.scale / max(1.0, n)
        if self.distribution == "uniform":
            limit = math.sqrt(3.0 * variance)
            return rng.uniform(-limit, limit, shape)
        if self.distribution == "untruncated_normal":
            return rng.normal(0.0, math.sqrt(variance), shape)
        return math.sqrt(variance) / _TRUNCATED_STDDEV * truncated_standard_normal(rng, shape)

    def get_config(self) -> Config:
        return {
            "scale": self.scale,
            "mode": self.mode,
            "distribution": self.distribution,
            **super().get_config(),
            "input_axes": self.input_axes,
            "output_axes": self.output_axes,
        }


class _Named(VarianceScaling):
    """A VarianceScaling whose three settings are fixed by its name."""

    settings: ClassVar[tuple[float, Mode, Distribution]]

    def __init__(
        self,
        seed: int | None = None,
        input_axes: Sequence[int] | None = None,
        output_axes: Sequence[int] | None = None,
    ) -> None:
        super().__init__(*self.settings, seed=seed, input_axes=input_axes, output_axes=output_axes)

    def get_config(self) -> Config:
        return {"seed": self.seed, "input_axes": self.input_axes, "output_axes": self.output_axes}


@registry.register("xavier_normal")
class GlorotNormal(_Named):
    """Variance 2 / (fan_in + fan_out), the Xavier initialization (Glorot and Bengio, AISTATS 2010)."""

    settings = (1.0, "fan_avg", "truncated_normal")


@registry.register("xavier_uniform")
class GlorotUniform(_Named):
    """Uniform within sqrt(6 / (fan_in + fan_out)) (Glorot and Bengio, AISTATS 2010).

    >>> bool(abs(GlorotUniform(seed=0)((3, 3))).max() <= 1.0)
    True
    """

    settings = (1.0, "fan_avg", "uniform")


@registry.register()
class HeNormal(_Named):
    """Variance 2 / fan_in, for ReLU (He et al., ICCV 2015)."""

    settings = (2.0, "fan_in", "truncated_normal")


@registry.register()
class HeUniform(_Named):
    """Uniform within sqrt(6 / fan_in), for ReLU (He et al., ICCV 2015)."""

    settings = (2.0, "fan_in", "uniform")


@registry.register()
class LecunNormal(_Named):
    """Variance 1 / fan_in (LeCun et al., "Efficient BackProp", 1998)."""

    settings = (1.0, "fan_in", "truncated_normal")


@registry.register()
class LecunUniform(_Named):
    """Uniform within sqrt(3 / fan_in) (LeCun et al., "Efficient BackProp", 1998)."""

    settings = (1.0, "fan_in", "uniform")


@registry.register()
class Orthogonal(RandomInitializer):
    """A matrix with orthonormal rows or columns times `gain` (Saxe et al., ICLR 2014).

    Axes before the last are taken together as rows. Raises ConfigError for a shape with fewer than two axes.

    >>> q = Orthogonal(seed=0)((4, 4)).astype(np.float64); bool(np.allclose(q @ q.T, np.eye(4), atol=1e-6))
    True
    """

    def __init__(self, gain: float = 1.0, seed: int | None = None) -> None:
        super().__init__(seed)
        self.gain = gain

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
        if len(shape) < 2:
            raise ConfigError(f"an orthogonal matrix cannot have shape {shape}; expected at least two axes")
        rows, columns = math.prod(shape[:-1]), shape[-1]
        q, r = np.linalg.qr(rng.standard_normal((max(rows, columns), min(rows, columns))))
        # Without this the signs would depend on the QR routine and not be uniform over the rotations.
        q *= np.sign(np.diag(r))
        return self.gain * (q if rows >= columns else q.T).reshape(shape)

    def get_config(self) -> Config:
        return {"gain": self.gain, **super().get_config()}
