"""What `compile` fixes: optimizer, loss and metrics."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from vitral import losses, optimizers
from vitral import metrics as metrics_module
from vitral.core.configurable import only_default
from vitral.errors import ConfigError
from vitral.losses import Loss
from vitral.metrics import Metric
from vitral.optimizers import Optimizer
from vitral.training.goals import Goal, goals
from vitral.training.metric_set import MetricSet
from vitral.training.network import Network
from vitral.typing import Config

LossIdentifier: TypeAlias = str | Loss | type[Loss] | Callable[..., Any] | Config


class Compiled(Network):
    """A network with `compile` and what it fixes."""

    history: Any
    """The History of the last `fit`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        if self.activity_regularizer is not None:
            raise ConfigError("a model has no activity_regularizer of its own; expected it on its last layer")
        self.compiled = False
        self.stop_training = False
        self._compile_arguments: dict[str, Any] = {}

    def compile(
        self,
        optimizer: str | Optimizer | type[Optimizer] | Config = "rmsprop",
        loss: LossIdentifier | Sequence[LossIdentifier | None] | None = None,
        *,
        loss_weights: Any = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
        run_eagerly: bool = False,
        steps_per_execution: int = 1,
        jit_compile: bool | str = "auto",
        auto_scale_loss: bool = True,
    ) -> None:
        """Choose how the model learns; each is a name, an object, or (loss and metrics) a function.

        `metrics` count every sample once, `weighted_metrics` by class_weight and sample_weight. The name "accuracy"
        becomes the accuracy that fits labels and predictions.

        A model with several outputs takes one loss for all, or a list or dictionary with a loss, or None, for each;
        what is trained is their sum, weighted by `loss_weights`. Metrics are lists or dictionaries of that kind too.
        Where the outputs are nested, so may all of these be.

        `run_eagerly`, `jit_compile` and `auto_scale_loss` change nothing: passes run as they are written, and there are
        no half floats whose loss would be scaled. `steps_per_execution` is 1, after which callbacks are called.
        Raises ConfigError for an unknown name, and where these do not fit the outputs.
        """
        only_default("steps_per_execution", steps_per_execution, (1,), "compile")
        self._optimizer = optimizers.get(optimizer)
        layout = self.layout
        self._goals = goals(layout.for_outputs(loss), layout.for_outputs(loss_weights), self.output_keys)
        names = None if layout.nested_outputs is None else self.output_names
        self._metrics = MetricSet(self._goals, layout.for_outputs(metrics), layout.for_outputs(weighted_metrics), names)
        self._compile_arguments = {
            "optimizer": self._optimizer,
            "loss": loss,
            "loss_weights": loss_weights,
            "metrics": metrics,
            "weighted_metrics": weighted_metrics,
        }
        self._warned = False
        self.stop_training = False
        self.compiled = True

    @property
    def optimizer(self) -> Optimizer:
        """The compiled optimizer; raises ConfigError before `compile`."""
        self.require_compiled("model.optimizer")
        return self._optimizer

    @property
    def loss(self) -> Any:
        """The loss as it was given to `compile`; None before that."""
        return self._compile_arguments.get("loss")

    @property
    def goals(self) -> list[Goal]:
        """For each output its loss and what that counts; none before `compile`."""
        return self._goals if self.compiled else []

    @property
    def loss_object(self) -> Loss | None:
        """The loss of the first output as an object; None if none was compiled."""
        return self._goals[0].loss if self.compiled else None

    @property
    def metrics(self) -> list[Metric]:
        """The mean loss and the compiled metrics; those that depend on the data appear with the first batch."""
        return self._metrics.all if self.compiled else []

    @property
    def metrics_names(self) -> list[str]:
        """What `metrics` are called in the logs."""
        return self._metrics.names if self.compiled else []

    def reset_metrics(self) -> None:
        """Forget the running means."""
        if self.compiled:
            self._metrics.reset()

    def get_compile_config(self) -> Config:
        """The arguments of `compile` as plain values, in Keras' form."""
        arguments = self._compile_arguments
        return {
            "optimizer": optimizers.serialize(self._optimizer),
            "loss": _map(_plain_loss, arguments["loss"]),
            "loss_weights": arguments["loss_weights"],
            "metrics": _map(_plain_metric, arguments["metrics"]),
            "weighted_metrics": _map(_plain_metric, arguments["weighted_metrics"]),
        }

    def require_compiled(self, action: str) -> None:
        """Raise ConfigError unless the model is compiled."""
        if not self.compiled:
            raise ConfigError(
                f"{action} needs a compiled model: call model.compile(optimizer, loss, metrics=...) first"
            )

    def require_loss(self, action: str) -> Loss:
        """The loss of the first output that has one; raises ConfigError if the model is not compiled with one."""
        self.require_compiled(action)
        loss = next((goal.loss for goal in self._goals if goal.loss is not None), None)
        if loss is None:
            raise ConfigError(f"{action} needs a loss: give one to model.compile, such as loss='mse'")
        return loss


def _map(function: Callable[[Any], Any], given: Any) -> Any:
    """What a function makes of a thing, or of those in a list or a dictionary; None stays None."""
    if isinstance(given, dict) and "class_name" not in given:
        return {name: _map(function, thing) for name, thing in given.items()}
    if isinstance(given, (list, tuple)):
        return [_map(function, thing) for thing in given]
    return None if given is None else function(given)


def _plain_loss(identifier: Any) -> Any:
    """A name as it is, anything else as a configuration."""
    return identifier if isinstance(identifier, str) else losses.serialize(losses.get(identifier))


def _plain_metric(identifier: Any) -> Any:
    """A name as it is, a metric as a configuration, a function by its name."""
    if isinstance(identifier, Metric):
        return metrics_module.serialize(identifier)
    return getattr(identifier, "__name__", identifier)
