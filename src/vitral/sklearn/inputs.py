"""Targets, sample weights and random states as scikit-learn's users give them."""

import warnings
from numbers import Number
from typing import Any

import numpy as np
from sklearn.exceptions import DataConversionWarning
from sklearn.utils import check_array, check_random_state

from vitral.core.rng import next_seed
from vitral.errors import DataError
from vitral.typing import Array


def check_weights(sample_weight: Any, samples: int, dtype: np.dtype) -> Array | None:
    """The weights of the samples in this type, from a sequence or one number for all; None stays None.

    Raises DataError unless there is one weight for each sample, none below 0, and one above.
    """
    if sample_weight is None:
        return None
    if isinstance(sample_weight, Number):
        sample_weight = np.full(samples, sample_weight)
    given = check_array(sample_weight, ensure_2d=False, dtype="numeric", input_name="sample_weight")
    weight: Array = given.astype(dtype)
    if weight.shape != (samples,):
        raise DataError(f"sample_weight has the shape {weight.shape}; expected {(samples,)}, one for each sample")
    if weight.min() < 0:
        raise DataError(f"sample_weight holds the negative number {weight.min()}; expected weights from 0 on")
    if not weight.any():
        raise DataError("sample_weight holds nothing but zero: at least one weight must be above it")
    return weight


def random_state(given: Any) -> np.random.RandomState:
    """A RandomState as scikit-learn's parameters name it; None draws its seed from Vitral's own root.

    NumPy's global state is not touched: `vitral.set_seed` is what makes estimators without a random_state repeatable.
    """
    return np.random.RandomState(next_seed()) if given is None else check_random_state(given)


def one_column(y: Any) -> Array:
    """y (n,) from (n, 1), with scikit-learn's warning that it was not what it should be; others stay as they are."""
    if hasattr(y, "toarray"):
        y = y.toarray()
    if y.ndim == 2 and y.shape[1] == 1:
        warnings.warn(
            "A column-vector y was passed when a 1d array was expected; change its shape to (n_samples,), such as "
            "y.ravel()",
            DataConversionWarning,
            stacklevel=6,
        )
        return np.ravel(y)
    return np.asarray(y)
