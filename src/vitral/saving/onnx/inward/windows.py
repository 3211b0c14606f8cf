"""Images under a window that slides over them, as ONNX nodes have it."""

from collections.abc import Sequence
from typing import Any

from vitral import layers
from vitral.saving.onnx.sketch import Given, Sketch


def image_of(sketch: Sketch, node: Any) -> Given:
    """The image that a node receives."""
    x = sketch.value(node)
    if len(x.shape) != 4 or not x.first:
        raise sketch.error(node, f"received {len(x.shape)} axes; expected (batch, channels, height, width)")
    return x


def padded(
    sketch: Sketch,
    node: Any,
    x: Given,
    window: Sequence[int],
    strides: Sequence[int],
    dilation: Sequence[int],
    *,
    with_zeros: bool,
    same: bool = True,
) -> tuple[Given, str]:
    """The image and the padding with which a layer of ours slides its window as the node does."""
    mode = sketch.attribute(node, "auto_pad", "NOTSET")
    pads = sketch.attribute(node, "pads", [0, 0, 0, 0])
    if mode == "SAME_LOWER":
        raise sketch.error(node, "has auto_pad=SAME_LOWER; expected SAME_UPPER, VALID or pads")
    if mode == "VALID" or (mode == "NOTSET" and not any(pads)):
        return x, "valid"
    missing = []
    for size, span, stride, spread in zip(x.shape[1:3], window, strides, dilation, strict=True):
        reach = (span - 1) * spread + 1
        missing.append(max((-(-(size or 0) // stride) - 1) * stride + reach - (size or 0), 0))
    half = [total // 2 for total in missing]
    ours = half + [total - before for total, before in zip(missing, half, strict=True)]
    if same and (mode == "SAME_UPPER" or pads == ours):
        return x, "same"
    pads = ours if mode == "SAME_UPPER" else pads
    if not with_zeros:
        raise sketch.error(node, f"has pads={pads}; expected {ours}, or values that cannot be negative")
    top, left, bottom, right = pads
    return sketch.put(node, layers.ZeroPadding2D(((top, bottom), (left, right))), x), "valid"


def never_negative(x: Given) -> bool:
    """Whether zeros around an image are never larger than what is in it."""
    layer = x.tensor.layer
    if isinstance(layer, (layers.MaxPooling2D, layers.AveragePooling2D)):
        return never_negative(Given(layer.inbound_nodes[0].inputs[0]))
    if isinstance(layer, layers.Activation):
        return layer.activation.name in ("relu", "sigmoid", "softplus", "softmax", "exponential", "hard_sigmoid")
    return isinstance(layer, layers.ReLU) and layer.negative_slope == 0
