"""Convolutions of each channel by itself, and such a convolution followed by a mixture of the channels."""

from typing import Any

from vitral import constraints, initializers, ops, regularizers
from vitral.core.variable import Variable
from vitral.errors import ShapeError
from vitral.layers.activated import ActivatedLayer, serialize_regularizer
from vitral.layers.arguments import channels_last, check_spread, padding_mode, pair, positive, window_output
from vitral.layers.layer import registry
from vitral.typing import Array, Cache, Config, Shape


class DepthwiseLayer(ActivatedLayer):
    """Base of layers that convolve each channel with `depth_multiplier` kernels of its own.

    Such a kernel (kernel height, kernel width, channels, depth_multiplier) is that of a convolution with as many groups
    as channels, whose outputs come in the order of the channels.
    """

    input_rank = 4

    depthwise_kernel: Variable

    def __init__(
        self,
        kernel_size: int | tuple[int, int],
        strides: int | tuple[int, int] = (1, 1),
        padding: str = "valid",
        depth_multiplier: int = 1,
        data_format: str | None = None,
        dilation_rate: int | tuple[int, int] = (1, 1),
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        depthwise_constraint: Any = None,
        bias_constraint: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(activation, use_bias, bias_initializer, bias_regularizer, bias_constraint, **options)
        layer = type(self).__name__
        channels_last(data_format, layer)
        self.kernel_size = pair(kernel_size, "kernel_size", layer)
        self.strides = pair(strides, "strides", layer)
        self.padding = padding_mode(padding, layer)
        self.depth_multiplier = positive(depth_multiplier, "depth_multiplier", layer)
        self.dilation_rate = pair(dilation_rate, "dilation_rate", layer)
        check_spread(self.strides, self.dilation_rate, layer)
        self.depthwise_initializer = initializers.get(depthwise_initializer)
        self.depthwise_regularizer = regularizers.get(depthwise_regularizer)
        self.depthwise_constraint = constraints.get(depthwise_constraint)

    def channels_of(self, input_shape: Shape) -> int:
        """Number of channels; raises ShapeError if it is not known, or if no window fits into the image."""
        self.compute_output_shape(input_shape)
        if input_shape[3] is None:
            raise ShapeError(f'layer "{self.name}" received an input of shape {input_shape}; expected known channels')
        return input_shape[3]

    def add_depthwise_kernel(self, name: str, channels: int) -> None:
        """Create the kernel of the convolution of each channel."""
        self.depthwise_kernel = self.add_weight(
            name=name,
            shape=(*self.kernel_size, channels, self.depth_multiplier),
            initializer=self.depthwise_initializer,
            regularizer=self.depthwise_regularizer,
            constraint=self.depthwise_constraint,
        )

    def depthwise(self, x: Array, bias: Array | None, activation: str) -> tuple[Array, Cache]:
        """The convolution of each channel."""
        kernel = self.depthwise_kernel.value
        return ops.conv2d(
            x,
            kernel.reshape(*self.kernel_size, 1, -1),
            bias,
            strides=self.strides,
            padding=self.padding,
            dilation=self.dilation_rate,
            groups=kernel.shape[2],
            activation=activation,
        )

    def depthwise_backward(
        self, dy: Array, cache: Cache, through_activation: bool, input_activation: str
    ) -> tuple[Array | None, Array | None]:
        """Add the gradient of that kernel to it, and return those of the input and the bias."""
        dx, dkernel, dbias = ops.conv2d_backward(
            dy,
            cache,
            through_activation=through_activation,
            input_gradient=self.needs_input_gradient,
            input_activation=input_activation,
        )
        self.depthwise_kernel.take_grad(dkernel.reshape(self.depthwise_kernel.shape))
        return dx, dbias

    def output_size(self, input_shape: Shape) -> tuple[int | None, int | None]:
        """Height and width of the output."""
        return window_output(input_shape, self.kernel_size, self.strides, self.dilation_rate, self.padding, self.name)

    def depthwise_multiply_adds(self, input_shape: Shape) -> int:
        """Multiplications with addition of the convolution of each channel."""
        height, width = self.output_size(input_shape)
        outputs = (input_shape[3] or 0) * self.depth_multiplier
        return (height or 0) * (width or 0) * outputs * self.kernel_size[0] * self.kernel_size[1]

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "kernel_size": self.kernel_size,
            "strides": self.strides,
            "padding": self.padding,
            "depth_multiplier": self.depth_multiplier,
            "data_format": "channels_last",
            "dilation_rate": self.dilation_rate,
            "depthwise_initializer": initializers.serialize(self.depthwise_initializer),
            "depthwise_regularizer": serialize_regularizer(self.depthwise_regularizer),
            "depthwise_constraint": constraints.serialize(self.depthwise_constraint),
        }


