"""Dense layers over any axes, and kernels with a largest singular value of 1: values from Keras."""

from typing import Any

import numpy as np
import pytest

from vitral import layers, models
from vitral.errors import ConfigError, ShapeError

X = np.arange(12).reshape(2, 3, 2) / 10 - 0.5

# Keras 3.15.1 on JAX and on TensorFlow: EinsumDense(equation, output_shape, "tanh", bias_axes) of X, with weights that
# go from -1 to 1 in equal steps.
DENSE: dict[tuple[Any, ...], Any] = {
    ("abc,cd->abd", (3, 4), "d", (2, 4), (4,)): """
        -0.505854 -0.146556 0.256076 0.585919 -0.622191 -0.201947 0.308646 0.687319
        -0.716298 -0.256076 0.359395 0.767529 -0.789999 -0.308646 0.408103 0.829245
        -0.846269 -0.359395 0.454594 0.875729 -0.888401 -0.408103 0.498734 0.910180""",
    ("ab...,bc->ac...", 4, None, (3, 4), None): """
        0.490230 0.425628 0.356375 0.332338 0.206096 0.232058 0.045423 0.126590
        0.045423 -0.036348 0.206096 0.179841 0.356375 0.379949 0.490230 0.549861""",
    ("abc,cde->abde", (None, 2, 3), "de", (2, 2, 3), (2, 3)): """
        -0.490230 -0.291313 -0.063551 0.171030 0.387701 0.568602 -0.615782 -0.387701 -0.099668 0.206096 0.476296
        0.679009 -0.716298 -0.476296 -0.135525 0.240641 0.556171 0.765386 -0.793872 -0.556172 -0.171030 0.274587
        0.626943 0.830861 -0.852064 -0.626943 -0.206096 0.307862 0.688687 0.879312 -0.894790 -0.688687 -0.240641
        0.340401 0.741834 0.914532""",
    ("abc,bd->ad", (4,), "d", (3, 4), (4,)): """
        -0.009091 0.366911 0.652010 0.825144 -0.757750 0.057512 0.802666 0.973465""",
    ("ab...,bc->ac...", 4, "c", (3, 4), (4, 1)): """
        -0.433043 -0.497106 0.039374 0.012121 0.494821 0.515137 0.780033 0.810084
        -0.741834 -0.776448 -0.123607 -0.150366 0.608201 0.625100 0.911507 0.924360""",
}
DENSE["...x,xy->...y", 4, "y", (2, 4), (4,)] = DENSE["abc,cd->abd", (3, 4), "d", (2, 4), (4,)]


@pytest.mark.parametrize(("equation", "output_shape", "bias_axes", "kernel", "bias"), DENSE)
def test_any_axes_give_what_keras_gives(
    equation: str, output_shape: Any, bias_axes: Any, kernel: Any, bias: Any
) -> None:
    layer = layers.EinsumDense(equation, output_shape, "tanh", bias_axes)
    layer.build((None, 3, 2))
    assert [variable.shape for variable in layer.weights] == [kernel, *([] if bias is None else [bias])]
    layer.set_weights([np.linspace(-1, 1, each.size).reshape(each.shape) for each in layer.weights])
    y = layer(X)
    assert layer.output_shape[1:] == y.shape[1:]
    expected = DENSE[equation, output_shape, bias_axes, kernel, bias]
    np.testing.assert_allclose(y.ravel(), np.array(expected.split(), float), atol=2e-6)


def test_a_dense_layer_is_a_special_case() -> None:
    dense, einsum = layers.Dense(4, "relu"), layers.EinsumDense("...b,bc->...c", 4, "relu", "c")
    for layer in (dense, einsum):
        layer.build((None, 3, 2))
    einsum.set_weights(dense.get_weights())
    np.testing.assert_allclose(einsum(X), dense(X), atol=1e-6)
    assert einsum.multiply_adds((None, 3, 2)) == dense.multiply_adds((None, 3, 2)) == 24


