"""ONNX files, which other programs run: out (`export`) and in (`importing`), opset 21.

`drawing` and `nodes` hold what both are made of, `layers_out` and `nodes_in` one small function per layer or node.
"""

from vitral.saving.onnx.export import to_onnx

__all__ = ["to_onnx"]
