"""Training on all samples at once by a quasi-Newton method: the solver "lbfgs"."""

import warnings
from typing import Any

import numpy as np
from scipy.optimize import minimize
from sklearn.exceptions import ConvergenceWarning

from vitral.sklearn.batches import Samples
from vitral.sklearn.perceptron import dense
from vitral.typing import Array


def train(model: Any, samples: Samples) -> None:
    """Train an estimator until its gradient is below tol, or max_iter or max_fun are reached; sets n_iter_ and loss_.

    L-BFGS-B of scipy. Liu & Nocedal, "On the limited memory BFGS method for large scale optimization", 1989.
    """
    perceptron = model._perceptron
    variables = perceptron.variables
    x = dense(samples.x)
    ends = np.cumsum([variable.size for variable in variables])[:-1]

    def put(values: Array) -> None:
        for variable, part in zip(variables, np.split(values, ends), strict=True):
            variable.assign(part.reshape(variable.shape))

    def loss_and_gradient(values: Array) -> tuple[float, Array]:
        put(values)
        loss = perceptron.loss_and_gradients(x, samples.y, samples.weight)
        return loss, np.concatenate([variable.grad.ravel() for variable in variables]).astype(np.float64)

    result = minimize(
        loss_and_gradient,
        np.concatenate([variable.value.ravel() for variable in variables]).astype(np.float64),
        method="L-BFGS-B",
        jac=True,
        options={"maxfun": model.max_fun, "maxiter": model.max_iter, "gtol": model.tol},
    )
    put(result.x)
    model.loss_ = float(result.fun)
    model.n_iter_ = min(int(result.nit), model.max_iter)
    if result.status != 0:
        warnings.warn(
            f"lbfgs failed to converge after {result.nit} iteration(s): {result.message}; increase max_iter, or scale "
            "the data",
            ConvergenceWarning,
            stacklevel=5,
        )
