"""The base class of learning-rate schedules."""

from typing import Self

from vitral.core.registry import Registry
from vitral.typing import Config


class LearningRateSchedule:
    """The learning rate as a function of the number of steps already taken; a subclass writes `__call__`.

    >>> class Halving(LearningRateSchedule):
    ...     def __call__(self, step):
    ...         return 0.5**step
    >>> Halving()(2)
    0.25
    """

    def __call__(self, step: int) -> float:
        """The learning rate of the step that follows `step` steps."""
        raise NotImplementedError(f"{type(self).__name__} has no __call__")

    def get_config(self) -> Config:
        """The arguments from which the schedule can be built again."""
        return {}

    @classmethod
    def from_config(cls, config: Config) -> Self:
        """The schedule that `get_config` described."""
        return cls(**config)


registry: Registry[LearningRateSchedule] = Registry(
    "learning rate schedule", "keras.optimizers.schedules", LearningRateSchedule
)