def test_the_first_kernel_knows_which_axes_are_inputs() -> None:
    layer = layers.EinsumDense("abc,bcde->ade", (30, 40))
    layer.build((None, 10, 20))
    # Glorot's limit for 10 * 20 inputs and 30 * 40 outputs; by the last two axes it would be far less.
    limit = np.sqrt(6 / (200 + 1200))
    assert 0.99 * limit < layer.kernel.value.max() <= limit
    assert layer.get_config()["kernel_initializer"]["config"]["input_axes"] is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("abc,cd", 3), "equation is 'abc,cd'; expected the form 'ab,bc->ac', "),
        (("...bc,cd->bd", 3), "expected the form"),
        (("abb,bc->ac", 3), "expected no letter twice in 'abb'"),
        (("abc,ce->abd", 3), "expected 'd' in 'abcce' as well"),
        (("abc,cde->abd", 3), "expected 'e' in 'abcabd' as well"),
        (("abc,cd->bad", 3), "expected the batch's axis first in input and output, and not in the kernel"),
        (("abc,cd->abd", (None, 0)), "output_shape is 0; expected a positive whole number"),
        (("abc,cd->abd", (None, 4), None, "e"), "bias_axes is 'e'; expected letters of the output, 'abd'"),
        (("abc,cd->abd", 4), r"output_shape is \(4,\); expected one length for each of 'bd' in 'abc,cd->abd'"),
    ],
)
def test_equations_without_a_meaning_are_refused(arguments: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        layers.EinsumDense(*arguments)(X)


def test_inputs_must_fit_the_equation() -> None:
    with pytest.raises(ShapeError, match=r"of shape \(None, 3, 2\); expected 5 along the axis 'b' of 'abc,cd->abd'"):
        layers.EinsumDense("abc,cd->abd", (5, 4))(X)
    with pytest.raises(ShapeError, match="received an input of 3 axes for its equation 'ab,bc->ac'"):
        layers.EinsumDense("ab,bc->ac", 4)(X)
    with pytest.raises(ShapeError, match="expected known lengths of the weights' axes"):
        layers.EinsumDense("abc,cd->abd", (None, 4)).build((None, 3, None))


def _spectral() -> layers.SpectralNormalization:
    layer = layers.SpectralNormalization(layers.Dense(3), power_iterations=2)
    layer.build((None, 2))
    assert [variable.name for variable in layer.weights] == ["kernel", "vector_u", "bias"]  # as in Keras
    kernel, u = np.array([[1.0, 2, 3], [4, 5, -6]]), np.array([[1.0, 0.5, 0.25]])
    layer.set_weights([kernel, u, np.array([0.1, 0.2, 0.3])])
    return layer


def test_a_pass_of_a_training_normalizes_the_kernel_as_in_keras() -> None:
    layer, x = _spectral(), np.array([[1.0, 2.0], [0.5, -1.0]])
    np.testing.assert_allclose(layer(x, training=False), [[9.1, 12.2, -8.7], [-3.4, -3.8, 7.8]], rtol=1e-6)
    # Keras 3.15.1 on TensorFlow and on JAX.
    y = [[1.1293182, 1.5724242, -0.7293182], [-0.3002904, -0.2574747, 1.1577652]]
    np.testing.assert_allclose(layer(x, training=True), y, rtol=1e-5)
    kernel = [[0.1143687, 0.2287374, 0.3431061], [0.4574747, 0.5718434, -0.6862121]]
    np.testing.assert_allclose(layer.get_weights()[0], kernel, rtol=1e-6)
    np.testing.assert_allclose(layer.get_weights()[1], [[0.4625663, 0.5824457, -0.6684229]], rtol=1e-6)
    np.testing.assert_allclose(layer(x, training=False), y, rtol=1e-5)


def test_after_many_passes_the_largest_singular_value_is_1() -> None:
    layer = _spectral()
    for _ in range(30):
        layer(np.ones((1, 2)), training=True)
    assert abs(np.linalg.norm(layer.kernel.value, 2) - 1) < 1e-5
    assert [variable.name for variable in layer.trainable_weights] == ["kernel", "bias"]


def test_a_kernel_of_zeros_stays_what_it_is() -> None:
    layer = layers.SpectralNormalization(layers.Dense(2, kernel_initializer="zeros"))
    np.testing.assert_array_equal(layer(np.ones((1, 3)), training=True), [[0, 0]])


def test_an_embedding_has_a_kernel_too_and_other_layers_are_refused() -> None:
    layer = layers.SpectralNormalization(layers.Embedding(4, 3))
    model = models.Sequential([layers.Input((2,)), layer, layers.Flatten(), layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(np.array([[0, 1], [2, 3]]), np.ones((2, 1)), epochs=8, verbose=0)
    assert abs(np.linalg.norm(layer.kernel.value, 2) - 1) < 0.2  # it began at about 0.1
    with pytest.raises(ConfigError, match="layer is a Flatten; expected one with a kernel or embeddings"):
        layers.SpectralNormalization(layers.Flatten())(np.ones((1, 2, 2)))
    with pytest.raises(ConfigError, match="power_iterations is 0; expected a positive whole number"):
        layers.SpectralNormalization(layers.Dense(1), 0)


def test_each_pass_of_a_training_goes_back_through_the_kernel_that_it_worked_with() -> None:
    layer, x, dy = _spectral(), np.array([[1.0, 2.0]]), np.array([[1.0, -1.0, 2.0]])
    kernels, caches = [], []
    for _ in range(2):
        caches.append(layer.forward(x, training=True)[1])
        kernels.append(layer.kernel.numpy())
    assert np.abs(kernels[0] - kernels[1]).max() > 0.003
    for kernel, cache in zip(kernels, caches, strict=True):
        np.testing.assert_allclose(layer.backward(dy, cache), dy @ kernel.T, rtol=1e-6)
    np.testing.assert_array_equal(layer.kernel.value, kernels[1])
