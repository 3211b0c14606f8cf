"""What each operation is tried on: arrays, then options. One without an entry fails the suite."""

import numpy as np

from vitral.ops.reference.activation import FUSED
from vitral.typing import Array

Case = tuple[list[Array | None], dict[str, object]]


def normal(*shape: int, seed: int = 1) -> Array:
    """Standard normal numbers; none is so near to another that a step of 1e-6 would change their order."""
    return np.random.default_rng(seed).standard_normal(shape)


def _dense() -> list[Case]:
    fused: list[Case] = [([normal(3, 4), normal(4, 5), normal(5)], {"activation": name}) for name in FUSED]
    return [*fused, ([normal(2, 3, 4), normal(4, 2), None], {})]


def _conv() -> list[Case]:
    x, kernel, bias = normal(2, 6, 5, 4), normal(3, 2, 4, 6), normal(6)
    grouped = normal(3, 2, 2, 6)
    return [
        ([x, kernel, bias], {"padding": "valid"}),
        ([x, kernel, bias], {"padding": "same", "activation": "tanh"}),
        ([x, kernel, None], {"padding": "same", "strides": (2, 2), "activation": "relu"}),
        ([x, kernel, bias], {"padding": "valid", "strides": (3, 2)}),
        ([x, kernel, bias], {"padding": "same", "dilation": (2, 2)}),
        ([x, kernel, bias], {"padding": "valid", "dilation": (2, 1)}),
        ([x, grouped, bias], {"padding": "same", "groups": 2, "activation": "softmax"}),
        ([x, normal(1, 1, 1, 8), normal(8)], {"groups": 4}),
    ]


def _pool() -> list[Case]:
    x = normal(2, 5, 6, 3)
    return [
        ([x], {"pool_size": (2, 2), "strides": (2, 2), "padding": "valid"}),
        ([x], {"pool_size": (2, 2), "strides": (2, 2), "padding": "same"}),
        ([x], {"pool_size": (3, 2), "strides": (1, 1), "padding": "same"}),
        ([x], {"pool_size": (3, 3), "strides": (2, 1), "padding": "valid"}),
    ]


def _adaptive_pool() -> list[Case]:
    return [([normal(2, 5, 7, 3)], {"size": (2, 3)}), ([normal(2, 3, 2, 1)], {"size": (4, 1)})]


def _norm(arrays: list[Array | None]) -> list[Case]:
    x = normal(2, 3, 3, 4)
    return [
        ([x, normal(4), normal(4), *arrays], {"epsilon": 1e-3}),
        ([x, None, None, *arrays], {"epsilon": 1e-3}),
        ([x, normal(4), normal(4), *arrays], {"epsilon": 1e-3, "activation": "relu"}),
    ]


def _affine_sample() -> list[Case]:
    x = normal(2, 4, 5, 2)
    turned = np.array([[0.8, -0.6, 1.3, 0.6, 0.8, -1.1], [1.2, 0.1, -2.2, 0.3, 0.9, 0.4]])
    shifted = np.array([[1.0, 0.0, 7.3, 0.0, 1.0, -6.2], [1.0, 0.0, -0.4, 0.0, 1.0, 0.4]])
    return [
        ([x], {"maps": maps, "interpolation": interpolation, "fill_mode": fill_mode})
        for maps in (turned, shifted)
        for interpolation in ("nearest", "bilinear")
        for fill_mode in ("reflect", "wrap", "constant", "nearest")
    ]


def _resize() -> list[Case]:
    x = normal(2, 4, 6, 2)
    return [
        ([x], {"size": (7, 3), "interpolation": name, "antialias": antialias})
        for name in ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")
        for antialias in (False, True)
    ]


_ELEMENTS: list[Case] = [([normal(3, 4)], {}), ([10 * normal(2, 3, 2)], {})]

_PAIRS: list[Case] = [
    ([normal(2, 3, 4), normal(2, 3, 4, seed=2)], {}),
    ([normal(2, 1, 4), normal(2, 3, 1, seed=2)], {}),
]


def _attention() -> list[Case]:
    arrays = [normal(2, 2, 3, 4), normal(2, 2, 5, 4, seed=2), normal(2, 2, 5, 3, seed=3)]
    seen, keep = np.tri(3, 5, 1, dtype=bool), normal(2, 2, 3, 5, seed=4) > -0.5
    return [(arrays, {}), (arrays, {"mask": seen}), (arrays, {"mask": seen, "keep": keep, "rate": 0.3})]


