"""The training loop: batches, steps, fit, evaluate, predict and the state to resume from."""

from vitral.training.batches import epoch_order
from vitral.training.checks import model_warnings
from vitral.training.py_dataset import PyDataset
from vitral.training.trainer import Trainer

__all__ = ["PyDataset", "Trainer", "epoch_order", "model_warnings"]
