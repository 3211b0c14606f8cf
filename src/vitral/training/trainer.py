"""fit, evaluate and predict."""

import warnings
from collections.abc import Container, Iterable, Mapping
from contextlib import ExitStack, closing
from typing import Any, Literal

import numpy as np

from vitral.callbacks import Callback, CallbackList, History
from vitral.config import max_epochs
from vitral.core.rng import next_seed
from vitral.errors import ConfigError, DataError, ModelWarning, ShapeError
from vitral.training.checks import check_targets, model_warnings
from vitral.training.columns import Columns, arrays_of
from vitral.training.data import Data, whole_number
from vitral.training.feeds import OUT_OF_DATA, ArrayFeed, Feed
from vitral.training.open_feed import is_array, limited, open_feed, open_validation, split_arrays
from vitral.training.outputs import Outputs
from vitral.training.state import Resumable
from vitral.typing import Logs

Verbose = Literal["auto", 0, 1, 2]
Callbacks = Callback | Iterable[Callback] | None


class Trainer(Resumable):
    """A network that can be trained, evaluated and used.

    Everywhere x is an array, a memory map or a list with one entry a sample, of any number type: every batch is cast by
    itself. For a model of several inputs it is a list with such an array for each, or a dictionary by their names; so
    are labels and weights for several outputs.

    Or it gives whole batches, x, (x, y) or (x, y, sample_weight): a PyDataset or another object with `__getitem__` and
    `__len__`, a generator, or anything that can be iterated; these are read in advance, on a thread.

    `verbose` is 0 (silent), 1 (a bar on a terminal, a line an epoch elsewhere), 2 (a line an epoch) or
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
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: int | Container[int] = 1,
        initial_step: int = 0,
    ) -> History:
        """Train for the epochs from `initial_epoch` to `epochs`; returns the History, also kept as `model.history`.

        `batch_size` is 32 unless given; len(x) gives full batches. `validation_split` holds out the last part of the
        arrays, before any shuffling; `validation_data` is (x, y), (x, y, sample_weight) or whatever else x may be. It
        is used every `validation_freq` epochs, or after those epochs, counted from 1, that a list names. `class_weight`
        maps classes to weights.

        `shuffle` puts the samples of arrays, or the batches of a data set, into a new order in every epoch; what comes
        from a generator comes as it comes. An epoch ends after `steps_per_epoch` batches, and the next one goes on from
        there; a validation ends after `validation_steps`. `initial_step` skips that many batches of the first epoch,
        for resuming after `set_training_state`.

        Raises DataError, ShapeError or ConfigError where it cannot work; warns with ModelWarning where the model is
        probably wrong.
        """
        self.require_loss("fit")
        epochs, initial_epoch = whole_number(epochs, "epochs", 0), whole_number(initial_epoch, "initial_epoch", 0)
        epochs = limited(epochs, max_epochs(), "epochs") or 0
        validates = [epoch for epoch in range(initial_epoch, epochs) if _is_due(epoch, validation_freq)]
        if validation_split and validation_data is None:
            data, held_out = split_arrays(x, y, sample_weight, validation_split, self.layout)
            x, y, sample_weight = data.x, data.y, data.weight
            validation_data = (held_out.x, held_out.y, held_out.weight)
        if validation_batch_size is None and (validation_data is None or is_array(validation_data)):
            validation_batch_size = batch_size
        if shuffle not in (True, False):
            raise ConfigError(f"shuffle is {shuffle!r}; expected True or False")
        with ExitStack() as open_feeds:
            feed = open_feed(
                *(x, y, sample_weight),
                batch_size=batch_size,
                class_weight=class_weight,
                steps=steps_per_epoch,
                steps_name="steps_per_epoch",
                epochs=epochs - initial_epoch,
                layout=self.layout,
            )
            open_feeds.callback(feed.close)
            self._prepare(feed, "fit")
            validation = None
            if validation_data is not None:
                validation = open_validation(
                    validation_data, validation_batch_size, validation_steps, len(validates), self.layout
                )
                open_feeds.callback(validation.close)
                self._prepare(validation, "fit")
            if initial_step < 0 or (feed.steps is not None and initial_step > feed.steps):
                raise ConfigError(f"initial_step is {initial_step}; an epoch has {feed.steps} batches")
            if shuffle:
                self._choose_shuffle_seed(continues=initial_epoch > 0 or initial_step > 0)

            listeners = self._listeners(callbacks, verbose, add_history=True, epochs=epochs, steps=feed.steps)
            self.stop_training = False
            listeners.on_train_begin()
            initial_epoch, initial_step = self._take_place(initial_epoch, initial_step)
            logs: Logs = {}
            for epoch in range(initial_epoch, epochs):
                if feed.is_used_up():
                    warnings.warn(OUT_OF_DATA, UserWarning, stacklevel=2)
                    break
                first = initial_step if epoch == initial_epoch else 0
                logs = self._train_epoch(feed, epoch, first, shuffle, listeners)
                if validation is not None and epoch in validates:
                    values = self._evaluate(validation, listeners)
                    logs |= {f"val_{name}": value for name, value in values.items()}
                listeners.on_epoch_end(epoch, logs)
                if self.stop_training:
                    break
            if epochs > initial_epoch:
                self.optimizer.finalize_variable_values()
            listeners.on_train_end(logs)
        history: History = self.history
        return history

    def _train_epoch(self, feed: Feed, epoch: int, first: int, shuffle: bool, listeners: CallbackList) -> Logs:
        if first == 0:
            self._metrics.reset()
        listeners.on_epoch_begin(epoch)
        followed = listeners.follows_batches
        plan = self.plan()  # which may have to change where code of others runs between the steps
        steady = feed.is_whole and not followed
        with closing(feed.epoch(epoch, self.shuffle_seed if shuffle else None, first)) as batches:
            for step, (x, y, weight) in batches:
                if followed:
                    listeners.on_train_batch_begin(step)
                self.train_step(*self._checked(feed, x, y), weight, plan if steady else self.plan())
                if followed:
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
        steps: int | None = None,
        callbacks: Callbacks = None,
        return_dict: bool = False,
    ) -> Any:
        """Loss and metrics on these samples, or on the first `steps` batches of them: a list [loss, metrics ...], the
        loss alone if there are no metrics, or a dictionary if `return_dict`.

        The running means of a training are left as they are, so a callback may call this in the middle of an epoch.
        """
        self.require_loss("evaluate")
        with closing(open_feed(x, y, sample_weight, batch_size=batch_size, steps=steps, layout=self.layout)) as feed:
            self._prepare(feed, "evaluate")
            listeners = self._listeners(callbacks, verbose, epochs=1, steps=feed.steps)
            running = self._metrics.get_state()
            logs = self._evaluate(feed, listeners)
        self._metrics.reset()
        self._metrics.set_state(running)
        return logs if return_dict else self._metrics.in_order(logs)

    def _evaluate(self, feed: Feed, listeners: CallbackList) -> Logs:
        self._metrics.reset()
        listeners.on_test_begin()
        feed.rewind()
        followed = listeners.follows_batches
        plan = self.plan()
        steady = feed.is_whole and not followed
        with closing(feed.epoch(0, seed=None)) as batches:
            for step, (x, y, weight) in batches:
                if followed:
                    listeners.on_test_batch_begin(step)
                self.test_step(*self._checked(feed, x, y), weight, plan if steady else self.plan())
                if followed:
                    listeners.on_test_batch_end(step, self._metrics.result())
        logs = self._metrics.result()
        listeners.on_test_end(logs)
        return logs

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: Verbose = "auto",
        steps: int | None = None,
        callbacks: Callbacks = None,
    ) -> Any:
        """The model's output for every sample, or for those of the first `steps` batches, in order; several outputs in
        the structure in which the model gives them."""
        with closing(open_feed(x, batch_size=batch_size, steps=steps, layout=self.layout)) as feed:
            self._build_for(_first_of(feed))
            listeners = self._listeners(callbacks, verbose, epochs=1, steps=feed.steps)
            outputs = Outputs(feed)
            listeners.on_predict_begin()
            with closing(feed.epoch(0, seed=None)) as batches:
                for step, (batch, _, _) in batches:
                    listeners.on_predict_batch_begin(step)
                    ys = self.predict_step(self._fitted(batch))
                    outputs.add(ys)
                    logs: Any = {"outputs": self.result(ys)}
                    listeners.on_predict_batch_end(step, logs)
            listeners.on_predict_end()
        return self.result(outputs.all())

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
        data = Data.of(x, y, sample_weight, self.layout).with_class_weight(class_weight)
        return self._on_batch(self.train_step, data, return_dict)

    def test_on_batch(self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False) -> Any:
        """Loss and metrics on these samples as one batch."""
        self.require_loss("test_on_batch")
        return self._on_batch(self.test_step, Data.of(x, y, sample_weight, self.layout), return_dict)

    def _on_batch(self, step: Any, data: Data, return_dict: bool) -> Any:
        feed = ArrayFeed(data, len(data), wanted=None)
        self._prepare(feed, "a step on a batch")
        self._metrics.reset()
        for _, (x, y, weight) in feed.epoch(0, seed=None):
            step(self._fitted(x), y, weight, self.plan())
        logs = self._metrics.result()
        return logs if return_dict else self._metrics.in_order(logs)

    def predict_on_batch(self, x: Any) -> Any:
        """The model's output for these samples as one batch."""
        data = Data.of(x, layout=self.layout)
        feed = ArrayFeed(data, len(data), wanted=None)
        self._build_for(data)
        ((_, (batch, _, _)),) = feed.epoch(0, seed=None)
        # Copies, because an output may be a view of x.
        return self.result([np.array(y) for y in self.predict_step(self._fitted(batch))])

    def _prepare(self, feed: Feed, action: str) -> None:
        """Build the model and check the labels, all of them if they are there; says once after each `compile` what is
        probably wrong."""
        data = _first_of(feed)
        self.require_loss(action)
        self._build_for(data)
        self._check_labels(data.y)
        shapes = [None if y is None else y.shape for y in self._for_outputs(data.y)]
        self._metrics.resolve(shapes, [(len(data), *shape[1:]) for shape in self.output_shapes])
        if not self._warned:
            self._warned = True
            for message in model_warnings(self, data.y if feed.is_whole else None):
                warnings.warn(message, ModelWarning, stacklevel=3)

    def _check_labels(self, y: Any) -> None:
        for goal, layer, shape, labels in zip(
            self.goals, self.output_layers, self.output_shapes, self._for_outputs(y), strict=True
        ):
            if goal.loss is not None:
                check_targets(goal.loss, layer, shape, labels)

    def _checked(self, feed: Feed, x: Any, y: Any) -> tuple[Any, Any]:
        """A batch as the first layer wants it, with its labels checked unless `_prepare` has seen them."""
        if not feed.is_whole:
            self._check_labels(y)
        return self._fitted(x), y

    def _fitted(self, x: Any) -> Any:
        return self.fit_input(x.arrays if isinstance(x, Columns) else x)

    def _build_for(self, data: Data) -> None:
        x = data.x
        if isinstance(x, Columns):
            self.build_for([(None, *array.shape[1:]) for array in arrays_of(x)])
        else:
            self.build_for((None, *x.shape[1:]))
        try:
            self._fitted(x)
        except ShapeError:
            if not isinstance(x, Columns) and x.shape == self.input_shape[1:]:
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


def _is_due(epoch: int, frequency: Any) -> bool:
    """Whether an epoch, counted from 0, ends with a validation."""
    if isinstance(frequency, Container):
        return epoch + 1 in frequency
    return (epoch + 1) % whole_number(frequency, "validation_freq", 1) == 0


def _first_of(feed: Feed) -> Data:
    data = feed.first()
    if data is None:
        raise DataError("x gives no batch at all")
    return data
