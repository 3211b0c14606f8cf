"""Steps worked out with pencil and paper, in float64; gradients of powers of two and the like keep them short."""

import math

import numpy as np
import pytest

from vitral.core.variable import Variable
from vitral.optimizers import SGD, Adadelta, Adagrad, Adam, AdamW, Optimizer, RMSprop


def steps(optimizer: Optimizer, *gradients: float, start: float = 1.0) -> list[float]:
    """The value of a single weight after each step."""
    weight = Variable(np.array([start]), name="weight")
    path = []
    for gradient in gradients:
        optimizer.apply_gradients([(np.array([gradient]), weight)])
        path.append(float(weight.value[0]))
    return path


def test_sgd() -> None:
    assert steps(SGD(0.5), 1.0, -2.0) == [0.5, 1.5]


def test_momentum() -> None:
    # v: -0.5, 0.5 * -0.5 - 0.5 = -0.75
    assert steps(SGD(0.5, momentum=0.5), 1.0, 1.0) == [0.5, -0.25]


def test_nesterov() -> None:
    # w += 0.5 v - 0.5 g: 0.5 * -0.5 - 0.5 = -0.75; 0.5 * -0.75 - 0.5 = -0.875
    assert steps(SGD(0.5, momentum=0.5, nesterov=True), 1.0, 1.0) == [0.25, -0.625]


def test_momentum_as_a_moving_average_is_momentum_at_a_smaller_rate() -> None:
    # m = 0.9 m + 0.1 g, w -= 0.5 m: with g = 1, 2 that is m = 0.1, 0.29
    assert steps(SGD(0.5 * 0.1, momentum=0.9), 1.0, 2.0) == pytest.approx([0.95, 0.95 - 0.145])


def test_adagrad() -> None:
    # s: 9, 25
    path = steps(Adagrad(0.5, initial_accumulator_value=0.0, epsilon=0.0), 3.0, 4.0)
    assert path == pytest.approx([1 - 0.5, 0.5 - 0.5 * 4 / 5])


def test_rmsprop() -> None:
    # v: 0.5 * 8 = 4; 0.5 * 4 + 0.5 * 4 = 4
    path = steps(RMSprop(0.5, rho=0.5, epsilon=0.0), math.sqrt(8), 2.0)
    assert path == pytest.approx([1 - 0.5 * math.sqrt(8) / 2, 0.5 - 0.5 * math.sqrt(8) / 2])


def test_rmsprop_with_momentum() -> None:
    # steps of 0.5 as v stays 4 = g^2: m: 0.5, 0.25 + 0.5
    optimizer = RMSprop(0.5, rho=0.0, momentum=0.5, epsilon=0.0)
    assert steps(optimizer, 2.0, 2.0) == pytest.approx([0.5, -0.25])


def test_centered_rmsprop_divides_by_the_spread() -> None:
    # v = 0.5 * 4 = 2, a = 0.5 * 2 = 1, spread = 2 - 1
    assert steps(RMSprop(0.5, rho=0.5, epsilon=0.0, centered=True), 2.0) == pytest.approx([0.0])


def test_centered_rmsprop_survives_a_spread_that_rounding_makes_negative() -> None:
    optimizer = RMSprop(0.1, rho=0.9, centered=True)
    weight = Variable(np.zeros(1000, np.float32), name="weight")
    gradient = np.linspace(1e3, 1e5, 1000, dtype=np.float32)
    for _ in range(300):
        optimizer.apply_gradients([(gradient, weight)])
    assert np.isfinite(weight.value).all()


def test_adadelta() -> None:
    # s = 0.5 * 4 = 2; d = 2 sqrt(1) / sqrt(2 + 1); u = 0.5 d^2
    d = 2 / math.sqrt(3)
    s, u = 0.5 * 2 + 0.5 * 4, 0.5 * d * d
    second = 2 * math.sqrt(u + 1) / math.sqrt(s + 1)
    path = steps(Adadelta(0.5, rho=0.5, epsilon=1.0), 2.0, 2.0)
    assert path == pytest.approx([1 - 0.5 * d, 1 - 0.5 * d - 0.5 * second])


