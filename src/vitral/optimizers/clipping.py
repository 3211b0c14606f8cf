"""Bounds for gradients that are too long for a safe step."""

import math
from collections.abc import Sequence

import numpy as np

from vitral.errors import ConfigError
from vitral.typing import Array, Config


class Clipping:
    """At most one of three bounds: on each gradient's norm, on each entry, on the norm of all gradients together.

    Raises ConfigError if more than one is given. Pascanu et al., "On the difficulty of training recurrent neural
    networks", ICML 2013.

    >>> Clipping(clipnorm=1.0).clip([np.array([3.0, 4.0])])
    [array([0.6, 0.8])]
    """

    def __init__(
        self,
        *,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
    ) -> None:
        bounds = {"clipnorm": clipnorm, "clipvalue": clipvalue, "global_clipnorm": global_clipnorm}
        given = [f"{name}={bound!r}" for name, bound in bounds.items() if bound is not None]
        if len(given) > 1:
            raise ConfigError(f"only one of clipnorm, clipvalue and global_clipnorm can be set; got {', '.join(given)}")
        self.clipnorm = clipnorm
        self.clipvalue = clipvalue
        self.global_clipnorm = global_clipnorm

    def clip(self, gradients: list[Array]) -> list[Array]:
        """The bounded gradients; the given arrays are not changed. A bound of 0 is none, as in Keras."""
        if self.clipnorm:
            return [_scaled(gradient, _norm([gradient]), self.clipnorm) for gradient in gradients]
        if self.global_clipnorm:
            norm = _norm(gradients)
            return [_scaled(gradient, norm, self.global_clipnorm) for gradient in gradients]
        if self.clipvalue:
            return [np.clip(gradient, -self.clipvalue, self.clipvalue) for gradient in gradients]
        return gradients

    def get_config(self) -> Config:
        """The three bounds."""
        return {
            "clipnorm": self.clipnorm,
            "global_clipnorm": self.global_clipnorm,
            "clipvalue": self.clipvalue,
        }


def _norm(gradients: Sequence[Array]) -> float:
    """Length of all gradients as one vector."""
    return math.sqrt(sum(float(np.vdot(gradient, gradient)) for gradient in gradients))


def _scaled(gradient: Array, norm: float, bound: float) -> Array:
    """The gradient, shortened to `bound` if the norm is above it; a NaN in the norm reaches every entry."""
    return gradient if norm <= bound else gradient * (bound / norm)
