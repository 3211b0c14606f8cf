"""A penalty on vectors that point in similar directions."""

import numpy as np

from vitral.config import epsilon
from vitral.errors import ConfigError, ShapeError
from vitral.regularizers.regularizer import Regularizer, check_strength, registry
from vitral.typing import Array, Config


@registry.register()
class OrthogonalRegularizer(Regularizer):
    """factor times the mean |cosine| of the angles between all pairs of rows, or of columns with mode="columns".

    For a matrix; raises ShapeError for anything else, ConfigError for another mode or a negative factor.

    >>> round(OrthogonalRegularizer(0.1)(np.array([[1.0, 0.0], [1.0, 1.0]])), 6)
    0.070711
    """

    def __init__(self, factor: float = 0.01, mode: str = "rows") -> None:
        self.factor = check_strength("factor", factor)
        if mode not in ("rows", "columns"):
            raise ConfigError(f"mode is {mode!r}; expected 'rows' or 'columns'")
        self.mode = mode

    def __call__(self, value: Array) -> float:
        _, _, cosines = self._vectors(value)
        return self._of_a_pair(cosines) / 2 * float(np.abs(cosines).sum())

    def gradient(self, value: Array) -> Array:
        unit, length, cosines = self._vectors(value)
        # Every pair stands in the matrix of cosines twice, which cancels the half.
        by_unit = self._of_a_pair(cosines) * np.sign(cosines) @ unit
        by_vector = (by_unit - (by_unit * unit).sum(axis=1, keepdims=True) * unit) / length
        gradient: Array = by_vector if self.mode == "rows" else by_vector.T
        return gradient

    def _vectors(self, value: Array) -> tuple[Array, Array, Array]:
        """The vectors at length 1, their lengths, and the cosines between them with zeros on the diagonal."""
        if value.ndim != 2:
            raise ShapeError(f"OrthogonalRegularizer received a variable of shape {value.shape}; expected a matrix")
        vectors = value if self.mode == "rows" else value.T
        length = np.maximum(np.sqrt(np.square(vectors).sum(axis=1, keepdims=True)), epsilon())
        unit = vectors / length
        cosines = unit @ unit.T
        np.fill_diagonal(cosines, 0)
        return unit, length, cosines

    def _of_a_pair(self, cosines: Array) -> float:
        size = len(cosines)
        return self.factor / (size * (size - 1) / 2)

    def get_config(self) -> Config:
        return {"factor": self.factor, "mode": self.mode}
