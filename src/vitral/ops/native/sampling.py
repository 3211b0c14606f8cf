"""Images seen through affine maps, by the compiled kernels."""

from typing import NamedTuple

from vitral import _native
from vitral.ops.native.module import FLOAT32, contiguous, empty, expect_images, gradient
from vitral.ops.reference import sampling as reference
from vitral.typing import Array, Cache

_BEYOND = {"reflect": 0, "wrap": 1, "nearest": 2, "constant": 3}  # `Beyond` in sampling.h


class _Sampled(NamedTuple):
    maps: Array
    bilinear: bool
    beyond: int


def affine_sample2d(
    x: Array,
    *,
    maps: Array,
    interpolation: str = "bilinear",
    fill_mode: str = "constant",
    fill_value: float = 0.0,
) -> tuple[Array, Cache]:
    if x.dtype != FLOAT32:
        return reference.affine_sample2d(
            x, maps=maps, interpolation=interpolation, fill_mode=fill_mode, fill_value=fill_value
        )
    expect_images("affine_sample2d", x)
    cache = _Sampled(contiguous(maps.astype(FLOAT32, copy=False)), interpolation == "bilinear", _BEYOND[fill_mode])
    y = empty(x.shape)
    _native.affine_sample2d(contiguous(x), *cache, fill_value, y)
    return y, cache


def affine_sample2d_backward(dy: Array, cache: Cache) -> Array:
    if not isinstance(cache, _Sampled):
        return reference.affine_sample2d_backward(dy, cache)
    dx = empty(dy.shape)
    _native.affine_sample2d_backward(gradient(dy), *cache, dx)
    return dx