@registry.register("DepthwiseConvolution2D")
class DepthwiseConv2D(DepthwiseLayer):
    """Slide m = `depth_multiplier` small kernels over each channel: y[..., c m + k] = x[..., c] * W[..., c, k].

    A bias is added and an activation applied; padding, strides and dilation are as in Conv2D. Input (batch, height,
    width, channels), output (batch, out height, out width, m * channels); kernel W (kernel height, kernel width,
    channels, m), bias (m * channels,). Raises ConfigError for arguments out of range, ShapeError if the image is
    smaller than the window.

    >>> import numpy as np
    >>> layer = DepthwiseConv2D(2, depthwise_initializer="ones")
    >>> layer(np.arange(8.0).reshape(1, 2, 2, 2)).ravel()
    array([12., 16.])
    """

    def build(self, input_shape: Shape) -> None:
        channels = self.channels_of(input_shape)
        self.add_depthwise_kernel("kernel", channels)
        self.add_bias(channels * self.depth_multiplier)

    @property
    def kernel(self) -> Variable:
        """The kernel, under the name that Keras gives it."""
        return self.depthwise_kernel

    def affine(self, x: Array, activation: str) -> tuple[Array, Cache]:
        return self.depthwise(x, None if self.bias is None else self.bias.value, activation)

    def collect(
        self, dy: Array, cache: Cache, through_activation: bool = True, input_activation: str = "linear"
    ) -> Array | None:
        dx, dbias = self.depthwise_backward(dy, cache, through_activation, input_activation)
        self.take_bias_grad(dbias)
        return dx

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        channels = None if input_shape[3] is None else input_shape[3] * self.depth_multiplier
        return (input_shape[0], *self.output_size(input_shape), channels)

    def multiply_adds(self, input_shape: Shape) -> int:
        return self.depthwise_multiply_adds(input_shape)


@registry.register("SeparableConvolution2D")
class SeparableConv2D(DepthwiseLayer):
    """A convolution of each channel, then one of 1x1 pixels that mixes the channels (Chollet, "Xception", CVPR 2017).

    Input (batch, height, width, channels), output (batch, out height, out width, filters); depthwise kernel as in
    DepthwiseConv2D, pointwise kernel (1, 1, channels * depth_multiplier, filters), bias (filters,). Raises ConfigError
    for arguments out of range, ShapeError if the image is smaller than the window.

    >>> layer = SeparableConv2D(8, 3)
    >>> layer.build((None, 28, 28, 4))
    >>> layer.count_params()  # 3 x 3 x 4, 4 x 8 and 8; a Conv2D has 296
    76
    """

    pointwise_kernel: Variable

    def __init__(
        self,
        filters: int,
        kernel_size: int | tuple[int, int],
        strides: int | tuple[int, int] = (1, 1),
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: int | tuple[int, int] = (1, 1),
        depth_multiplier: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        pointwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        pointwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        depthwise_constraint: Any = None,
        pointwise_constraint: Any = None,
        bias_constraint: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(
            kernel_size,
            strides,
            padding,
            depth_multiplier,
            data_format,
            dilation_rate,
            activation,
            use_bias,
            depthwise_initializer,
            bias_initializer,
            depthwise_regularizer,
            bias_regularizer,
            depthwise_constraint,
            bias_constraint,
            **options,
        )
        self.filters = positive(filters, "filters", "SeparableConv2D")
        self.pointwise_initializer = initializers.get(pointwise_initializer)
        self.pointwise_regularizer = regularizers.get(pointwise_regularizer)
        self.pointwise_constraint = constraints.get(pointwise_constraint)

    def build(self, input_shape: Shape) -> None:
        channels = self.channels_of(input_shape)
        self.add_depthwise_kernel("depthwise_kernel", channels)
        self.pointwise_kernel = self.add_weight(
            name="pointwise_kernel",
            shape=(1, 1, channels * self.depth_multiplier, self.filters),
            initializer=self.pointwise_initializer,
            regularizer=self.pointwise_regularizer,
            constraint=self.pointwise_constraint,
        )
        self.add_bias(self.filters)

    def affine(self, x: Array, activation: str) -> tuple[Array, Cache]:
        each, depthwise_cache = self.depthwise(x, None, "linear")
        bias = None if self.bias is None else self.bias.value
        y, pointwise_cache = ops.conv2d(each, self.pointwise_kernel.value, bias, activation=activation)
        return y, (depthwise_cache, pointwise_cache)

    def collect(
        self, dy: Array, cache: Cache, through_activation: bool = True, input_activation: str = "linear"
    ) -> Array | None:
        depthwise_cache, pointwise_cache = cache
        deach, dkernel, dbias = ops.conv2d_backward(dy, pointwise_cache, through_activation=through_activation)
        self.pointwise_kernel.take_grad(dkernel)
        self.take_bias_grad(dbias)
        assert deach is not None, "asked for"
        dx, _ = self.depthwise_backward(deach, depthwise_cache, True, input_activation)
        return dx

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return (input_shape[0], *self.output_size(input_shape), self.filters)

    def multiply_adds(self, input_shape: Shape) -> int:
        height, width = self.output_size(input_shape)
        mixing = (input_shape[3] or 0) * self.depth_multiplier * self.filters
        return self.depthwise_multiply_adds(input_shape) + (height or 0) * (width or 0) * mixing

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "filters": self.filters,
            "pointwise_initializer": initializers.serialize(self.pointwise_initializer),
            "pointwise_regularizer": serialize_regularizer(self.pointwise_regularizer),
            "pointwise_constraint": constraints.serialize(self.pointwise_constraint),
        }
