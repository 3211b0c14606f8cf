"""The hooks through which a callback follows a training."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TextIO

from vitral.core.messages import say
from vitral.typing import Array, Logs


class HasLearningRate(Protocol):
    """What a callback needs of an optimizer."""

    learning_rate: Any


class FollowedModel(Protocol):
    """What the callbacks here need of the model that is trained."""

    stop_training: bool
    history: Any

    @property
    def optimizer(self) -> HasLearningRate: ...

    @property
    def metrics(self) -> Sequence[Any]: ...

    def get_weights(self) -> list[Array]: ...

    def set_weights(self, weights: Sequence[Array]) -> None: ...

    def save(self, filepath: str | Path, overwrite: bool = True) -> None: ...

    def save_weights(self, filepath: str | Path, overwrite: bool = True) -> None: ...


class Callback:
    """Follows a training: `fit`, `evaluate` and `predict` call these methods at the moments that their names say.

    A subclass overrides what it needs. `epoch` and `batch` count from 0. `logs` holds the running means of loss and
    metrics by name, and after a batch of `predict` its "outputs"; a callback may add values to the logs of an epoch.
    Setting `self.model.stop_training = True` ends the training after the running batch.

    >>> from vitral.callbacks import Callback
    >>> class PrintLoss(Callback):
    ...     def on_epoch_end(self, epoch, logs=None):
    ...         self.say(f"{epoch}: {logs['loss']:.1f}")
    >>> PrintLoss().on_epoch_end(0, {"loss": 2.0})
    0: 2.0
    """

    model: FollowedModel

    stream: TextIO | None = None
    """Where messages go; standard output unless set."""

    _resumed = False  # on the class, because a user's __init__ may forget to call this one, as Keras allows

    def __init__(self) -> None:
        self.params: dict[str, Any] = {}

    def say(self, message: str) -> None:
        """Write a line for the user."""
        say(f"{message}\n", self.stream)

    def set_params(self, params: Mapping[str, Any]) -> None:
        """Receive verbose, epochs and steps (batches an epoch) of the training."""
        self.params = dict(params)

    def set_model(self, model: FollowedModel) -> None:
        """Receive the model that is trained."""
        self.model = model

    def get_state(self) -> dict[str, Any]:
        """What the callback must remember for a killed training to go on with the same decisions."""
        return {}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Take back what `get_state` gave; the next `on_train_begin` keeps it instead of starting afresh."""
        self._resumed = True

    def starts_afresh(self) -> bool:
        """Whether a training that begins now is a new one; False once after `set_state`."""
        resumed, self._resumed = self._resumed, False
        return not resumed

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """The training starts."""

    def on_train_end(self, logs: Logs | None = None) -> None:
        """The training has ended; `logs` are those of its last epoch."""

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """An epoch starts."""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """An epoch and its validation have ended."""

    def on_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Another name of `on_train_batch_begin`."""

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Another name of `on_train_batch_end`."""

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """A training step starts."""
        self.on_batch_begin(batch, logs)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """A training step has changed the weights."""
        self.on_batch_end(batch, logs)

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """An evaluation or a validation starts."""

    def on_test_end(self, logs: Logs | None = None) -> None:
        """An evaluation or a validation has ended."""

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """A batch of an evaluation starts."""

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """A batch of an evaluation has ended."""

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """A prediction starts."""

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """A prediction has ended."""

    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """A batch of a prediction starts."""

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """A batch of a prediction has ended."""
