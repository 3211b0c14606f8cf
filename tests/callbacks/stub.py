"""A model that does nothing but remember, for callbacks to follow."""

from types import SimpleNamespace
from typing import Any

import numpy as np

from vitral.typing import Array


class StubModel:
    """Weights count the epochs; files are only noted down."""

    def __init__(self, learning_rate: float = 1.0, metrics: tuple[Any, ...] = ()) -> None:
        self.stop_training = False
        self.history: Any = None
        self.optimizer = SimpleNamespace(learning_rate=learning_rate)
        self.metrics = metrics
        self.weights = np.zeros(1)
        self.saved: list[str] = []

    def get_weights(self) -> list[Array]:
        return [self.weights.copy()]

    def set_weights(self, weights: list[Array]) -> None:
        self.weights[:] = weights[0]

    def save(self, filepath: str, overwrite: bool = True) -> None:
        self.saved.append(str(filepath))

    save_weights = save


def train(
    model: StubModel, callback: Any, values: list[float], name: str = "val_loss", first: int = 0
) -> list[dict[str, float]]:
    """Epochs whose logs hold these values, until the callback stops; returns the logs as the callback left them."""
    callback.set_model(model)
    callback.on_train_begin()
    seen = []
    for epoch, value in enumerate(values, start=first):
        callback.on_epoch_begin(epoch)
        model.weights += 1
        logs = {name: value}
        callback.on_epoch_end(epoch, logs)
        seen.append(logs)
        if model.stop_training:
            break
    callback.on_train_end()
    return seen
