"""Recording what every epoch ended with."""

from collections.abc import Mapping
from typing import Any

from vitral.callbacks.callback import Callback
from vitral.typing import Logs


class History(Callback):
    """Keeps the logs of every epoch; `fit` adds one by itself and returns it.

    `history` maps each name to its list of values, `epoch` lists the epochs, counted from 0.

    >>> recorded = History()
    >>> recorded.on_train_begin(); recorded.on_epoch_end(0, {"loss": 2.0}); recorded.on_epoch_end(1, {"loss": 1.5})
    >>> recorded.epoch, recorded.history
    ([0, 1], {'loss': [2.0, 1.5]})
    """

    def __init__(self) -> None:
        super().__init__()
        self.epoch: list[int] = []
        self.history: dict[str, list[float]] = {}

    def on_train_begin(self, logs: Logs | None = None) -> None:
        if self.starts_afresh():
            self.epoch = []

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)

    def get_state(self) -> dict[str, Any]:
        return {"epoch": list(self.epoch), "history": {name: list(v) for name, v in self.history.items()}}

    def set_state(self, state: Mapping[str, Any]) -> None:
        super().set_state(state)
        self.epoch = list(state["epoch"])
        self.history = {name: list(values) for name, values in state["history"].items()}
