"""How ONNX describes a window that slides over an image."""

from typing import Any

from vitral.saving.onnx.drawing import Value


def windows(size: Any, strides: Any, dilation: Any, padding: str, x: Value) -> dict[str, Any]:
    """The attributes of a node that slides a window over an image."""
    before, after = [], []
    for length, window, stride, spread in zip(x.sizes()[:2], size, strides, dilation, strict=True):
        reach = (window - 1) * spread + 1
        missing = 0 if padding == "valid" else max((-(-length // stride) - 1) * stride + reach - length, 0)
        before.append(missing // 2)
        after.append(missing - missing // 2)
    return {"kernel_shape": size, "strides": strides, "dilations": dilation, "pads": before + after}
