"""The convolution layer for images."""

from typing import Any, NamedTuple

from vitral import ops
from vitral.errors import ConfigError, ShapeError
from vitral.layers.arguments import channels_last, check_spread, padding_mode, pair, positive, window_output
from vitral.layers.kernel_layer import KernelLayer
from vitral.layers.layer import registry
from vitral.typing import Array, Cache, Config, Shape


class _Pooled(NamedTuple):
    """The cache of a convolution that has done the following pooling too."""

    inner: Cache


@registry.register("Convolution2D")
class Conv2D(KernelLayer):
    """Slide `filters` small kernels over an image: y = activation(x * W + b).

    Input (batch, height, width, channels), output (batch, out height, out width, filters); kernel W (kernel height,
    kernel width, channels / groups, filters), bias b (filters,). "valid" uses whole windows only, "same" pads with
    zeros so that the output has ceil(input / stride) rows.

    Raises ConfigError for arguments out of range (strides and dilation cannot both exceed 1, as in Keras), ShapeError
    if the channels or filters cannot be divided by the groups, or the image is smaller than the window.

    >>> import numpy as np
    >>> layer = Conv2D(1, 2, kernel_initializer="ones")
    >>> layer(np.arange(9.0).reshape(1, 3, 3, 1))[0, :, :, 0]
    array([[ 8., 12.],
           [20., 24.]])
    """

    input_rank = 4

    def __init__(
        self,
        filters: int,
        kernel_size: int | tuple[int, int],
        strides: int | tuple[int, int] = (1, 1),
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: int | tuple[int, int] = (1, 1),
        groups: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        **options: Any,
    ) -> None:
        super().__init__(activation, use_bias, **options)
        channels_last(data_format, "Conv2D")
        self.filters = positive(filters, "filters", "Conv2D")
        self.kernel_size = pair(kernel_size, "kernel_size", "Conv2D")
        self.strides = pair(strides, "strides", "Conv2D")
        self.padding = padding_mode(padding, "Conv2D")
        self.dilation_rate = pair(dilation_rate, "dilation_rate", "Conv2D")
        self.groups = positive(groups, "groups", "Conv2D")
        check_spread(self.strides, self.dilation_rate, "Conv2D")
        if self.filters % self.groups:
            raise ConfigError(f"Conv2D: filters is {filters}; expected a multiple of groups, {groups}")

    def build(self, input_shape: Shape) -> None:
        channels = input_shape[-1]
        if channels is None or channels % self.groups:
            raise ShapeError(
                f'layer "{self.name}" (Conv2D) received {channels} channels; '
                f"expected a multiple of groups, {self.groups}"
            )
        self.compute_output_shape(input_shape)
        self.add_kernel_and_bias((*self.kernel_size, channels // self.groups, self.filters), self.filters)

    def affine(self, x: Array, activation: str) -> tuple[Array, Cache]:
        return ops.conv2d(x, self.kernel.value, self._bias_value, activation=activation, **self._windows)

    def affine_backward(
        self, dy: Array, cache: Cache, through_activation: bool, input_activation: str
    ) -> tuple[Array | None, Array, Array | None]:
        pooled = isinstance(cache, _Pooled)
        backward = ops.conv2d_max_pool2d_backward if pooled else ops.conv2d_backward
        return backward(
            dy,
            cache.inner if pooled else cache,
            through_activation=through_activation,
            input_gradient=self.needs_input_gradient,
            input_activation=input_activation,
        )

    @property
    def absorbs(self) -> tuple[str, ...]:
        return ("max_pool_2x2",) if self.activation.fused_name in ("linear", "relu", "sigmoid", "tanh") else ()

    def forward_absorbing(self, x: Array, training: bool, following: str) -> tuple[Array, Cache]:
        activation = self.activation.fused_name or "linear"
        y, cache = ops.conv2d_max_pool2d(x, self.kernel.value, self._bias_value, activation=activation, **self._windows)
        return y, (_Pooled(cache), None)

    @property
    def _bias_value(self) -> Array | None:
        return None if self.bias is None else self.bias.value

    @property
    def _windows(self) -> dict[str, Any]:
        return {
            "strides": self.strides,
            "padding": self.padding,
            "dilation": self.dilation_rate,
            "groups": self.groups,
        }

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        height, width = window_output(
            input_shape, self.kernel_size, self.strides, self.dilation_rate, self.padding, self.name
        )
        return (input_shape[0], height, width, self.filters)

    def multiply_adds(self, input_shape: Shape) -> int:
        _, height, width, filters = self.compute_output_shape(input_shape)
        per_output = self.kernel_size[0] * self.kernel_size[1] * (input_shape[-1] or 0) // self.groups
        return (height or 0) * (width or 0) * (filters or 0) * per_output

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "strides": self.strides,
            "padding": self.padding,
            "data_format": "channels_last",
            "dilation_rate": self.dilation_rate,
            "groups": self.groups,
        }
