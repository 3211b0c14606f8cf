"""The base class of learning-rate schedules."""

from vitral.core.configurable import Configurable
from vitral.core.registry import Registry


class LearningRateSchedule(Configurable):
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


registry: Registry[LearningRateSchedule] = Registry(
    "learning rate schedule", "keras.optimizers.schedules", LearningRateSchedule
)
