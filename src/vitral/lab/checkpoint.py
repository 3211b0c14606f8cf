"""What a killed run needs to go on with the same bits."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from vitral.callbacks import Callback
from vitral.errors import RunError
from vitral.lab.state import load_state, save_state
from vitral.models import Sequential

FILE = "checkpoint.npz"
_VERSION = 1


class Position:
    """How far a run is.

    `epoch` whole epochs and `step` batches of the next one are done; `seconds` is the time of the whole epochs without
    validation, `epoch_seconds` of the one under way, `seconds_total` of everything. `stopped`: a callback ended
    the training; `finished`: the callbacks' last word, such as restoring the best weights, is in the checkpoint too.
    """

    def __init__(
        self,
        epoch: int = 0,
        step: int = 0,
        *,
        seconds: float = 0.0,
        epoch_seconds: float = 0.0,
        seconds_total: float = 0.0,
        stopped: bool = False,
        finished: bool = False,
    ) -> None:
        self.epoch = epoch
        self.step = step
        self.seconds = seconds
        self.epoch_seconds = epoch_seconds
        self.seconds_total = seconds_total
        self.stopped = stopped
        self.finished = finished


def save_checkpoint(folder: Path, model: Sequential, callbacks: Sequence[Callback], position: Position) -> None:
    """Replace the run's checkpoint in one step: weights, training state, callbacks and position are of one moment."""
    save_state(
        folder / FILE,
        {
            "version": _VERSION,
            "position": vars(position),
            "weights": model.get_weights(),
            "training": model.get_training_state(),
            "callbacks": [callback.get_state() for callback in callbacks],
        },
    )


def load_checkpoint(folder: Path, model: Sequential, callbacks: Sequence[Callback]) -> Position:
    """Put the model and the callbacks into the state of the checkpoint; where there is none, nothing changes.

    Raises RunError if the checkpoint belongs to another network or another version.
    """
    path = folder / FILE
    if not path.is_file():
        return Position()
    state = load_state(path)
    if state.get("version") != _VERSION or len(state["callbacks"]) != len(callbacks):
        raise RunError(f"{path}: written by another version of Vitral or for another recipe")
    model.set_weights(state["weights"])
    model.set_training_state(state["training"])
    for callback, saved in zip(callbacks, state["callbacks"], strict=True):
        callback.set_state(saved)
    return _position(state["position"])


def load_weights(folder: Path, model: Sequential) -> None:
    """Only the weights of the checkpoint; raises RunError if there is none."""
    path = folder / FILE
    if not path.is_file():
        raise RunError(f"{folder}: neither model.keras nor a checkpoint: the run has not trained for an epoch yet")
    model.set_weights(load_state(path)["weights"])


def _position(saved: dict[str, Any]) -> Position:
    return Position(saved.pop("epoch"), saved.pop("step"), **saved)
