"""Weights from PyTorch and back, without PyTorch: a state dictionary holds arrays, or tensors that can become some.

PyTorch keeps images as (channels, height, width), kernels with the outputs first, and so flattens an image in another
order: a Dense layer behind a Flatten gets its inputs rearranged.
"""

from vitral.saving.pytorch import sequences
from vitral.saving.pytorch.state_dict import from_torch, to_torch

__all__ = ["from_torch", "sequences", "to_torch"]
