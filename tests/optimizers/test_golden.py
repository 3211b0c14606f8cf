"""Three steps of every optimizer, and points of every schedule, as Keras takes them."""

import numpy as np
import pytest

from vitral.core.variable import Variable
from vitral.optimizers import (
    SGD,
    Adadelta,
    Adafactor,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    Ftrl,
    Lamb,
    Lion,
    Muon,
    Nadam,
    Optimizer,
    RMSprop,
    ScheduleFreeAdamW,
)
from vitral.optimizers.schedules import (
    CosineDecay,
    CosineDecayRestarts,
    ExponentialDecay,
    InverseTimeDecay,
    LearningRateSchedule,
    OneCycle,
    PiecewiseConstantDecay,
    PolynomialDecay,
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
    (Adamax(0.1), [0.8423129, -1.8902026, 0.3658171, 2.9042749, -0.0791702, -0.1295443]),
    (Adamax(0.1, 0.8, 0.9, 0.01), [0.8460594, -1.9008827, 0.3706481, 2.8965962, -0.0738166, -0.1269948]),
    (Nadam(0.1), [0.8466813, -1.9623272, 0.4657994, 2.8619995, -0.062224, -0.1884483]),
    (Nadam(0.1, 0.8, 0.9, 0.01), [0.8381444, -1.9643545, 0.4650708, 2.8487318, -0.0657871, -0.1786368]),
    (Lion(0.1), [0.9, -2.0999999, 0.4, 2.8000002, 0.0, -0.0]),
    (Lion(0.01, 0.8, 0.9, weight_decay=0.1), [0.987013, -2.0040159, 0.4885315, 2.971019, 0.0897303, -0.2691309]),
    (Muon(0.1), [0.9994054, -1.9932699, 0.4817837, 2.9598053, -0.1110594, -0.0919509]),
    (
        Muon(0.1, nesterov=False, ns_steps=3, rms_rate=None, adam_lr_ratio=0.5, momentum=0.8),
        [0.8392245, -1.8724248, 0.4023218, 2.8597794, -0.0055897, -0.1957955],
    ),
    (
        Muon(0.1, exclude_layers=["kernel"], adam_weight_decay=0.1),
        [0.7906838, -1.8315485, 0.3400612, 2.7651832, -0.111173, -0.0858984],
    ),
    (Ftrl(0.1), [0.3428555, -1.3728099, 0.4010627, -0.123097, -0.0826365, -0.1853662]),
    (
        Ftrl(0.1, -0.7, 0.2, 0.3, 0.1, 0.05, 0.4),
        [0.1280864, -0.9850976, 0.3487963, -0.0819823, -0.0212564, -0.2159695],
    ),
    (Ftrl(0.1, learning_rate_power=0.0, weight_decay=0.1), [-0.12, 0.01, 0.09, -0.19, -0.06, 0.365]),
    (Lamb(0.1), [0.5042329, -1.7439283, 0.1184296, 2.5016708, 0.0415564, -0.237442]),
    (
        Lamb(0.1, 0.8, 0.9, 0.01, weight_decay=0.1),
        [0.5131469, -1.7295138, 0.1428278, 2.4238193, 0.0419805, -0.2297147],
    ),
    # Keras on JAX; on TensorFlow and PyTorch it gives others, see the class
    (ScheduleFreeAdamW(), [0.9972776, -1.9991994, 0.4988167, 2.9970798, 0.095952, -0.2977068]),
    (
        ScheduleFreeAdamW(0.1, 0.8, 0.9, 0.01, 2, weight_decay=0.1),
        [0.9271119, -2.0033834, 0.5060509, 2.8499241, -0.005624, -0.256585],
    ),
    (Adafactor(0.1), [0.8024178, -1.9449514, 0.5577945, 2.7170925, 0.068288, -0.2804762]),
    (Adafactor(1.0, -0.5, 1e-3, 0.1, 0.5), [0.5100062, -1.2902591, 0.0935525, 2.0514543, -0.0165429, -0.1977606]),
    (
        Adafactor(ExponentialDecay(0.9, 1, 0.5), weight_decay=0.1),
        [0.271235, 0.0042473, -0.6384548, 1.6899291, -0.1137618, -0.0889122],
    ),
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


def test_adafactor_takes_the_rows_of_the_last_two_axes() -> None:
    # golden values from Keras 3.15, two steps of a convolution's kernel
    kernel = Variable(np.cos(np.arange(24)).reshape(2, 1, 3, 4).astype(np.float32), name="kernel")
    optimizer = Adafactor(0.1)
    for step in (1, 2):
        gradient = np.sin(np.arange(24) * step + 1).reshape(2, 1, 3, 4).astype(np.float32)
        optimizer.apply_gradients([(gradient, kernel)])
    expected = [0.8521196, 0.4219608, 0.13152018, -0.17150542, -0.46345478]
    np.testing.assert_allclose(kernel.value.ravel()[[0, 5, 11, 17, 23]], expected, rtol=2e-6)


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
    (InverseTimeDecay(0.1, 10, 0.5), {0: 0.1, 5: 0.079999998, 10: 0.06666667, 25: 0.044444446}),
    (InverseTimeDecay(0.1, 10, 0.5, staircase=True), {0: 0.1, 9: 0.1, 10: 0.06666667, 25: 0.050000001}),
    (PolynomialDecay(0.1, 10), {0: 0.1, 3: 0.070030004, 10: 9.9999997e-05, 50: 9.9999997e-05}),
    (PolynomialDecay(0.1, 10, 0.01, power=2.0), {0: 0.1, 3: 0.054099999, 10: 0.0099999998, 50: 0.0099999998}),
    (
        PolynomialDecay(0.1, 10, 0.01, power=0.5, cycle=True),
        {0: 0.1, 3: 0.085299402, 10: 0.0099999998, 15: 0.055, 21: 0.059295036},
    ),
    (
        CosineDecayRestarts(0.1, 10),
        {0: 0.1, 3: 0.079389267, 9: 0.002447176, 12: 0.097552828, 29: 0.00061558187, 31: 0.099845871, 100: 0.069134168},
    ),
    (
        CosineDecayRestarts(0.1, 10, t_mul=1.0, m_mul=0.8, alpha=0.1),
        {0: 0.1, 3: 0.081450336, 9: 0.012202458, 12: 0.075124614, 25: 0.038799997, 31: 0.05495235},
    ),
    (
        CosineDecayRestarts(0.1, 7, 1.5, 0.5, 0.2),
        {0: 0.1, 3: 0.068900838, 9: 0.05652478, 20: 0.038782217, 40: 0.028117448},
    ),
    (PiecewiseConstantDecay([10, 20], [0.1, 0.01, 0.001]), {0: 0.1, 10: 0.1, 11: 0.01, 20: 0.01, 21: 0.001}),
]


