"""Values of activations as Keras gives them, and layers in their place.

Golden values are `keras.activations.<name>(X)` of Keras 3.15 on JAX, float32, rounded to six digits.
"""

import re

import numpy as np
import pytest

from vitral import activations, layers, models
from vitral.errors import ConfigError, ShapeError

X = np.array([[-3.5, -1.25, -0.4, 0.0], [0.3, 0.75, 1.5, 4.0]], np.float32)

# fmt: off
GOLDEN = {
    "celu": [-0.969803, -0.713495, -0.32968, 0.0, 0.3, 0.75, 1.5, 4.0],
    "elu": [-0.969803, -0.713495, -0.32968, 0.0, 0.3, 0.75, 1.5, 4.0],
    "exponential": [0.030197, 0.286505, 0.67032, 1.0, 1.349859, 2.117, 4.481689, 54.598152],
    "gelu": [-0.000814, -0.132062, -0.137831, 0.0, 0.185373, 0.580029, 1.399789, 3.999873],
    "glu": [-1.404593, -0.625, 0.245272, 0.73651],
    "hard_shrink": [-3.5, -1.25, 0.0, 0.0, 0.0, 0.75, 1.5, 4.0],
    "hard_sigmoid": [0.0, 0.291667, 0.433333, 0.5, 0.55, 0.625, 0.75, 1.0],
    "hard_silu": [-0.0, -0.364583, -0.173333, 0.0, 0.165, 0.46875, 1.125, 4.0],
    "hard_tanh": [-1.0, -1.0, -0.4, 0.0, 0.3, 0.75, 1.0, 1.0],
    "leaky_relu": [-0.7, -0.25, -0.08, 0.0, 0.3, 0.75, 1.5, 4.0],
    "linear": [-3.5, -1.25, -0.4, 0.0, 0.3, 0.75, 1.5, 4.0],
    "log_sigmoid": [-3.52975, -1.501929, -0.913015, -0.693147, -0.554355, -0.386871, -0.201413, -0.01815],
    "log_softmax": [-4.186637, -1.936637, -1.086637, -0.686637, -3.835913, -3.385913, -2.635913, -0.135913],
    "mish": [-0.104096, -0.308414, -0.188917, 0.0, 0.208001, 0.610018, 1.403378, 3.997413],
    "relu": [0.0, 0.0, 0.0, 0.0, 0.3, 0.75, 1.5, 4.0],
    "relu6": [0.0, 0.0, 0.0, 0.0, 0.3, 0.75, 1.5, 4.0],
    "selu": [-1.705009, -1.254395, -0.57961, 0.0, 0.31521, 0.788026, 1.576051, 4.202804],
    "sigmoid": [0.029312, 0.2227, 0.401312, 0.5, 0.574443, 0.679179, 0.817574, 0.982014],
    "silu": [-0.102593, -0.278375, -0.160525, 0.0, 0.172333, 0.509384, 1.226362, 3.928055],
    "soft_shrink": [-3.0, -0.75, 0.0, 0.0, 0.0, 0.25, 1.0, 3.5],
    "softmax": [0.015197, 0.144188, 0.337349, 0.503266, 0.021582, 0.033847, 0.071653, 0.872918],
    "softplus": [0.02975, 0.251929, 0.513015, 0.693147, 0.854355, 1.136871, 1.701413, 4.01815],
    "softsign": [-0.777778, -0.555556, -0.285714, 0.0, 0.230769, 0.428571, 0.6, 0.8],
    "sparse_plus": [0.0, 0.0, 0.09, 0.25, 0.4225, 0.765625, 1.5, 4.0],
    "sparse_sigmoid": [0.0, 0.0, 0.3, 0.5, 0.65, 0.875, 1.0, 1.0],
    "sparsemax": [0.0, 0.0, 0.3, 0.7, 0.0, 0.0, 0.0, 1.0],
    "squareplus": [0.265564, 0.554248, 0.819804, 1.0, 1.161187, 1.443, 2.0, 4.236068],
    "tanh": [-0.998178, -0.848284, -0.379949, 0.0, 0.291313, 0.635149, 0.905148, 0.999329],
    "tanh_shrink": [-2.501822, -0.401716, -0.020051, 0.0, 0.008687, 0.114851, 0.594852, 3.000671],
}

