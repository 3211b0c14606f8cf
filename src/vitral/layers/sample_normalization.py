"""Normalizations of each sample by itself, which do the same in training and outside it."""

from collections.abc import Sequence
from typing import Any

from vitral import ops
from vitral.errors import ConfigError, ShapeError
from vitral.layers.arguments import known_sizes, sample_axes
from vitral.layers.layer import registry
from vitral.layers.scaled import ScaledLayer
from vitral.typing import Array, Cache, Config, Shape


@registry.register()
class LayerNormalization(ScaledLayer):
    """Each sample to mean 0 and variance 1 along `axis`, then times gamma plus beta (Ba, Kiros and Hinton, 2016).

    `axis` is one axis or several, not that of the batch; gamma and beta have the lengths of these axes. Raises
    ConfigError for an axis that the input has not, ShapeError if the length of one is not known.

    >>> import numpy as np
    >>> LayerNormalization(epsilon=1e-9)(np.array([[1.0, 3.0], [5.0, 5.0]])).round(3)
    array([[-1.,  1.],
           [ 0.,  0.]])
    """

    def __init__(
        self,
        axis: int | Sequence[int] = -1,
        epsilon: float = 0.001,
        center: bool = True,
        scale: bool = True,
        **options: Any,
    ) -> None:
        super().__init__(epsilon, center, scale, **options)
        self.axis = list(axis) if isinstance(axis, (list, tuple)) else axis

    def build(self, input_shape: Shape) -> None:
        self.add_gamma_and_beta(known_sizes(input_shape, self.axis, self.name, "LayerNormalization"))

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        axes = sample_axes(self.axis, x.ndim, "LayerNormalization")
        return ops.layer_norm(x, self.gamma_value, self.beta_value, axes=axes, epsilon=self.epsilon)

    def backward(self, dy: Array, cache: Cache) -> Array:
        dx, dgamma, dbeta = ops.layer_norm_backward(dy, cache)
        self.take_grads(dgamma, dbeta)
        return dx

    def get_config(self) -> Config:
        return {**super().get_config(), "axis": self.axis}


@registry.register()
class GroupNormalization(ScaledLayer):
    """Each group of channels of each sample to mean 0 and variance 1, then times gamma plus beta, channel by channel
    (Wu and He, ECCV 2018).

    Works on the last axis: `groups` runs of neighboring channels, -1 for one group for each channel. Raises ConfigError
    for another axis or number of groups, ShapeError if the channels are not a multiple of the groups.

    >>> import numpy as np
    >>> layer = GroupNormalization(groups=2, epsilon=1e-9)
    >>> layer(np.array([[1.0, 3.0, 10.0, 30.0]])).round(3)
    array([[-1.,  1., -1.,  1.]])
    """

    def __init__(
        self,
        groups: int = 32,
        axis: int = -1,
        epsilon: float = 0.001,
        center: bool = True,
        scale: bool = True,
        **options: Any,
    ) -> None:
        super().__init__(epsilon, center, scale, **options)
        if isinstance(groups, bool) or not isinstance(groups, int) or (groups <= 0 and groups != -1):
            raise ConfigError(f"GroupNormalization: groups is {groups!r}; expected a positive whole number, or -1")
        self.groups = groups
        self.axis = axis

    def build(self, input_shape: Shape) -> None:
        if self.axis not in (-1, len(input_shape) - 1):
            raise ConfigError(f"GroupNormalization: axis is {self.axis!r}; expected -1, the last axis")
        channels = input_shape[-1]
        if channels is None or (self.groups != -1 and channels % self.groups):
            raise ShapeError(
                f'layer "{self.name}" (GroupNormalization) received {channels} channels; '
                f"expected a multiple of groups, {self.groups}"
            )
        self.add_gamma_and_beta((channels,))

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        groups = x.shape[-1] if self.groups == -1 else self.groups
        return ops.group_norm(x, self.gamma_value, self.beta_value, groups=groups, epsilon=self.epsilon)

    def backward(self, dy: Array, cache: Cache) -> Array:
        dx, dgamma, dbeta = ops.group_norm_backward(dy, cache)
        self.take_grads(dgamma, dbeta)
        return dx

    def get_config(self) -> Config:
        return {**super().get_config(), "groups": self.groups, "axis": self.axis}
