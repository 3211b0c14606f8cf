"""Optimizers whose operation moves all variables of a step in one call."""

from collections.abc import Sequence

from vitral.core.variable import Variable
from vitral.optimizers.optimizer import Optimizer
from vitral.typing import Array


class JointOptimizer(Optimizer):
    """Base of optimizers that write `update_together`, for many variables, in place of `update_step`, for one."""

    def update_together(self, gradients: list[Array], variables: Sequence[Variable], learning_rate: float) -> None:
        """Change the variables' values in place for one step along their gradients."""
        raise NotImplementedError(f"{type(self).__name__} has no update_together")

    def update_step(self, gradient: Array, variable: Variable, learning_rate: float) -> None:
        self.update_together([gradient], [variable], learning_rate)

    def update_all(self, gradients: list[Array], variables: Sequence[Variable], learning_rate: float) -> None:
        if getattr(self.update_step, "__func__", None) is JointOptimizer.update_step:
            self.update_together(gradients, variables, learning_rate)
        else:  # a subclass, or who set it on the object, changes what is done with one variable, so with each
            super().update_all(gradients, variables, learning_rate)
