"""The convolution that makes images larger."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from vitral import ops
from vitral.errors import ConfigError, ShapeError
from vitral.layers.arguments import channels_last, check_spread, padding_mode, pair, positive
from vitral.layers.kernel_layer import KernelLayer
from vitral.layers.layer import registry
from vitral.ops.geometry import Pair
from vitral.typing import Array, Cache, Config, Shape


@registry.register("Convolution2DTranspose")
class Conv2DTranspose(KernelLayer):
    """The adjoint of a Conv2D: every pixel puts `filters` small kernels, times its values, into a larger image.

    Input (batch, height, width, channels), output (batch, out height, out width, filters); kernel (kernel height,
    kernel width, filters, channels), bias (filters,). With stride s and a (dilated) kernel of k pixels, n pixels become
    n s with "same" padding and (n - 1) s + max(k, s) with "valid"; with `output_padding` p, from 0 to s - 1, they
    become (n - 1) s + p, plus k with "valid", plus 1 with "same" if k is odd.

    It is computed as a convolution of the image with its pixels s apart and zeros between them, by the kernel turned
    by half a turn (Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", 2016). Raises ConfigError
    for arguments out of range, ShapeError if nothing would be left.

    >>> layer = Conv2DTranspose(1, 2, strides=2, kernel_initializer="ones")
    >>> layer(np.array([1.0, 2.0]).reshape(1, 1, 2, 1))[0, :, :, 0]
    array([[1., 1., 2., 2.],
           [1., 1., 2., 2.]])
    """

    input_rank = 4

    def __init__(
        self,
        filters: int,
        kernel_size: int | tuple[int, int],
        strides: int | tuple[int, int] = (1, 1),
        padding: str = "valid",
        output_padding: int | Sequence[int] | None = None,
        data_format: str | None = None,
        dilation_rate: int | tuple[int, int] = (1, 1),
        activation: Any = None,
        use_bias: bool = True,
        **options: Any,
    ) -> None:
        super().__init__(activation, use_bias, **options)
        channels_last(data_format, "Conv2DTranspose")
        self.filters = positive(filters, "filters", "Conv2DTranspose")
        self.kernel_size = pair(kernel_size, "kernel_size", "Conv2DTranspose")
        self.strides = pair(strides, "strides", "Conv2DTranspose")
        self.padding = padding_mode(padding, "Conv2DTranspose")
        self.dilation_rate = pair(dilation_rate, "dilation_rate", "Conv2DTranspose")
        check_spread(self.strides, self.dilation_rate, "Conv2DTranspose")
        self.output_padding = None if output_padding is None else _extra(output_padding, self.strides)

    def build(self, input_shape: Shape) -> None:
        if input_shape[3] is None:
            raise ShapeError(f'layer "{self.name}" received an input of shape {input_shape}; expected known channels')
        self.compute_output_shape(input_shape)
        self.add_kernel_and_bias((*self.kernel_size, self.filters, input_shape[3]), self.filters)

    def affine(self, x: Array, activation: str) -> tuple[Array, Cache]:
        borders = self._borders(0, x.shape[1]), self._borders(1, x.shape[2])
        spaced, space_cache = ops.space_out2d(x, strides=self.strides, padding=borders)
        bias = None if self.bias is None else self.bias.value
        y, cache = ops.conv2d(
            spaced, _turned(self.kernel.value), bias, dilation=self.dilation_rate, activation=activation
        )
        return y, (space_cache, cache)

    def affine_backward(
        self, dy: Array, cache: Cache, through_activation: bool, input_activation: str
    ) -> tuple[Array | None, Array, Array | None]:
        space_cache, conv_cache = cache
        dspaced, dkernel, dbias = ops.conv2d_backward(
            dy,
            conv_cache,
            through_activation=through_activation,
            input_gradient=self.needs_input_gradient,
            input_activation=input_activation,
        )
        dx = None if dspaced is None else ops.space_out2d_backward(dspaced, space_cache)
        return dx, _turned(dkernel), dbias

    def _length(self, axis: int, length: int | None) -> int | None:
        """Number of pixels that the output has along an axis."""
        if length is None:
            return None
        stride, reach = self.strides[axis], self._reach(axis)
        apart = (length - 1) * stride
        if self.output_padding is None:
            return length * stride if self.padding == "same" else apart + max(reach, stride)
        return apart + (reach % 2 if self.padding == "same" else reach) + self.output_padding[axis]

    def _borders(self, axis: int, length: int) -> Pair:
        """Zeros before and behind the pixels, so that whole windows give the output."""
        reach, result = self._reach(axis), self._length(axis, length)
        assert result is not None, "the length is known"
        apart = (length - 1) * self.strides[axis]
        # What the convolution that this one is the adjoint of adds before its image.
        cut = max(apart + reach - result, 0) // 2 if self.padding == "same" else 0
        return reach - 1 - cut, result - apart - 1 + cut

    def _reach(self, axis: int) -> int:
        return (self.kernel_size[axis] - 1) * self.dilation_rate[axis] + 1

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        batch, height, width, _ = input_shape
        size = self._length(0, height), self._length(1, width)
        if 0 in size:
            raise ShapeError(
                f'layer "{self.name}" (Conv2DTranspose) received images of {height}x{width} pixels; '
                f"with its output_padding, {self.output_padding}, nothing would be left"
            )
        return (batch, *size, self.filters)

    def multiply_adds(self, input_shape: Shape) -> int:
        _, height, width, channels = input_shape
        per_pixel = self.kernel_size[0] * self.kernel_size[1] * self.filters * (channels or 0)
        return (height or 0) * (width or 0) * per_pixel

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "strides": self.strides,
            "padding": self.padding,
            "output_padding": self.output_padding,
            "data_format": "channels_last",
            "dilation_rate": self.dilation_rate,
        }


def _turned(kernel: Array) -> Array:
    """The kernel turned by half a turn, with its two axes of channels exchanged; its own inverse."""
    return np.ascontiguousarray(kernel[::-1, ::-1].transpose(0, 1, 3, 2))


def _extra(output_padding: Any, strides: Pair) -> Pair:
    values = list(output_padding) if isinstance(output_padding, (list, tuple)) else [output_padding] * 2
    fits = len(values) == 2 and all(
        isinstance(value, int) and 0 <= value < stride for value, stride in zip(values, strides, strict=True)
    )
    if not fits:
        raise ConfigError(
            f"Conv2DTranspose: output_padding is {output_padding!r}; "
            f"expected whole numbers from 0 to below the strides, {strides}"
        )
    return values[0], values[1]