@pytest.mark.parametrize(("schedule", "points"), SCHEDULES)
def test_schedules(schedule: LearningRateSchedule, points: dict[int, float]) -> None:
    for step, rate in points.items():
        assert schedule(step) == pytest.approx(rate, abs=1e-8)


# golden values from Keras 3.15: after that many batches, at the end of a training or not
BATCHES = [
    (SGD(0.1, use_ema=True, ema_momentum=0.9), 6, False, [0.76, -1.98, 0.6800001, 2.6199999, -0.02, 0.43]),
    (
        SGD(0.1, use_ema=True, ema_momentum=0.9),
        6,
        True,
        [0.9100453, -1.9237437, 0.372975, 2.8923175, 0.041263, 0.1881952],
    ),
    (
        SGD(0.1, use_ema=True, ema_momentum=0.6, ema_overwrite_frequency=2),
        6,
        False,
        [0.8572, -1.9536, 0.5216, 2.8024001, 0.0304, 0.2236],
    ),
    (SGD(0.1, gradient_accumulation_steps=2), 6, False, [0.88, -1.99, 0.59, 2.8099999, 0.04, 0.065]),
    (SGD(0.1, gradient_accumulation_steps=2), 5, False, [0.915, -1.9450001, 0.445, 2.905, 0.06, 0.0825]),
    (
        Adam(0.1, gradient_accumulation_steps=3, clipnorm=0.5, weight_decay=0.1),
        6,
        False,
        [0.7811038, -1.7612276, 0.6890455, 2.741303, -0.1009817, -0.0950328],
    ),
    (
        Adam(0.1, gradient_accumulation_steps=2, use_ema=True, ema_momentum=0.5),
        6,
        True,
        [0.7853263, -1.8168347, 0.3931174, 2.7813139, -0.0594034, -0.0758479],
    ),
]


@pytest.mark.parametrize(("optimizer", "batches", "ends", "expected"), BATCHES)
def test_averages_and_collected_gradients(
    optimizer: Optimizer, batches: int, ends: bool, expected: list[float]
) -> None:
    kernel = Variable(np.array(KERNEL, np.float32), name="kernel")
    bias = Variable(np.array(BIAS, np.float32), name="bias")
    optimizer = type(optimizer).from_config(optimizer.get_config())
    for number in range(batches):
        pairs = zip((np.array(g, np.float32) for g in GRADIENTS[number % 3]), (kernel, bias), strict=True)
        optimizer.apply_gradients(pairs)
    if ends:
        optimizer.finalize_variable_values()
    np.testing.assert_allclose([*kernel.value.ravel(), *bias.value], expected, rtol=2e-6, atol=2e-6)


def test_one_cycle_is_pytorchs() -> None:
    # golden values from PyTorch's OneCycleLR
    rate = OneCycle(0.1, total_steps=20)
    expected = {0: 0.004, 1: 0.013167184, 5: 0.1, 6: 0.098746401, 12: 0.0500002, 18: 0.001253999, 19: 4e-07}
    assert {step: round(rate(step), 9) for step in expected} == pytest.approx(expected, abs=2e-9)
    rate = OneCycle(0.4, 11, warmup_fraction=0.5, start_divisor=10, end_divisor=100)
    expected = {0: 0.04, 2: 0.188743328, 4: 0.389144672, 5: 0.391906696, 8: 0.11720008, 10: 0.0004, 99: 0.0004}
    assert {step: round(rate(step), 9) for step in expected} == pytest.approx(expected, abs=2e-9)
