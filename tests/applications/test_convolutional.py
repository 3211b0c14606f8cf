"""LeNet-5, a small VGG and ResNet-20: published and hand-counted sizes, and that they learn."""

from collections.abc import Callable

import numpy as np
import pytest

import vitral
from tests.training.conftest import double  # noqa: F401  a fixture
from vitral import applications, layers, optimizers
from vitral.models.functional import Functional


def test_lenet_5() -> None:
    # 156 + 2,416 + 48,120 + 10,164 + 850; a border of zeros makes 28x28 images as large as 32x32 ones.
    for shape in ((28, 28, 1), (32, 32, 1)):
        model = applications.LeNet5(shape)
        assert model.count_params() == 61_706
        assert model.get_layer("s4").output.shape == (None, 5, 5, 16)
    # 28^2 * 6 * 25 + 10^2 * 16 * 150 + 400 * 120 + 120 * 84 + 84 * 10
    assert model.multiply_adds((None, 32, 32, 1)) == 117_600 + 240_000 + 48_000 + 10_080 + 840


def test_small_vgg() -> None:
    model = applications.SmallVGG()
    assert [layer.count_params() for layer in model.layers if layer.weights] == [
        *(896, 9_248, 18_496, 36_928, 73_856, 147_584),
        *(262_272, 1_290),
    ]
    assert sum(isinstance(layer, layers.Dropout) for layer in applications.SmallVGG(dropout=0.2).layers) == 4


def test_resnet_20() -> None:
    model = applications.ResNet20()
    # The paper says 0.27 million and 20 layers with weights; 688 channels are normalized, and 96 on the ways around.
    assert sum(variable.size for variable in model.trainable_weights) == 269_722 + 2_560 + 192
    assert model.count_params() == 272_474 + 2 * (688 + 96)
    convolutions = [layer for layer in model.layers if isinstance(layer, layers.Conv2D)]
    assert len([layer for layer in convolutions if layer.kernel_size == (3, 3)]) + 1 == 20
    # The paper's 41 million: 32^2 * 432 + 6 * 32^2 * 2304 + 16^2 * (4608 + 5 * 9216) + 8^2 * (18432 + 5 * 36864) + 640,
    # and 16^2 * 512 + 8^2 * 2048 on the ways around.
    assert model.multiply_adds((None, 32, 32, 3)) == 40_551_040 + 262_144


def test_the_gradient_of_resnet_20(double: None) -> None:  # noqa: F811
    vitral.set_seed(5)
    model = applications.ResNet20((8, 8, 1), 2)
    x = np.random.default_rng(0).standard_normal((2, 8, 8, 1))
    y, cache = model.forward(x, True)
    dy = np.random.default_rng(1).standard_normal(y.shape)
    model.backward(dy, cache)
    # The derivative along one random direction of all weights at once, with a step so small that no ReLU switches.
    weights = model.trainable_weights
    directions = [np.random.default_rng(n).standard_normal(v.shape) for n, v in enumerate(weights)]
    values = [variable.numpy() for variable in weights]

    def loss(step: float) -> float:
        for variable, value, direction in zip(weights, values, directions, strict=True):
            variable.assign(value + step * direction)
        return float((model.forward(x, True)[0] * dy).sum())

    claimed = sum((v.grad * d).sum() for v, d in zip(weights, directions, strict=True))
    assert (loss(1e-8) - loss(-1e-8)) / 2e-8 == pytest.approx(claimed, rel=1e-4)


@pytest.mark.parametrize(
    ("build", "epochs"),
    [
        (lambda: applications.LeNet5((16, 16, 1), 2), 30),
        (lambda: applications.SmallVGG((16, 16, 1), 2, filters=(8, 16), units=16), 60),
        (lambda: applications.ResNet20((16, 16, 1), 2), 15),
    ],
)
def test_they_learn_by_heart(build: Callable[[], Functional], epochs: int) -> None:
    vitral.set_seed(3)
    x = np.random.default_rng(2).standard_normal((16, 16, 16, 1))
    y = np.arange(16) % 2
    model = build()
    model.compile(optimizers.Adam(0.003), "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(x, y, 8, epochs, verbose=0).history
    assert history["accuracy"][-1] > 0.9
    assert history["loss"][-1] < 0.3 < history["loss"][0]
