"""Layers as ONNX nodes; importing the files of this folder registers what they draw."""

from vitral.saving.onnx.outward import arrangements, idle, images, merging, scales, sums
from vitral.saving.onnx.outward.registry import DRAWN, can_draw, draw

__all__ = ["DRAWN", "arrangements", "can_draw", "draw", "idle", "images", "merging", "scales", "sums"]
