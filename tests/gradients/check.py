"""Gradients against central differences, in float64.

For a function of arrays, (f(x + h e) - f(x - h e)) / 2h is its derivative along e up to O(h^2). Outputs are arrays, so
they are first weighted by random numbers and summed; those random numbers are the `dy` that the backward pass gets.
"""

from collections.abc import Callable, Sequence

import numpy as np

from vitral.layers import Layer
from vitral.typing import Array

STEP = 1e-6
TOLERANCE = 2e-6


def numerical_gradient(function: Callable[[], float], array: Array) -> Array:
    """Derivative of `function` with respect to every element of `array`, which it reads anew at each call."""
    gradient = np.empty_like(array)
    for index in np.ndindex(array.shape):
        original = array[index]
        array[index] = original + STEP
        above = function()
        array[index] = original - STEP
        below = function()
        array[index] = original
        gradient[index] = (above - below) / (2 * STEP)
    return gradient


def assert_gradient(function: Callable[[], float], array: Array, claimed: Array, name: str) -> None:
    """Fail unless `claimed` is the derivative of `function` with respect to `array`."""
    assert claimed.shape == array.shape, f"{name}: gradient has shape {claimed.shape}, its array {array.shape}"
    expected = numerical_gradient(function, array)
    np.testing.assert_allclose(claimed, expected, rtol=TOLERANCE, atol=TOLERANCE, err_msg=name)


def check_operation(
    forward: Callable[..., tuple[Array, ...]],
    backward: Callable[..., Array | tuple[Array | None, ...]],
    arrays: Sequence[Array | None],
    options: dict[str, object],
    backward_options: dict[str, object] | None = None,
) -> None:
    """Check all gradients that `backward` gives, in the order of the array arguments of `forward`."""
    y, *_, cache = forward(*arrays, **options)
    dy = np.random.default_rng(0).standard_normal(y.shape)
    gradients = backward(dy, cache, **(backward_options or {}))
    gradients = gradients if isinstance(gradients, tuple) else (gradients,)
    for number, (array, gradient) in enumerate(zip(arrays, gradients, strict=False)):
        if array is not None:
            assert gradient is not None
            assert_gradient(
                lambda: float((forward(*arrays, **options)[0] * dy).sum()), array, gradient, f"argument {number}"
            )


def check_layer(layer: Layer, x: Array | list[Array], training: bool, sets_weights: bool = False) -> None:
    """Check the gradients of the input, or inputs, and of every trainable weight; penalties on outputs included.

    A layer that `sets_weights` in training must have the gradient of a pass outside training with the weights so set.
    """
    several = isinstance(x, list)
    if not layer.built:
        layer.build([(None, *array.shape[1:]) for array in x] if several else (None, *x.shape[1:]))
    state = [variable.numpy() for variable in layer.variables if not variable.trainable]

    def forward(training: bool = training) -> tuple[Array, object]:
        # Random streams and moving averages move on at every pass; here each pass must be the same.
        fixed = [variable for variable in layer.variables if not variable.trainable]
        for variable, value in zip(fixed, state, strict=True):
            variable.assign(value)
        return layer.forward(x, training)

    y, cache = forward()
    assert y.shape[1:] == layer.output_shape[1:], "compute_output_shape"
    dy = np.random.default_rng(0).standard_normal(y.shape)
    dx = layer.backward(dy, cache)
    assert dx is not None

    def loss() -> float:
        y, cache = forward(training and not sets_weights)
        return float((y * dy).sum()) + layer.activity_penalty(cache)

    for number, (array, gradient) in enumerate(zip(x, dx, strict=True) if several else [(x, dx)]):
        if array.dtype.kind == "f":  # whole numbers cannot be moved a little
            assert_gradient(loss, array, gradient, f"input {number}")
    for variable in layer.trainable_weights:
        assert variable.grad is not None, f"{variable.path} got no gradient"
        assert_gradient(loss, variable.value, variable.grad, variable.path)
