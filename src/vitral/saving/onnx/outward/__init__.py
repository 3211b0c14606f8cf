"""Layers as ONNX nodes; importing the files of this folder registers what they draw."""

from vitral.saving.onnx.outward import (
    arrangements,
    attention,
    containers,
    idle,
    images,
    merging,
    normalization,
    recurrent,
    resizing,
    scales,
    sums,
)
from vitral.saving.onnx.outward.registry import DRAWN, can_draw, draw, layers_of

__all__ = [
    "DRAWN",
    "arrangements",
    "attention",
    "can_draw",
    "containers",
    "draw",
    "idle",
    "images",
    "layers_of",
    "merging",
    "normalization",
    "recurrent",
    "resizing",
    "scales",
    "sums",
]
