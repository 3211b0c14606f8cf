"""Moving averages of the variables that an optimizer moves."""

from collections.abc import Sequence

from vitral.core.variable import Variable
from vitral.errors import ConfigError
from vitral.optimizers.state import State
from vitral.typing import Array


class Averaging(State):
    """The part of `Optimizer` that keeps averages, in the slots called "average".

    Polyak & Juditsky, "Acceleration of stochastic approximation by averaging", 1992.
    """

    use_ema: bool
    ema_momentum: float
    ema_overwrite_frequency: int | None

    averages_swapped = False
    """Whether the variables hold the averages at the moment, and the averages' place holds the variables."""

    def swap_averages(self) -> None:
        """Exchange the variables with their averages; raises ConfigError if there are none."""
        for variable, average in self._averages():
            value = variable.numpy()
            variable.assign(average)
            average[...] = value
        self.averages_swapped = not self.averages_swapped

    def finalize_variable_values(self, var_list: Sequence[Variable] | None = None) -> None:
        """At the end of a training: with `use_ema`, put the averages into the variables (all, or those given)."""
        if not (self.use_ema and self.built):
            return
        if self.averages_swapped:
            self.swap_averages()
        chosen = None if var_list is None else {id(variable) for variable in var_list}
        for variable, average in self._averages():
            if chosen is None or id(variable) in chosen:
                variable.assign(average)

    def move_averages(self) -> None:
        """Move the averages towards the variables, and now and then the variables to them."""
        # The first values are taken as they are.
        momentum = self.ema_momentum if self.step else 0.0
        for variable, average in self._averages():
            average *= momentum
            average += (1 - momentum) * variable.value
        if self.ema_overwrite_frequency and (self.step + 1) % self.ema_overwrite_frequency == 0:
            self.finalize_variable_values()

    def _averages(self) -> list[tuple[Variable, Array]]:
        """Every variable with its average; raises ConfigError if none are kept."""
        if not self.use_ema:
            raise ConfigError(f"{self.name} keeps no averages; build the optimizer with use_ema=True")
        return [(variable, self.slot("average", variable)) for variable in self.trainable_variables]
