"""fit, evaluate and predict."""

import warnings
from collections.abc import Iterable, Mapping
from typing import Any, Literal

import numpy as np

from vitral.callbacks import Callback, CallbackList, History
from vitral.core.rng import next_seed
from vitral.errors import ConfigError, ModelWarning, ShapeError
from vitral.training.checks import check_targets, model_warnings
from vitral.training.data import BatchReader, Data, as_array, epoch_order, whole_number
from vitral.training.state import Resumable
from vitral.typing import Array, Logs

Verbose = Literal["auto", 0, 1, 2]
Callbacks = Callback | Iterable[Callback] | None


class Trainer(Resumable):
    """A network that can be trained, evaluated and used.

    Everywhere x is an array, a memory map or a list with one entry a sample, of any number type: every batch is cast by
    itself. `verbose` is 0 (silent), 1 (a bar on a terminal, a line an epoch elsewhere), 2 (a line an epoch) or
    "auto" (1).
    """

    def fit(
        self,
        x: Any,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: Verbose = "auto",
        callbacks: Callbacks = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        class_weight: Mapping[int, float] | None = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        validation_batch_size: int | None = None,
        validation_freq: int = 1,
        initial_step: int = 0,
    ) -> History:
        """Train for the epochs from `initial_epoch` to `epochs`; returns the History, also kept as `model.history`.

        `batch_size` is 32 unless given; len(x) gives full batches. `validation_split` holds out the last part of the
        data, before any shuffling; `validation_data` is (x, y) or (x, y, sample_weight); it is used every
        `validation_freq` epochs. `class_weight` maps classes to weights. `initial_step` skips that many batches of the
        first epoch, for resuming after `set_training_state`.

        Raises DataError, ShapeError or ConfigError where it cannot work; warns with ModelWarning where the model is
        probably wrong.
        """
        self.require_loss("fit")
        epochs, initial_epoch = whole_number(epochs, "epochs", 0), whole_number(initial_epoch, "initial_epoch", 0)
        whole_number(validation_freq, "validation_freq", 1)
        data = Data.of(x, y, sample_weight)
        validation = None if validation_data is None else _unpack(validation_data)
        if validation_split and validation is None:
            data, validation = data.split(validation_split)
        data = data.with_class_weight(class_weight)
        self._prepare(data, "fit")
        if validation is not None:
            self._prepare(validation, "fit")
        reader = BatchReader(data, batch_size)
        val_batch_size = batch_size if validation_batch_size is None else validation_batch_size
        val_reader = None if validation is None else BatchReader(validation, val_batch_size)
        if not 0 <= initial_step <= reader.steps:
            raise ConfigError(f"initial_step is {initial_step}; an epoch has {reader.steps} batches")
        if shuffle:
            self._choose_shuffle_seed(continues=initial_epoch > 0 or initial_step > 0)

        listeners = self._listeners(callbacks, verbose, add_history=True, epochs=epochs, steps=reader.steps)
        self.stop_training = False
        listeners.on_train_begin()
        logs: Logs = {}
        for epoch in range(initial_epoch, epochs):
            first = initial_step if epoch == initial_epoch else 0
            logs = self._train_epoch(reader, epoch, first, shuffle, listeners)
            if val_reader is not None and (epoch + 1) % validation_freq == 0:
                values = self._evaluate(val_reader, listeners)
                logs |= {f"val_{name}": value for name, value in values.items()}
            listeners.on_epoch_end(epoch, logs)
            if self.stop_training:
                break
        listeners.on_train_end(logs)
        history: History = self.history
        return history

    def _train_epoch(self, reader: BatchReader, epoch: int, first: int, shuffle: bool, listeners: CallbackList) -> Logs:
        if first == 0:
            self._metrics.reset()
        listeners.on_epoch_begin(epoch)
        order = None
        # A full batch has no order; shuffling it would only copy the whole of x.
        if shuffle and reader.steps > 1 and self.shuffle_seed is not None:
            order = epoch_order(self.shuffle_seed, epoch, len(reader.data))
        for step, (x, y, weight) in reader.batches(order, first):
            listeners.on_train_batch_begin(step)
            self.train_step(self.fit_input(x), y, weight)
            listeners.on_train_batch_end(step, self._metrics.result())
            if self.stop_training:
                break
        return self._metrics.result()

    def evaluate(
        self,
        x: Any,
        y: Any = None,
        batch_size: int | None = None,
        verbose: Verbose = "auto",
        sample_weight: Any = None,
        callbacks: Callbacks = None,
        return_dict: bool = False,
    ) -> Any:
        """Loss and metrics on these samples: a list [loss, metrics ...], the loss alone if there are no metrics,
        or a dictionary if `return_dict`.

        The running means of a training are left as they are, so a callback may call this in the middle of an epoch.
        """
        self.require_loss("evaluate")
        data = Data.of(x, y, sample_weight)
        self._prepare(data, "evaluate")
        reader = BatchReader(data, batch_size)
        listeners = self._listeners(callbacks, verbose, epochs=1, steps=reader.steps)
        running = self._metrics.get_state()
        logs = self._evaluate(reader, listeners)
        self._metrics.reset()
        self._metrics.set_state(running)
        return logs if return_dict else self._metrics.in_order(logs)

    def _evaluate(self, reader: BatchReader, listeners: CallbackList) -> Logs:
        self._metrics.reset()
        listeners.on_test_begin()
        for step, (x, y, weight) in reader.batches():
            listeners.on_test_batch_begin(step)
            self.test_step(self.fit_input(x), y, weight)
            listeners.on_test_batch_end(step, self._metrics.result())
        logs = self._metrics.result()
        listeners.on_test_end(logs)
        return logs

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: Verbose = "auto",
        callbacks: Callbacks = None,
    ) -> Array:
        """The model's output for every sample, in order."""
        data = Data.of(x)
        self._build_for(data.x)
        reader = BatchReader(data, batch_size)
        listeners = self._listeners(callbacks, verbose, epochs=1, steps=reader.steps)
        listeners.on_predict_begin()
        outputs: Array | None = None
        for step, (batch, _, _) in reader.batches():
            listeners.on_predict_batch_begin(step)
            y_pred = self.predict_step(self.fit_input(batch))
            if outputs is None:
                outputs = np.empty((len(data), *y_pred.shape[1:]), y_pred.dtype)
            outputs[step * reader.batch_size :][: len(y_pred)] = y_pred
            listeners.on_predict_batch_end(step)
        listeners.on_predict_end()
        assert outputs is not None, "there is at least one batch"
        return outputs

    def train_on_batch(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        class_weight: Mapping[int, float] | None = None,
        return_dict: bool = False,
    ) -> Any:
        """One step on these samples; returns their loss and metrics from before the step, as `evaluate` does."""
        self.require_loss("train_on_batch")
        data = Data.of(x, y, sample_weight).with_class_weight(class_weight)
        self._prepare(data, "train_on_batch")
        return self._on_batch(self.train_step, data, return_dict)

    def test_on_batch(self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False) -> Any:
        """Loss and metrics on these samples as one batch."""
        self.require_loss("test_on_batch")
        data = Data.of(x, y, sample_weight)
        self._prepare(data, "test_on_batch")
        return self._on_batch(self.test_step, data, return_dict)

    def _on_batch(self, step: Any, data: Data, return_dict: bool) -> Any:
        self._metrics.reset()
        for _, (x, y, weight) in BatchReader(data, len(data)).batches():
            step(self.fit_input(x), y, weight)
        logs = self._metrics.result()
        return logs if return_dict else self._metrics.in_order(logs)

    def predict_on_batch(self, x: Any) -> Array:
        """The model's output for these samples as one batch."""
        return self.predict(x, batch_size=len(as_array(x, "x")), verbose=0)

    def _prepare(self, data: Data, action: str) -> None:
        """Build the model and check the labels; says once after each `compile` what is probably wrong."""
        self._build_for(data.x)
        y = check_targets(self, self.require_loss(action), data.y)
        self._metrics.resolve(y.shape, (len(y), *self.output_shape[1:]))
        if not self._warned:
            self._warned = True
            for message in model_warnings(self, y):
                warnings.warn(message, ModelWarning, stacklevel=3)

    def _build_for(self, x: Array) -> None:
        self.build_for((None, *x.shape[1:]))
        try:
            self.fit_input(x[:1])
        except ShapeError:
            if x.shape == self.input_shape[1:]:
                raise ShapeError(
                    f"x has the shape {x.shape} of one sample; expected a batch of samples, such as x[np.newaxis]"
                ) from None
            raise

    def _choose_shuffle_seed(self, continues: bool) -> None:
        if self.shuffle_seed is None or not (continues or self._shuffle_seed_is_given):
            self.shuffle_seed = next_seed()
        self._shuffle_seed_is_given = False

    def _listeners(
        self, callbacks: Callbacks, verbose: Verbose, add_history: bool = False, **params: Any
    ) -> CallbackList:
        if verbose not in ("auto", 0, 1, 2):
            raise ConfigError(f'verbose is {verbose!r}; expected 0, 1, 2 or "auto"')
        if isinstance(callbacks, CallbackList):
            return callbacks
        return CallbackList(
            callbacks, add_history=add_history, add_progbar=verbose != 0, model=self, verbose=verbose, **params
        )


def _unpack(validation_data: Any) -> Data:
    if not isinstance(validation_data, (tuple, list)) or len(validation_data) not in (2, 3):
        raise ConfigError(
            f"validation_data is a {type(validation_data).__name__}; expected (x, y) or (x, y, sample_weight)"
        )
    return Data.of(*validation_data)
