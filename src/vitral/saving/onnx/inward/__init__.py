"""ONNX nodes as layers; importing the files of this folder registers what they take."""

from vitral.saving.onnx.inward import (
    activations,
    arithmetic,
    arrangements,
    attention,
    images,
    recurrent,
    resizing,
    sums,
)
from vitral.saving.onnx.inward.registry import TAKEN

__all__ = ["TAKEN", "activations", "arithmetic", "arrangements", "attention", "images", "recurrent", "resizing", "sums"]
