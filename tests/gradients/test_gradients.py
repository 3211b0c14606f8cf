"""Every gradient that Vitral has, against central differences; whatever is registered is found here."""

import inspect

import numpy as np
import pytest

from tests.gradients import cases_layers, cases_operations
from tests.gradients.cases_operations import normal
from tests.gradients.check import assert_gradient, check_layer, check_operation
from vitral import Input, Sequential, layers, models, ops, regularizers
from vitral.ops.reference.activation import FROM_OUTPUT, FUSED
from vitral.typing import Array

# Families without a gradient of their own to check: losses give value and gradient at once (test_loss_gradients.py),
# updates are what is done with a gradient (tests/optimizers), batches are data, masks are drawn, and penalties are a
# number, checked with the regularizers.
_ELSEWHERE = ("loss", "update", "batch", "random", "penalty")  # the ends of families' names, such as focal_loss
_DIFFERENTIABLE = sorted(
    name
    for name, operation in ops.operations.items()
    if not operation.family.endswith(_ELSEWHERE) and not name.endswith("_backward")
)
_WITH_INPUT_ACTIVATION = [
    name
    for name in _DIFFERENTIABLE
    if "input_activation" in inspect.signature(ops.operations[f"{name}_backward"].declaration).parameters
]

_WEIGHTED = ["Conv2D", "Conv2DTranspose", "Dense", "DepthwiseConv2D", "EinsumDense", "GRU", "LSTM", "SeparableConv2D"]


@pytest.mark.parametrize("name", _DIFFERENTIABLE)
def test_operation(name: str) -> None:
    assert name in cases_operations.CASES, f"operation {name} has no case in cases_operations.py"
    forward, backward = ops.operations[name], ops.operations[f"{name}_backward"]
    for arrays, options in cases_operations.CASES[name]:
        check_operation(forward, backward, arrays, options)


@pytest.mark.parametrize("activation", sorted(FROM_OUTPUT))
@pytest.mark.parametrize("name", _WITH_INPUT_ACTIVATION)
def test_operation_behind_an_activation(name: str, activation: str) -> None:
    """With x = activation(u), dx must be the derivative by u."""
    operation, backward = ops.operations[name], ops.operations[f"{name}_backward"]

    def forward(u: Array, *others: Array | None, **options: object) -> tuple[Array, ...]:
        return operation(FUSED[activation][0](u)[0], *others, **options)

    for arrays, options in cases_operations.CASES[name]:
        check_operation(forward, backward, arrays, options, {"input_activation": activation})


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("name", sorted(layers.registry.classes))
def test_layer(name: str, training: bool) -> None:
    assert name in cases_layers.CASES, f"layer {name} has no case in cases_layers.py"
    for make, shape in cases_layers.CASES[name]:
        check_layer(make(), cases_layers.batch(shape), training, sets_weights=name == "SpectralNormalization")


@pytest.mark.parametrize(
    "name",
    [
        "Activation",
        "Conv2D",
        "Conv2DTranspose",
        "Dense",
        "DepthwiseConv2D",
        "EinsumDense",
        "SeparableConv2D",
        "Softmax",
    ],
)
def test_backward_from_before_the_activation_equals_backward_through_it(name: str) -> None:
    for make, shape in cases_layers.CASES[name]:
        through, before = make(), make()
        x = normal(*shape)
        through.build((None, *shape[1:]))
        before.build((None, *shape[1:]))
        before.set_weights(through.get_weights())
        y, cache = through.forward(x)
        dy = normal(*y.shape, seed=2)
        z, activation_cache = before.activation.forward(_preactivation(before, x))  # type: ignore[attr-defined]
        dz = before.activation.backward(dy, activation_cache)  # type: ignore[attr-defined]
        np.testing.assert_allclose(z, y)
        np.testing.assert_allclose(
            before.backward_preactivation(dz, before.forward(x)[1]),  # type: ignore[attr-defined]
            through.backward(dy, cache),
            atol=1e-12,
        )
        for one, other in zip(before.trainable_weights, through.trainable_weights, strict=True):
            np.testing.assert_allclose(one.grad, other.grad, atol=1e-12)


def _preactivation(layer: layers.Layer, x: np.ndarray) -> np.ndarray:
    return layer.affine(x, "linear")[0] if hasattr(layer, "affine") else x


@pytest.mark.parametrize("name", _WEIGHTED)
def test_a_first_layer_gives_the_same_weight_gradients_without_an_input_gradient(name: str) -> None:
    for make, shape in cases_layers.CASES[name]:
        layer = make()
        x = normal(*shape)
        layer.build((None, *shape[1:]))
        y, cache = layer.forward(x)
        layer.backward(y, cache)
        gradients = [variable.grad.copy() for variable in layer.trainable_weights]
        for variable in layer.trainable_weights:
            variable.zero_grad()
        layer.needs_input_gradient = False
        assert layer.backward(y, cache) is None
        for variable, gradient in zip(layer.trainable_weights, gradients, strict=True):
            np.testing.assert_array_equal(variable.grad, gradient)


@pytest.mark.parametrize("name", sorted(regularizers.registry.classes))
def test_regularizer(name: str) -> None:
    regularizer = regularizers.registry.classes[name](0.3)
    value = normal(3, 4)
    assert_gradient(lambda: regularizer(value), value, regularizer.gradient(value), name)


def penalized(kind: str) -> models.Model:
    """A model with penalties on outputs, at every place where neighbors share a pass over their arrays."""
    if kind == "chain":
        return Sequential(
            [
                layers.Conv2D(2, 3, activation="relu", activity_regularizer="l2"),
                layers.MaxPooling2D(),
                layers.Activation("tanh", activity_regularizer=regularizers.L2(0.1)),
                layers.Flatten(activity_regularizer=regularizers.L1L2(0.1, 0.2)),
                layers.Dense(4, activation="sigmoid", activity_regularizer=regularizers.L1(0.3)),
                layers.ActivityRegularization(0.1, 0.2),
                layers.Dense(2, activation="softmax", activity_regularizer="l2"),
            ]
        )
    if kind == "behind an activation":
        return Sequential(
            [
                layers.Conv2D(2, 3),
                layers.Activation("relu", activity_regularizer=regularizers.L1(0.3)),
                layers.MaxPooling2D(activity_regularizer="l2"),
                layers.Conv2D(2, 2, activation="tanh"),
                layers.Flatten(activity_regularizer=regularizers.L2(0.1)),
                layers.Dense(2),
            ]
        )
    x = Input((6, 6, 1))
    flat = layers.Flatten()(x)
    shared = layers.Dense(3, activation="relu", activity_regularizer=regularizers.L2(0.1))
    inner = Sequential([layers.Dense(3, activation="tanh", activity_regularizer=regularizers.L1(0.2))])
    one, other = shared(flat), shared(layers.Activation("tanh")(flat))
    return models.Model(x, layers.add([inner(one), other]))


@pytest.mark.parametrize("kind", ["chain", "behind an activation", "branches"])
def test_penalties_on_outputs(kind: str) -> None:
    model = penalized(kind)
    assert model.penalizes
    check_layer(model, normal(2, 6, 6, 1), training=True)


def test_the_check_finds_a_wrong_gradient() -> None:
    class Wrong(layers.Layer):
        def forward(self, x, training=False):
            return x * x, x

        def backward(self, dy, cache):
            return 2.001 * cache * dy

    with pytest.raises(AssertionError, match="input"):
        check_layer(Wrong(), normal(2, 3), training=False)
