"""What `compile` fixes: optimizer, loss and metrics."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from vitral import losses, optimizers
from vitral import metrics as metrics_module
from vitral.errors import ConfigError
from vitral.losses import Loss
from vitral.metrics import Metric
from vitral.optimizers import Optimizer
from vitral.training.metric_set import MetricIdentifier, MetricSet
from vitral.training.network import Network
from vitral.typing import Config

LossIdentifier: TypeAlias = str | Loss | type[Loss] | Callable[..., Any] | Config


class Compiled(Network):
    """A network with `compile` and what it fixes."""

    history: Any
    """The History of the last `fit`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.compiled = False
        self.stop_training = False
        self._compile_arguments: dict[str, Any] = {}

    def compile(
        self,
        optimizer: str | Optimizer | type[Optimizer] | Config = "rmsprop",
        loss: LossIdentifier | None = None,
        *,
        metrics: Sequence[MetricIdentifier] | None = None,
        weighted_metrics: Sequence[MetricIdentifier] | None = None,
    ) -> None:
        """Choose how the model learns; each is a name, an object, or (loss and metrics) a function.

        `metrics` count every sample once, `weighted_metrics` by class_weight and sample_weight. The name "accuracy"
        becomes the accuracy that fits labels and predictions. Raises ConfigError for an unknown name.
        """
        self._optimizer = optimizers.get(optimizer)
        self._loss: Loss | None = None if loss is None else losses.get(loss)
        self._metrics = MetricSet(self._loss, metrics, weighted_metrics)
        self._compile_arguments = {
            "optimizer": self._optimizer,
            "loss": loss,
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
    def loss_object(self) -> Loss | None:
        """The loss as an object; None if none was compiled."""
        return self._loss if self.compiled else None

    @property
    def metrics(self) -> list[Metric]:
        """The mean loss and the compiled metrics; those that depend on the data appear with the first batch."""
        return self._metrics.all if self.compiled else []

    @property
    def metrics_names(self) -> list[str]:
        """Names of `metrics`."""
        return [metric.name for metric in self.metrics]

    def reset_metrics(self) -> None:
        """Forget the running means."""
        if self.compiled:
            self._metrics.reset()

    def get_compile_config(self) -> Config:
        """The arguments of `compile` as plain values, in Keras' form."""
        arguments = self._compile_arguments
        return {
            "optimizer": optimizers.serialize(self._optimizer),
            "loss": arguments["loss"] if isinstance(arguments["loss"], str) else _loss_config(self._loss),
            "metrics": _metric_configs(arguments["metrics"]),
            "weighted_metrics": _metric_configs(arguments["weighted_metrics"]),
        }

    def require_compiled(self, action: str) -> None:
        """Raise ConfigError unless the model is compiled."""
        if not self.compiled:
            raise ConfigError(
                f"{action} needs a compiled model: call model.compile(optimizer, loss, metrics=...) first"
            )

    def require_loss(self, action: str) -> Loss:
        """The loss; raises ConfigError if the model is not compiled with one."""
        self.require_compiled(action)
        if self._loss is None:
            raise ConfigError(f"{action} needs a loss: give one to model.compile, such as loss='mse'")
        return self._loss


def _loss_config(loss: Loss | None) -> Config | None:
    return None if loss is None else losses.serialize(loss)


def _metric_configs(identifiers: Sequence[Any] | None) -> list[Any] | None:
    """Names as they are, metrics as configurations, functions by their names."""
    if identifiers is None:
        return None
    return [
        metrics_module.serialize(identifier)
        if isinstance(identifier, Metric)
        else getattr(identifier, "__name__", identifier)
        for identifier in identifiers
    ]
