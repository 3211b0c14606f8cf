"""Three steps of every optimizer, and points of every schedule, as Keras takes them."""

import numpy as np
import pytest

from vitral.core.variable import Variable
from vitral.optimizers import SGD, Adadelta, Adagrad, Adam, AdamW, Optimizer, RMSprop
from vitral.optimizers.schedules import (
    CosineDecay,
    ExponentialDecay,
    LearningRateSchedule,
    PiecewiseConstantDecay,
)

KERNEL = [[1.0, -2.0], [0.5, 3.0]]
BIAS = [0.1, -0.3]
GRADIENTS = [
    ([[0.5, -1.0], [2.0, 0.0]], [0.2, -4.0]),
    ([[-0.3, 0.7], [0.1, 1.5]], [1.0, 0.3]),
    ([[1.0, 0.2], [-3.0, 0.4]], [-0.6, 0.05]),
]

# golden values from Keras 3.15: the kernel, then the bias, after the three steps
GOLDEN = [
    (SGD(), [0.988, -1.999, 0.509, 2.9809999, 0.094, -0.2635]),
    (SGD(0.1, momentum=0.9), [0.8215, -1.882, 0.239, 2.675, -0.0842, 0.722]),
    (SGD(0.1, momentum=0.9, nesterov=True), [0.71935, -1.8838, 0.3551, 2.5174999, -0.12578, 0.9847999]),
    (SGD(0.1, weight_decay=0.01), [0.877073, -1.984136, 0.5889113, 2.8011591, 0.0398403, 0.0651295]),
    (SGD(0.1, clipnorm=1.0), [0.9646687, -2.0041561, 0.5007126, 2.8984668, 0.0592236, -0.2338596]),
    (SGD(0.1, clipvalue=0.5), [0.93, -2.02, 0.49, 2.9100001, 0.08, -0.285]),
    (SGD(0.1, global_clipnorm=1.0), [0.9735274, -2.0197916, 0.5439181, 2.9120274, 0.0636837, -0.2299808]),
    (SGD(ExponentialDecay(0.1, 1, 0.5)), [0.94, -1.9399999, 0.37, 2.915, 0.045, 0.08375]),
    (RMSprop(0.01), [0.9573677, -1.9927191, 0.4938192, 2.9598198, 0.053999, -0.2713073]),
    (RMSprop(0.01, momentum=0.5), [0.9421021, -1.9783896, 0.46927, 2.9440086, 0.014748, -0.2488363]),
    (RMSprop(0.01, 0.8, centered=True), [0.965125, -1.9931171, 0.4938201, 2.967567, 0.0618342, -0.2773707]),
    (
        RMSprop(0.01, momentum=0.5, centered=True),
        [0.9376839, -1.9754369, 0.4663275, 2.9407716, 0.0084067, -0.2460068],
    ),
    (Adagrad(0.1), [0.877378, -1.9758326, 0.4791496, 2.8769031, 0.001879, -0.2090095]),
    (Adagrad(0.1, 0.0), [0.8650628, -1.9735153, 0.4781793, 2.8742337, -0.0473487, -0.2087254]),
    (Adadelta(1.0), [0.9976816, -2.0001392, 0.5001533, 2.9980578, 0.0980628, -0.2987652]),
    (Adam(0.1), [0.8182033, -1.8888385, 0.3522153, 2.8535421, -0.1110539, -0.0922062]),
    (Adam(0.1, amsgrad=True), [0.8182033, -1.8888385, 0.3522153, 2.8535421, -0.1110539, -0.0922259]),
    (Adam(0.1, 0.8, 0.9, 0.01), [0.8304621, -1.9036722, 0.3654926, 2.8535047, -0.08993, -0.1008872]),
    (AdamW(0.1), [0.8170915, -1.8865242, 0.3517238, 2.8499734, -0.1110594, -0.0919509]),
    (AdamW(0.1, 0.5), [0.6862856, -1.6139481, 0.2941847, 2.4293876, -0.1112615, -0.0622311]),
]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("optimizer", "expected"), GOLDEN)
def test_three_steps(optimizer: Optimizer, expected: list[float], dtype: str) -> None:
    optimizer = type(optimizer).from_config(optimizer.get_config())
    kernel = Variable(np.array(KERNEL, dtype), name="kernel")
    bias = Variable(np.array(BIAS, dtype), name="bias")
    for of_kernel, of_bias in GRADIENTS:
        for variable, gradient in ((kernel, of_kernel), (bias, of_bias)):
            variable.zero_grad()
            variable.add_grad(np.array(gradient, dtype))
        optimizer.apply([kernel, bias])
    assert kernel.dtype == dtype
    np.testing.assert_allclose([*kernel.value.ravel(), *bias.value], expected, rtol=2e-6, atol=2e-6)


# golden values from Keras 3.15
SCHEDULES = [
    (ExponentialDecay(0.1, 10, 0.5), {0: 0.1, 5: 0.07071068, 10: 0.05, 25: 0.01767767}),
    (ExponentialDecay(0.1, 10, 0.5, staircase=True), {0: 0.1, 9: 0.1, 10: 0.05, 25: 0.025}),
    (CosineDecay(0.1, 10), {0: 0.1, 3: 0.07938927, 10: 0.0, 50: 0.0}),
    (CosineDecay(0.1, 10, alpha=0.2), {0: 0.1, 3: 0.08351141, 10: 0.02, 50: 0.02}),
    (
        CosineDecay(0.01, 10, alpha=0.1, warmup_target=0.1, warmup_steps=4),
        {0: 0.01, 1: 0.0325, 4: 0.1, 9: 0.055, 14: 0.01, 99: 0.01},
    ),
    (PiecewiseConstantDecay([10, 20], [0.1, 0.01, 0.001]), {0: 0.1, 10: 0.1, 11: 0.01, 20: 0.01, 21: 0.001}),
]


@pytest.mark.parametrize(("schedule", "points"), SCHEDULES)
def test_schedules(schedule: LearningRateSchedule, points: dict[int, float]) -> None:
    for step, rate in points.items():
        assert schedule(step) == pytest.approx(rate, abs=1e-8)