CASES: dict[str, list[Case]] = {
    "attention": _attention(),
    "lstm": [([normal(3, 2, 8), normal(2, 8, seed=2), normal(2, 2, seed=3), normal(2, 2, seed=4)], {})],
    "gru": [
        ([normal(3, 2, 6), normal(2, 6, seed=2), normal(6, seed=3), normal(2, 2, seed=4)], {}),
        ([normal(3, 2, 6), normal(2, 6, seed=2), None, normal(2, 2, seed=4)], {}),
    ],
    "lookup": [([normal(5, 2)], {"rows": np.array([[0, 3], [3, 4]])})],
    "dense": _dense(),
    "einsum_dense": [
        ([normal(2, 3, 4), normal(4, 5), normal(5)], {"equation": "abc,cd->abd", "activation": "tanh"}),
        ([normal(2, 3, 4), normal(3, 5, 2), normal(2, 1)], {"equation": "abc,bde->adec"}),
        ([normal(2, 3, 4), normal(3, 2), None], {"equation": "abc,bd->ad", "activation": "softmax"}),
        ([normal(2, 3, 4), normal(4, 3, 2), normal(3, 1)], {"equation": "abc,cbd->abd", "activation": "relu"}),
    ],
    "conv2d": _conv(),
    "conv2d_max_pool2d": _conv(),
    "max_pool2d": _pool(),
    "average_pool2d": _pool(),
    "global_average_pool2d": [([normal(2, 3, 4, 2)], {"keepdims": keep}) for keep in (False, True)],
    "global_max_pool2d": [([normal(2, 3, 4, 2)], {"keepdims": keep}) for keep in (False, True)],
    "batch_norm_training": _norm([]),
    "batch_norm_inference": _norm([normal(4), np.abs(normal(4)) + 0.5]),
    "layer_norm": [
        ([normal(2, 3, 4), normal(4), normal(4)], {"axes": (2,), "epsilon": 1e-3}),
        ([normal(2, 3, 2, 4), normal(3, 4), normal(3, 4)], {"axes": (1, 3), "epsilon": 1e-3}),
        ([normal(2, 3, 4), None, None], {"axes": (1, 2), "epsilon": 1e-3}),
    ],
    "group_norm": [
        ([normal(2, 3, 3, 4), normal(4), normal(4)], {"groups": 2, "epsilon": 1e-3}),
        ([normal(3, 6), None, None], {"groups": 3, "epsilon": 1e-3}),
    ],
    "unit_norm": [([normal(3, 4)], {"axes": (1,)}), ([normal(2, 3, 4)], {"axes": (1, 2)})],
    "rms_norm": [
        ([normal(2, 3, 4), normal(4)], {"axes": (2,), "epsilon": 1e-3}),
        ([normal(2, 3, 2, 4), normal(3, 4)], {"axes": (1, 3), "epsilon": 1e-6}),
    ],
    "adaptive_average_pool2d": _adaptive_pool(),
    "adaptive_max_pool2d": _adaptive_pool(),
    "repeat": [([normal(2, 3)], {"times": 3})],
    "reshape": [([normal(2, 3, 4)], {"shape": (6, 2)})],
    "get_item": [
        ([normal(2, 5, 4)], {"key": (slice(None), slice(3, None, -2), 1)}),
        ([normal(2, 5, 4)], {"key": (..., None, 0)}),
    ],
    "permute": [([normal(2, 3, 4, 5)], {"axes": (3, 1, 2)})],
    "prelu": [([normal(3, 4), normal(4)], {}), ([normal(2, 3, 4, 2), normal(1, 1, 2)], {})],
    "zero_pad2d": [([normal(2, 3, 4, 2)], {"padding": ((1, 0), (2, 3))})],
    "pad2d": [([normal(2, 3, 4, 2)], {"padding": ((1, 0), (2, 3)), "value": 2.0})],
    "recolor2d": [
        (
            [normal(2, 3, 4, 2)],
            {"contrast": np.array([0.7, 1.8]), "brightness": np.array([0.2, -0.3]), "low": -1.0, "high": 1.2},
        )
    ],
    "clip": [([normal(3, 4)], {"low": -0.5, "high": 0.4})],
    "mix_channels2d": [([normal(2, 3, 4, 3)], {"matrices": normal(2, 3, 3, seed=2)})],
    # Gray and black have no derivative; of this many colors none is near.
    "rgb_to_hsv": [([np.abs(normal(2, 3, 4, 3))], {})],
    "hsv_to_rgb": [([np.abs(normal(2, 3, 4, 3))], {}), ([normal(3, 3)], {})],
    "blur2d": [([normal(2, 4, 5, 2)], {"down": normal(2, 3, seed=2), "across": normal(2, 5, seed=3)})],
    "stretch2d": [([normal(2, 3, 4, 2)], {"low": -1.0, "high": 2.0})],
    "equalize2d": [([normal(2, 3, 4, 2)], {"low": -3.0, "high": 3.0, "bins": 20})],
    "equalize_tiles2d": [([normal(2, 5, 6, 2)], {"low": -3.0, "high": 3.0, "grid": (2, 3), "clip_limit": 4.0})],
    "blend": [
        ([normal(4, 3)], {"partner": np.array([2, 0, 3, 1]), "share": normal(4, 1)}),
        ([normal(2, 2, 2, 3)], {"partner": np.array([1, 0]), "share": normal(2, 2, 2, 1) > 0}),
    ],
    "space_out2d": [([normal(2, 3, 2, 2)], {"strides": (2, 3), "padding": ((1, 0), (2, 1))})],
    "crop2d": [([normal(2, 4, 5, 2)], {"cropping": ((1, 0), (2, 1))})],
    "flip2d": [
        (
            [normal(4, 3, 2, 2)],
            {"vertical": np.array([True, True, False, False]), "horizontal": np.array([True, False, True, False])},
        )
    ],
    "resize2d": _resize(),
    "affine_sample2d": _affine_sample(),
    "sample2d": [
        (
            [normal(2, 4, 5, 2)],
            {"columns": 3 * normal(2, 4, 5, seed=2), "rows": 3 * normal(2, 4, 5, seed=3), "fill_mode": fill_mode},
        )
        for fill_mode in ("reflect", "constant")
    ],
    "affine": [([normal(2, 3)], {"scale": normal(3), "offset": normal(3)})],
    "dropout": [([normal(2, 3)], {"keep": normal(2, 3) > 0, "rate": 0.25})],
    "relu": [
        *_ELEMENTS,
        ([normal(3, 4)], {"negative_slope": 0.1}),
        ([normal(3, 4)], {"negative_slope": 0.1, "max_value": 0.5, "threshold": 0.2}),
    ],
    "elu": [*_ELEMENTS, ([normal(3, 4)], {"alpha": 0.5})],
    "gelu": [*_ELEMENTS, ([normal(3, 4)], {"approximate": True})],
    **dict.fromkeys(("add", "subtract", "multiply", "maximum", "minimum"), _PAIRS),
    "concatenate": [([normal(2, 3, 4), normal(2, 1, 4, seed=2), normal(2, 2, 4, seed=3)], {"axis": 1})],
    "batch_dot": [
        ([normal(2, 3), normal(2, 3, seed=2)], {"axes": (1, 1)}),
        ([normal(2, 3, 4), normal(2, 5, 3, seed=2)], {"axes": (1, 2)}),
    ],
    **dict.fromkeys(("linear", "silu", "sigmoid", "tanh", "softplus", "softmax", "log_softmax"), _ELEMENTS),
    **dict.fromkeys(("hard_silu", "sparse_plus", "exponential", "softsign", "log_sigmoid", "tanh_shrink"), _ELEMENTS),
    **dict.fromkeys(("mish", "selu", "glu", "sparsemax"), _ELEMENTS),
    "clipped_line": [([normal(3, 4)], {"slope": 0.5, "offset": 0.2, "low": -0.3, "high": 1.1})],
    "hard_shrink": [*_ELEMENTS, ([normal(3, 4)], {"threshold": 1.0})],
    "soft_shrink": [*_ELEMENTS, ([normal(3, 4)], {"threshold": 1.0})],
    "threshold": [([normal(3, 4)], {"threshold": 0.3, "default_value": -2.0})],
    "squareplus": [*_ELEMENTS, ([normal(3, 4)], {"b": 0.5})],
    "celu": [*_ELEMENTS, ([normal(3, 4)], {"alpha": 0.5})],
}