def test_adam() -> None:
    # m: 1, 0; v: 2, 2.5; corrections 1 - 0.5^t: 0.5, 0.75
    path = steps(Adam(0.5, 0.5, 0.5, epsilon=0.0), 2.0, -1.0)
    second_m, second_v = (0.5 * 1 - 0.5) / 0.75, (0.5 * 2 + 0.5) / 0.75
    assert path == pytest.approx([0.5, 0.5 - 0.5 * second_m / math.sqrt(second_v)])
    m, v = 0.5 * 0.0 + 0.5 * 4, 0.5 * 1.5 + 0.5 * 16
    third = steps(Adam(0.5, 0.5, 0.5, epsilon=0.0), 2.0, -1.0, 4.0)[2]
    assert third == pytest.approx(0.5 - 0.5 * (m / 0.875) / math.sqrt(v / 0.875))


def test_amsgrad_remembers_the_highest_velocity() -> None:
    # beta_1 = 0 and beta_2 = 0 up to corrections that cancel: the step is 0.5 g / highest |g|
    assert steps(Adam(0.5, 0.0, 0.0, epsilon=0.0, amsgrad=True), 4.0, 1.0) == pytest.approx([0.5, 0.375])
    assert steps(Adam(0.5, 0.0, 0.0, epsilon=0.0), 4.0, 1.0) == pytest.approx([0.5, 0.0])


def test_weight_decay_comes_before_the_step_and_is_not_part_of_the_gradient() -> None:
    # 1 - 0.5 * 0.2 * 1 = 0.9, then Adam's first step of 0.5
    assert steps(AdamW(0.5, weight_decay=0.2, epsilon=0.0), 7.0) == pytest.approx([0.4])
    assert steps(SGD(0.5, weight_decay=0.2), 1.0) == pytest.approx([0.4])


@pytest.mark.parametrize(
    ("bound", "expected"),
    [
        ({"clipnorm": 1.0}, ([0.6, 0.8], [1.0])),
        ({"clipvalue": 3.5}, ([3.0, 3.5], [3.5])),
        ({"global_clipnorm": 6.5}, ([1.5, 2.0], [6.0])),  # the norm of (3, 4, 12) is 13
        ({"clipnorm": 100.0}, ([3.0, 4.0], [12.0])),
        ({"global_clipnorm": 100.0}, ([3.0, 4.0], [12.0])),
        ({"clipvalue": 100.0}, ([3.0, 4.0], [12.0])),
    ],
)
def test_clipping(bound: dict[str, float], expected: tuple[list[float], list[float]]) -> None:
    kernel, bias = Variable(np.zeros(2), name="kernel"), Variable(np.zeros(1), name="bias")
    gradients = [np.array([3.0, 4.0]), np.array([12.0])]
    SGD(1.0, **bound).apply_gradients(zip(gradients, [kernel, bias], strict=True))
    np.testing.assert_allclose(kernel.value, -np.array(expected[0]))
    np.testing.assert_allclose(bias.value, -np.array(expected[1]))
    np.testing.assert_array_equal(gradients[0], [3.0, 4.0])  # the caller's arrays stay as they were


def test_a_zero_gradient_can_be_clipped() -> None:
    for bound in ("clipnorm", "global_clipnorm"):
        assert steps(SGD(1.0, **{bound: 1.0}), 0.0) == [1.0]


@pytest.mark.parametrize("make", [lambda: SGD(0.1, 0.9, True), lambda: Adam(0.1, amsgrad=True), lambda: RMSprop(0.1)])
def test_blocks_change_nothing(make: type[Optimizer]) -> None:
    # More values than fit into one block, against the same values one by one.
    rng = np.random.default_rng(0)
    start, gradients = rng.standard_normal(80_000), rng.standard_normal((3, 80_000))
    whole, picked = Variable(start, name="weight"), [0, 32_767, 32_768, 65_535, 65_536, 79_999]
    single = Variable(start[picked], name="weight")
    for variable, columns in ((whole, slice(None)), (single, picked)):
        optimizer = make()
        for gradient in gradients:
            optimizer.apply_gradients([(gradient[columns], variable)])
    np.testing.assert_array_equal(whole.value[picked], single.value)
    assert (whole.value != start).all()
