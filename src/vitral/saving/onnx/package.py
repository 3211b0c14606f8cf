"""The package onnx, which is imported only where it is needed."""

from typing import Any

from vitral.errors import MissingExtraError

OPSET, IR_VERSION = 21, 10


def import_onnx() -> Any:
    """The package; raises MissingExtraError without it."""
    try:
        import onnx
    except ImportError:
        raise MissingExtraError("onnx", needed_for="an .onnx file", extra="onnx") from None
    return onnx
