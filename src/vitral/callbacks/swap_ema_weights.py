"""Evaluating with the averages of the weights."""

from typing import Any

from vitral.callbacks.callback import Callback, FollowedModel
from vitral.errors import ConfigError
from vitral.typing import Logs


class SwapEMAWeights(Callback):
    """Puts the averages that an optimizer with `use_ema=True` keeps into the model for every evaluation.

    With `swap_on_epoch` they are there from the end of an epoch to the beginning of the next, so that callbacks behind
    this one, such as ModelCheckpoint, meet them too. Raises ConfigError for an optimizer without `use_ema`.
    """

    def __init__(self, swap_on_epoch: bool = False) -> None:
        super().__init__()
        self.swap_on_epoch = swap_on_epoch

    def set_model(self, model: FollowedModel) -> None:
        super().set_model(model)
        if not self._optimizer.use_ema:
            raise ConfigError(f"SwapEMAWeights needs an optimizer with use_ema=True; {self._optimizer.name} has none")

    @property
    def _optimizer(self) -> Any:
        return self.model.optimizer

    def _show_averages(self, wanted: bool) -> None:
        if self._optimizer.built and self._optimizer.averages_swapped is not wanted:
            self._optimizer.swap_averages()

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._show_averages(False)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self._show_averages(self.swap_on_epoch)

    def on_test_begin(self, logs: Logs | None = None) -> None:
        self._show_averages(True)

    def on_test_end(self, logs: Logs | None = None) -> None:
        self._show_averages(False)

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        self._show_averages(True)

    def on_predict_end(self, logs: Logs | None = None) -> None:
        self._show_averages(False)