CALLS = [
    ("relu(X, negative_slope=0.1, max_value=1.0, threshold=0.5)", [-0.4, -0.175, -0.09, -0.05, -0.02, 0.75, 1.0, 1.0]),
    ("relu(X, 0.25)", [-0.875, -0.3125, -0.1, 0.0, 0.3, 0.75, 1.5, 4.0]),
    ("elu(X, 0.5)", [-0.484901, -0.356748, -0.16484, 0.0, 0.3, 0.75, 1.5, 4.0]),
    ("celu(X, alpha=2.0)", [-1.652452, -0.929477, -0.362538, 0.0, 0.3, 0.75, 1.5, 4.0]),
    ("gelu(X, approximate=True)", [-0.000616, -0.132286, -0.137839, 0.0, 0.185371, 0.579961, 1.399572, 3.99993]),
    ("leaky_relu(X, 0.1)", [-0.35, -0.125, -0.04, 0.0, 0.3, 0.75, 1.5, 4.0]),
    ("squareplus(X, b=1)", [0.070027, 0.175391, 0.338516, 0.5, 0.672015, 1.0, 1.651388, 4.061553]),
    ("hard_shrink(X, threshold=1.0)", [-3.5, -1.25, 0.0, 0.0, 0.0, 0.0, 1.5, 4.0]),
    ("soft_shrink(X, 1.0)", [-2.5, -0.25, 0.0, 0.0, 0.0, 0.0, 0.5, 3.0]),
    ("threshold(X, 0.5, -1.0)", [-1.0, -1.0, -1.0, -1.0, -1.0, 0.75, 1.5, 4.0]),
    ("softmax(X, axis=0)", [0.021881, 0.119203, 0.130108, 0.017986, 0.978119, 0.880797, 0.869892, 0.982014]),
    ("log_softmax(X, axis=0)", [-3.822124, -2.126928, -2.039387, -4.01815, -0.022124, -0.126928, -0.139387, -0.01815]),
    ("sparsemax(X, axis=0)", [0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0]),
    ("glu(X, axis=0)", [-2.010549, -0.848973, -0.32703, 0.0]),
]
# fmt: on


@pytest.mark.parametrize("name", sorted(activations.BY_NAME))
def test_values(name: str) -> None:
    activation = activations.BY_NAME[name]
    np.testing.assert_allclose(activation(X).ravel(), GOLDEN[activation.name], atol=2e-6)
    assert activations.get(name) is getattr(activations, name) is activation
    assert activations.serialize(activation) == activation.name == activation.__name__


@pytest.mark.parametrize(("call", "expected"), CALLS)
def test_further_arguments(call: str, expected: list[float]) -> None:
    y = eval(call, {"X": X, **vars(activations)})
    np.testing.assert_allclose(np.asarray(y).ravel(), expected, atol=2e-6)


def test_wrong_arguments_are_named() -> None:
    with pytest.raises(ConfigError, match=r"relu received \['slope'\]; expected negative_slope, max_value, threshold"):
        activations.relu(X, slope=0.1)
    with pytest.raises(ConfigError, match=r"mish received \[2\]; expected nothing beside the array"):
        activations.mish(X, 2)
    with pytest.raises(ShapeError, match=r"glu received an array of shape \(2, 3\); expected an even last axis"):
        activations.glu(X[:, :3])
    with pytest.raises(ConfigError, match="threshold, which has no default values"):
        activations.get(activations.threshold)
    with pytest.raises(ConfigError, match="expected a name, a configuration or an instance of Activation"):
        activations.get(lambda x: x)


def test_an_activation_that_changes_the_shape_is_a_layer_of_its_own() -> None:
    with pytest.raises(ConfigError, match=re.escape("Dense: activation is 'glu', which changes the shape")):
        layers.Dense(4, activation="glu")
    model = models.Sequential([layers.Input((4,)), layers.Activation("glu"), layers.Dense(2)])
    assert model.layers[-1].input_shape == (None, 2)


def test_a_layer_in_place_of_an_activation() -> None:
    kernel = np.array([[1.0, -2.0]], np.float32)
    layer = layers.Dense(2, activation=layers.LeakyReLU(0.1), use_bias=False)
    layer.build((None, 1))
    layer.set_weights([kernel])
    y, cache = layer.forward(np.array([[3.0]], np.float32))
    np.testing.assert_allclose(y, [[3.0, -0.6]], rtol=1e-6)
    # dz = (1, 0.1 * 10) = (1, 1); dx = 1 * 1 + 1 * -2 = -1
    np.testing.assert_allclose(layer.backward(np.array([[1.0, 10.0]], np.float32), cache), [[-1.0]], rtol=1e-6)

    config = layer.get_config()
    written = config["activation"]
    assert (written["module"], written["class_name"]) == ("keras.layers", "LeakyReLU")  # as Keras 3.15 writes it
    assert written["config"]["negative_slope"] == 0.1
    copy = layers.Dense.from_config(config)
    copy.build((None, 1))
    copy.set_weights([kernel])
    np.testing.assert_array_equal(copy(np.array([[3.0]], np.float32)), y)


def test_a_layer_with_variables_is_no_activation() -> None:
    layer = layers.Dense(2, activation=layers.BatchNormalization())
    with pytest.raises(ConfigError, match="the layer BatchNormalization, which has variables of its own"):
        layer(np.ones((1, 3), np.float32))
