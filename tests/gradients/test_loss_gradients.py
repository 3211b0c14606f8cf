"""Every registered loss against central differences: by its predictions, and by what went into its activation."""

import numpy as np
import pytest

from tests.gradients.cases_losses import CASES, IMAGE_LOGITS, LOGITS, sigmoid, softmax
from tests.gradients.check import assert_gradient
from vitral import losses, ops
from vitral.typing import Array

_NAMES = sorted(losses.registry.classes)


def _value(loss: losses.Loss, y_true: Array, y_pred: Array, weight: Array | None) -> float:
    return float(np.sum(loss(y_true, y_pred, weight)))


def _check(loss: losses.Loss, y_true: Array, y_pred: Array, weight: Array | None, name: str) -> None:
    value, gradient = loss.loss_and_gradient(y_true, y_pred, weight)
    assert value == pytest.approx(_value(loss, y_true, y_pred, weight), rel=1e-12)
    varied = y_pred.copy()
    assert_gradient(lambda: _value(loss, y_true, varied, weight), varied, gradient, name)


def _check_before_activation(loss: losses.Loss, y_true: Array, z: Array, weight: Array | None, name: str) -> None:
    activation = {"softmax": softmax, "sigmoid": sigmoid}[str(loss.fused_activation)]
    value, gradient = loss.loss_and_preactivation_gradient(y_true, activation(z), weight)
    assert value == pytest.approx(_value(loss, y_true, activation(z), weight), rel=1e-12)
    assert_gradient(lambda: _value(loss, y_true, activation(z), weight), z, gradient, name)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("name", _NAMES)
def test_gradient(name: str, weighted: bool) -> None:
    assert name in CASES, f"loss {name} has no case in cases_losses.py"
    for number, (loss, y_true, y_pred) in enumerate(CASES[name]):
        weight = np.random.default_rng(0).uniform(0.5, 2, len(y_pred)) if weighted else None
        _check(loss, y_true, y_pred, weight, f"{name} case {number}")
        if loss.fused_activation is not None:
            z = (IMAGE_LOGITS if y_pred.ndim == 4 else LOGITS)[..., : y_pred.shape[-1]].copy()
            _check_before_activation(loss, y_true, z, weight, f"{name} case {number} before the activation")


@pytest.mark.parametrize("name", _NAMES)
def test_call_and_gradient_agree_with_the_pair(name: str) -> None:
    for loss, y_true, y_pred in CASES[name]:
        arranged = loss.arranged(y_true, y_pred)
        values, gradient = loss.values_and_gradient(*arranged)
        np.testing.assert_array_equal(loss.call(y_true, y_pred), values)
        expected = loss.restored(gradient.reshape(arranged[1].shape))
        np.testing.assert_array_equal(loss.gradient(y_true, y_pred), expected)


def test_every_loss_operation_is_used_by_a_registered_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    family = {name: operation for name, operation in ops.operations.items() if operation.family.endswith("loss")}
    called = set()

    def spy(name: str, operation: ops.Operation) -> None:
        def wrapper(*args: object, **kwargs: object) -> object:
            called.add(name)
            return operation(*args, **kwargs)

        monkeypatch.setattr(ops, name, wrapper)

    for name, operation in family.items():
        spy(name, operation)
    for cases in CASES.values():
        for loss, y_true, y_pred in cases:
            loss(y_true, y_pred)
    assert called == set(family)
