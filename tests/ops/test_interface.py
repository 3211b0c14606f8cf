"""The seam: declarations and implementations must agree, and extreme values must come through."""

import inspect
import pickle
import warnings
from copy import deepcopy
from importlib import import_module
from importlib.util import find_spec

import numpy as np
import pytest

from vitral import activations, ops
from vitral.ops.backends import backends


@pytest.mark.parametrize("name", sorted(ops.operations))
def test_every_backend_has_the_declared_signature(name: str) -> None:
    operation = ops.operations[name]
    assert inspect.getdoc(operation.declaration), f"{name} has no formula"
    for backend in backends():
        if find_spec(f"{backend}.{operation.family}") is None:
            continue  # a family without kernels
        module = import_module(f"{backend}.{operation.family}")
        if hasattr(module, name):
            declared = inspect.signature(operation.declaration)
            assert inspect.signature(getattr(module, name)) == declared, f"{backend}: {name}"


def test_the_reference_has_every_operation() -> None:
    for name, operation in ops.operations.items():
        assert hasattr(import_module(f"vitral.ops.reference.{operation.family}"), name)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", sorted(activations.BY_NAME))
def test_activations_keep_the_type_and_survive_extremes(name: str, dtype: type) -> None:
    # e^100 is no float32 any more, and what exponential says then is infinity.
    high = 80.0 if name == "exponential" else 1e4
    x = np.array([[-1e4, -100.0, -1.0, 0.0, 0.5, 1.0, 80.0, high]], dtype)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        y, cache = activations.BY_NAME[name].forward(x)
        dx = activations.BY_NAME[name].backward(np.ones_like(y), cache)
    assert y.dtype == dx.dtype == dtype
    assert np.isfinite(y).all()
    assert np.isfinite(dx).all()


@pytest.mark.parametrize("name", sorted(activations.BY_NAME))
def test_nan_stays_nan(name: str) -> None:
    assert np.isnan(activations.BY_NAME[name](np.array([[np.nan, 1.0]]))[0, 0])


def test_max_pool_keeps_nan() -> None:
    x = np.array([[1.0, np.nan], [2.0, 3.0]]).reshape(1, 2, 2, 1)
    y, _ = ops.max_pool2d(x, pool_size=(2, 2), strides=(2, 2))
    assert np.isnan(y).all()


def test_max_pool_gives_ties_to_the_first() -> None:
    _, cache = ops.max_pool2d(np.ones((1, 2, 2, 1)), pool_size=(2, 2), strides=(2, 2))
    np.testing.assert_array_equal(ops.max_pool2d_backward(np.ones((1, 1, 1, 1)), cache).ravel(), [1, 0, 0, 0])


# Values from SciPy 1.17 (special.expit, special.softmax, special.erf) to 12 digits.
_KNOWN = {
    "sigmoid": [0.119202922022, 0.5, 0.952574126822],
    "tanh": [-0.964027580076, 0.0, 0.995054753687],
    "softplus": [0.126928011043, 0.69314718056, 3.048587351573],
    "silu": [-0.238405844044, 0.0, 2.857722380467],
    "elu": [-0.864664716763, 0.0, 3.0],
    "gelu": [-0.045500263896, 0.0, 2.995950305903],
    "leaky_relu": [-0.4, 0.0, 3.0],
    "relu": [0.0, 0.0, 3.0],
    "linear": [-2.0, 0.0, 3.0],
    "softmax": [0.006377460922, 0.047123416525, 0.946499122553],
    "log_softmax": [-5.054985235377, -3.054985235377, -0.054985235377],
}


@pytest.mark.parametrize("name", sorted(_KNOWN))
def test_known_values(name: str) -> None:
    y = activations.BY_NAME[name](np.array([[-2.0, 0.0, 3.0]]))
    np.testing.assert_allclose(y[0], _KNOWN[name], atol=5e-12)


def test_operations_are_copied_and_pickled_by_name() -> None:
    """Also before their first call, in which they find out who does the work."""
    for op in ops.operations.values():
        assert deepcopy(op) is op
        assert pickle.loads(pickle.dumps(op)) is op


def test_an_operation_finds_its_implementation_in_the_first_call() -> None:
    op = ops.Operation(ops.relu.declaration)
    x = np.array([-1.0, 2.0])
    for _ in range(2):
        np.testing.assert_array_equal(op(x, negative_slope=0.5)[0], [-0.5, 2.0])
    assert op.func.__name__ == "relu"
    assert (op.name, op.family, op.__doc__) == ("relu", "activation", ops.relu.__doc__)


def test_an_operation_is_no_method_of_the_class_that_holds_it():
    """Python 3.13 warns of a partial function in a class, and 3.14 makes a method of it."""

    class Holder:
        operation = ops.add

    assert type(ops.add).__get__(ops.add, Holder(), Holder) is ops.add
    assert Holder().operation is ops.add
