"""Calling several callbacks as one."""

from collections.abc import Iterable
from types import NoneType
from typing import Any

from vitral.callbacks.callback import Callback, FollowedModel
from vitral.callbacks.history import History
from vitral.callbacks.progbar_logger import ProgbarLogger
from vitral.errors import ConfigError
from vitral.typing import Logs


class CallbackList(Callback):
    """Passes every call on to its callbacks, in their order, with one dictionary of logs that they share: an empty one
    where there are none.

    `add_history` and `add_progbar` append a History and a ProgbarLogger unless the list has one already. Further
    keyword arguments are the callbacks' `params`. Raises ConfigError for a member that is not a Callback.

    >>> seen = []
    >>> class Note(Callback):
    ...     def on_train_begin(self, logs=None):
    ...         seen.append("begin")
    >>> CallbackList([Note(), Note()]).on_train_begin(); seen
    ['begin', 'begin']
    """

    def __init__(
        self,
        callbacks: Callback | Iterable[Callback] | None = None,
        add_history: bool = False,
        add_progbar: bool = False,
        model: FollowedModel | None = None,
        **params: Any,
    ) -> None:
        super().__init__()
        self.callbacks: list[Callback] = []
        if isinstance(callbacks, str) or not isinstance(callbacks, (Callback, Iterable, NoneType)):
            raise ConfigError(f"callbacks is {callbacks!r}; expected instances of vitral.callbacks.Callback")
        given: list[Any] = [callbacks] if isinstance(callbacks, Callback) else list(callbacks or ())
        for member in given:
            if not isinstance(member, Callback):
                hint = " (a class: add brackets to make an instance)" if isinstance(member, type) else ""
                raise ConfigError(f"callbacks holds {member!r}{hint}; expected instances of vitral.callbacks.Callback")
            self.callbacks.append(member)
        self.history = self._find_or_add(History, add_history)
        self._find_or_add(ProgbarLogger, add_progbar)
        if model is not None:
            self.set_model(model)
        if params:
            self.set_params(params)

    def _find_or_add(self, kind: type[Callback], wanted: bool) -> Callback | None:
        found = next((member for member in self.callbacks if isinstance(member, kind)), None)
        if found is None and wanted:
            found = kind()
            self.callbacks.append(found)
        return found

    @property
    def follows_batches(self) -> bool:
        """Whether any of them does something when a batch of a training or an evaluation begins or ends."""
        return type(self) is not CallbackList or any(
            _overrides(member, method) for member in self.callbacks for method in _OF_BATCHES
        )

    def set_params(self, params: Any) -> None:
        super().set_params(params)
        for member in self.callbacks:
            member.set_params(params)

    def set_model(self, model: FollowedModel) -> None:
        super().set_model(model)
        if self.history is not None:
            model.history = self.history
        for member in self.callbacks:
            member.set_model(model)

    def _tell(self, moment: str, logs: Logs | None, *where: int) -> None:
        logs = {} if logs is None else logs
        for member in self.callbacks:
            getattr(member, moment)(*where, logs)

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self._tell("on_train_begin", logs)

    def on_train_end(self, logs: Logs | None = None) -> None:
        self._tell("on_train_end", logs)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._tell("on_epoch_begin", logs, epoch)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self._tell("on_epoch_end", logs, epoch)

    def on_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        self._tell("on_batch_begin", logs, batch)

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        self._tell("on_batch_end", logs, batch)

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        self._tell("on_train_batch_begin", logs, batch)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        self._tell("on_train_batch_end", logs, batch)

    def on_test_begin(self, logs: Logs | None = None) -> None:
        self._tell("on_test_begin", logs)

    def on_test_end(self, logs: Logs | None = None) -> None:
        self._tell("on_test_end", logs)

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        self._tell("on_test_batch_begin", logs, batch)

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        self._tell("on_test_batch_end", logs, batch)

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        self._tell("on_predict_begin", logs)

    def on_predict_end(self, logs: Logs | None = None) -> None:
        self._tell("on_predict_end", logs)

    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        self._tell("on_predict_batch_begin", logs, batch)

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        self._tell("on_predict_batch_end", logs, batch)


_OF_BATCHES = [f"on_{phase}batch_{moment}" for phase in ("", "train_", "test_") for moment in ("begin", "end")]


def _overrides(member: Callback, method: str) -> bool:
    # Also where it was set on the instance.
    return getattr(getattr(member, method), "__func__", None) is not getattr(Callback, method)
