"""Showing the progress of fit, evaluate and predict."""

from collections.abc import Mapping
from typing import Any, TextIO

from vitral.callbacks.callback import Callback
from vitral.callbacks.progbar import Progbar
from vitral.typing import Logs


class ProgbarLogger(Callback):
    """Writes progress and metrics; `fit`, `evaluate` and `predict` add one by themselves unless verbose=0.

    `stream` is standard output unless given. Given in `callbacks=`, it replaces the one that would be added, so
    `ProgbarLogger(stream=sys.stderr)` moves the progress elsewhere; `verbose` then overrides that of the call.
    """

    def __init__(self, *, stream: TextIO | None = None, verbose: int | None = None) -> None:
        super().__init__()
        self.stream = stream
        self._own_verbose = verbose
        self.verbose = 1
        self.epochs = 1
        self.target: int | None = None
        self._seen = 0
        self._progbar: Progbar | None = None
        self._in_fit = False

    def set_params(self, params: Mapping[str, Any]) -> None:
        super().set_params(params)
        verbose = params["verbose"] if self._own_verbose is None else self._own_verbose
        self.verbose = 1 if verbose == "auto" else int(verbose)
        self.epochs = params["epochs"]
        self.target = params["steps"]

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self._in_fit = True

    def on_train_end(self, logs: Logs | None = None) -> None:
        self._in_fit = False

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        if self.verbose and self.epochs > 1:
            self.say(f"Epoch {epoch + 1}/{self.epochs}")
        self._begin()

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        self._update(batch, logs)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self._finish(logs)

    # Validation inside fit is silent; its values stand in the line of the epoch.

    def on_test_begin(self, logs: Logs | None = None) -> None:
        if not self._in_fit:
            self._begin()

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        if not self._in_fit:
            self._update(batch, logs)

    def on_test_end(self, logs: Logs | None = None) -> None:
        if not self._in_fit:
            self._finish(logs)

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        self._begin()

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        self._update(batch, None)

    def on_predict_end(self, logs: Logs | None = None) -> None:
        self._finish(logs)

    def _begin(self) -> None:
        self._seen = 0
        # The logs are running means already.
        self._progbar = Progbar(self.target, verbose=self.verbose, stateless_metrics=(), stream=self.stream)

    def _update(self, batch: int, logs: Logs | None) -> None:
        if self._progbar is not None:
            self._seen = batch + 1
            self._progbar.update(self._seen, logs, finalize=False)

    def _finish(self, logs: Logs | None) -> None:
        if self._progbar is not None:
            # Of a stream of data only its end tells how many batches there are; the next epoch knows.
            self.target = self._progbar.target = self._seen if self.target is None else self.target
            self._progbar.update(self.target, logs, finalize=True)
        self._progbar = None
