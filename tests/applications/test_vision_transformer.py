"""The small vision transformer."""

import numpy as np
import pytest

from tests.layers.test_recurrent import _double, fill, written
from vitral import set_seed
from vitral.applications import TinyViT
from vitral.errors import ConfigError, ShapeError
from vitral.optimizers import SGD, Adam

__all__ = ["_double"]


@pytest.mark.usefixtures("_double")
def test_a_step_is_that_of_the_same_graph_in_keras() -> None:
    """Numbers from Keras 3.15.1 on TensorFlow, floatx float64: the same layers, and one of its own that adds places.

    Weights are 0.5 sin(1), 0.5 sin(2) ... in order, images cos(0), cos(1) ... of shape (2, 8, 8, 1).
    """
    model = TinyViT((8, 8, 1), 3, width=8, depth=1, heads=2, mlp_width=16, dropout=0.0)
    assert model.count_params() == 811
    fill(model)
    x = np.cos(np.arange(2 * 64)).reshape(2, 8, 8, 1)
    expected = [[0.1895305, 0.2725001, 0.5379694], [0.2222123, 0.2774915, 0.5002962]]
    np.testing.assert_allclose(model.predict(x, verbose=0), expected, atol=1e-6)
    model.compile(SGD(0.5), "sparse_categorical_crossentropy")
    assert model.train_on_batch(x, np.array([0, 2])) == pytest.approx(1.17788004, abs=1e-6)
    weights = model.get_weights()
    got = [written(weights[number]) for number in (0, 2, 5, 7, 11, 15, 21)]
    expected_weights = [27.069749, -7.704426, 5.597913, -9.291196, -14.664415, -28.295342, -2.163323]
    assert got == pytest.approx(expected_weights, abs=5e-6)


def test_it_learns_where_the_light_is() -> None:
    set_seed(0)
    rng = np.random.default_rng(0)
    x, y = rng.random((96, 8, 8, 1), np.float32) * 0.3, np.arange(96) % 4
    for image, corner in zip(x, y, strict=True):
        row, column = 4 * (corner // 2), 4 * (corner % 2)
        image[row : row + 4, column : column + 4] += 0.7
    model = TinyViT((8, 8, 1), 4, width=16, depth=2, heads=2, mlp_width=32)
    model.compile(Adam(0.005), "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, y, batch_size=16, epochs=10, verbose=0)
    assert model.evaluate(x, y, verbose=0)[1] > 0.95


def test_what_does_not_fit_is_named() -> None:
    with pytest.raises(ShapeError, match="images of 30x32 pixels are not filled by squares of 4"):
        TinyViT((30, 32, 3), 10)
    with pytest.raises(ConfigError, match="width is 64 and heads is 5"):
        TinyViT((32, 32, 3), 10, heads=5)
