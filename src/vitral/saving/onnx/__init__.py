"""ONNX files, which other programs run, of opset 21.

Out: `export` draws a graph (`drawing`) with one small function per layer (`outward`). In: `importing` makes a model
(`sketch`) with one small function per node (`inward`) of a file that `reading` has checked.
"""

from vitral.saving.onnx.export import to_onnx
from vitral.saving.onnx.importing import from_onnx

__all__ = ["from_onnx", "to_onnx"]
