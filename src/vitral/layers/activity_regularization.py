"""A penalty on what passes by."""

from typing import Any

from vitral.layers.identity import Identity
from vitral.layers.layer import registry
from vitral.regularizers import L1L2
from vitral.typing import Config


@registry.register()
class ActivityRegularization(Identity):
    """The input as it is; a model adds l1 sum |x| + l2 sum x^2, divided by the number of samples, to its loss.

    Any layer does the same with `activity_regularizer`. Raises ConfigError for negative numbers.

    >>> import numpy as np
    >>> from vitral import Sequential
    >>> model = Sequential([ActivityRegularization(l2=0.1)])
    >>> y, cache = model.forward(np.array([[1.0], [3.0]]))
    >>> model.activity_penalty(cache)
    0.5
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0, **options: Any) -> None:
        super().__init__(activity_regularizer=L1L2(l1, l2), **options)
        self.l1 = l1
        self.l2 = l2

    def get_config(self) -> Config:
        config = super().get_config()
        del config["activity_regularizer"]
        return {**config, "l1": self.l1, "l2": self.l2}
