"""Values of the further losses as Keras gives them, with every reduction, and what their arguments may be.

Golden values are those of Keras 3.15 on JAX in float32: without weights; then weighted, reduced as in WEIGHTED; then
weighted, not reduced.
"""

import inspect

import numpy as np
import pytest

from tests.losses.test_golden import LABELS, WEIGHT, WEIGHTED, P, Y, Z
from vitral import losses
from vitral.errors import ConfigError, ShapeError
from vitral.losses import (
    BinaryFocalCrossentropy,
    CategoricalFocalCrossentropy,
    CategoricalGeneralizedCrossEntropy,
    CategoricalHinge,
    CosineSimilarity,
    Dice,
    Hinge,
    KLDivergence,
    LogCosh,
    Loss,
    MeanAbsolutePercentageError,
    MeanSquaredLogarithmicError,
    Poisson,
    SquaredHinge,
    Tversky,
)

T = np.array([[1.5, 2.0, 0.25], [0.5, 4.0, 1.0], [3.0, 0.75, 2.5]], np.float32)

GOLDEN = [
    (KLDivergence(), Y, P, 1.287741, (5.5638213, 1.8546071, 1.5896633, 1.8546071), (0.3566721, 4.6051641, 0.6019849)),
    (KLDivergence(), P[::-1], P, 0.2324237, (0.5249621, 0.1749874, 0.1499892, 0.1749874), (0.3526532, 0.0, 0.1723089)),
    (Hinge(), Y, Z, 0.7222223, (1.8333335, 0.6111112, 0.5238096, 0.6111112), (0.5, 0.6666667, 0.6666667)),
    (Hinge(), 2 * Y - 1, Z, 0.7222223, (1.8333335, 0.6111112, 0.5238096, 0.6111112), (0.5, 0.6666667, 0.6666667)),
    (SquaredHinge(), Y, Z, 1.25, (2.75, 0.9166667, 0.7857143, 0.9166667), (0.75, 0.6666667, 1.3333334)),
    (CategoricalHinge(), Y, Z, 0.3333333, (0.5, 0.1666667, 0.1428571, 0.1666667), (0.0, 0.0, 0.5)),
    (LogCosh(), Y, Z, 0.5005826, (2.2404895, 0.7468298, 0.6401399, 0.7468298), (0.3292254, 1.7666702, 0.1445936)),
    (
        CosineSimilarity(),
        Y,
        Z,
        -0.7607574,
        (-2.8256474, -0.9418824, -0.8073278, -0.9418824),
        (-0.8728716, -1.6641006, -0.2886751),
    ),
    (
        CosineSimilarity(),
        T,
        Z,
        -0.5902148,
        (-1.9847038, -0.6615679, -0.5670582, -0.6615679),
        (-0.1954214, -1.3355612, -0.4537212),
    ),
    (
        MeanAbsolutePercentageError(),
        T,
        Z,
        96.48148,
        (404.444458, 134.8148193, 115.5555573, 134.8148193),
        (94.4444504, 283.3333435, 26.6666679),
    ),
    (
        MeanSquaredLogarithmicError(),
        T,
        P,
        0.6331608,
        (2.3171253, 0.7723751, 0.6620358, 0.7723751),
        (0.3348885, 1.5999197, 0.3823169),
    ),
    (
        MeanSquaredLogarithmicError(),
        T,
        Z,
        0.3088369,
        (1.0228179, 0.3409393, 0.2922337, 0.3409393),
        (0.424477, 0.4630985, 0.1352423),
    ),
    (Poisson(), T, P, 2.802597, (10.8845377, 3.6281793, 3.1098678, 3.6281793), (1.776511, 7.7231822, 1.3848445)),
    (
        BinaryFocalCrossentropy(),
        Y,
        P,
        0.4046719,
        (2.0621152, 0.6873717, 0.5891758, 0.6873717),
        (0.0140267, 1.9307919, 0.1172966),
    ),
    (
        BinaryFocalCrossentropy(True, 0.3, 1.5),
        Y,
        P,
        0.197241,
        (1.0006396, 0.3335465, 0.285897, 0.3335465),
        (0.0112952, 0.9321739, 0.0571704),
    ),
    (
        BinaryFocalCrossentropy(from_logits=True, label_smoothing=0.1),
        Y,
        Z,
        0.2075413,
        (0.4666144, 0.1555381, 0.1333184, 0.1555381),
        (0.1299985, 0.1204043, 0.2162116),
    ),
    (
        CategoricalFocalCrossentropy(),
        Y,
        P,
        0.2072618,
        (1.0143154, 0.3381051, 0.2898044, 0.3381051),
        (0.0080252, 0.9325469, 0.0737433),
    ),
    (
        CategoricalFocalCrossentropy([0.2, 0.5, 0.9], 1.5),
        Y,
        P,
        0.5431071,
        (2.2950077, 0.7650025, 0.6557165, 0.7650025),
        (0.0117215, 1.9659816, 0.3173045),
    ),
    (
        CategoricalFocalCrossentropy(from_logits=True, label_smoothing=0.1),
        Y,
        Z,
        0.07473553,
        (0.227914, 0.0759713, 0.0651183, 0.0759713),
        (0.0373972, 0.1294828, 0.061034),
    ),
    (
        CategoricalGeneralizedCrossEntropy(0.7),
        LABELS,
        P,
        0.7575744,
        (3.0094798, 1.0031599, 0.8598514, 1.0031599),
        (0.3156345, 2.2870679, 0.4067774),
    ),
    (Dice(axis=-1), Y, P, 0.6333334, (2.4499998, 0.8166666, 0.6999999, 0.8166666), (0.3, 1.8, 0.35)),
    (
        Tversky(0.3, 0.8, axis=-1),
        Y,
        P,
        0.6494238,
        (2.4967155, 0.8322385, 0.7133473, 0.8322385),
        (0.3203884, 1.8165138, 0.3598131),
    ),
]


@pytest.mark.parametrize(("loss", "y_true", "y_pred", "plain", "weighted", "single"), GOLDEN)
def test_values(
    loss: Loss,
    y_true: np.ndarray,
    y_pred: np.ndarray,
    plain: float,
    weighted: tuple[float, ...],
    single: tuple[float, ...],
) -> None:
    config = loss.get_config()
    assert loss(y_true, y_pred) == pytest.approx(plain, rel=2e-6)
    for reduction, expected in zip(WEIGHTED, weighted, strict=True):
        other = type(loss).from_config(config | {"reduction": reduction})
        assert other(y_true, y_pred, WEIGHT) == pytest.approx(expected, rel=2e-6)
    not_reduced = type(loss).from_config(config | {"reduction": "none"})
    np.testing.assert_allclose(not_reduced(y_true, y_pred, WEIGHT), single, rtol=5e-6, atol=2e-7)


def test_sets_of_a_whole_batch() -> None:
    # golden values from Keras 3.15
    assert Dice()(Y, P) == pytest.approx(0.63333333)
    assert Tversky(0.3, 0.8)(Y, P) == pytest.approx(0.65517241)
    value, gradient = Dice().loss_and_gradient(Y.astype(np.float64), P.astype(np.float64))
    # 1 - 2 i / (3 + 3) with i = 1.1; its derivative is (2 i / 6 - 2 y) / 6
    assert value == pytest.approx(1 - 2.2 / 6)
    np.testing.assert_allclose(gradient, (2.2 / 6 - 2 * Y) / 6, rtol=1e-6)
    with pytest.raises(ShapeError, match="this loss gives one number for the whole batch: give it an axis"):
        Dice()(Y, P, WEIGHT)
    with pytest.raises(ConfigError, match="expected None or the last axes"):
        Dice(axis=0)(Y, P)


def test_values_that_only_keras_has_are_refused() -> None:
    with pytest.raises(ConfigError, match="hinge: dtype is 'float16'; Vitral has dtype='float32' only"):
        Hinge(dtype="float16")
    with pytest.raises(ConfigError, match="gamma is -1"):
        BinaryFocalCrossentropy(gamma=-1)
    with pytest.raises(ConfigError, match="q is 1; expected a number between 0 and 1"):
        CategoricalGeneralizedCrossEntropy(1)


def test_every_function_is_the_loss_of_its_class() -> None:
    for function, cls in losses.functions.CLASSES.items():
        assert type(losses.get(function)) is cls
        assert function is getattr(losses, function.__name__)
        needed = {"q": 0.5} if "q" in inspect.signature(function).parameters else {}
        y_true = LABELS if cls in (CategoricalGeneralizedCrossEntropy, losses.SparseCategoricalCrossentropy) else Y
        np.testing.assert_allclose(function(y_true, P, **needed), cls(reduction="none")(y_true, P))


@pytest.mark.parametrize(
    ("name", "cls"),
    [
        ("kld", KLDivergence),
        ("KLD", KLDivergence),
        ("mape", MeanAbsolutePercentageError),
        ("MSLE", MeanSquaredLogarithmicError),
        ("kl_divergence", KLDivergence),
        ("categorical_hinge", CategoricalHinge),
        ("SquaredHinge", SquaredHinge),
        ("binary_focal_crossentropy", BinaryFocalCrossentropy),
        ("categorical_focal_crossentropy", CategoricalFocalCrossentropy),
        ("log_cosh", LogCosh),
        ("poisson", Poisson),
        ("cosine_similarity", CosineSimilarity),
        ("tversky", Tversky),
    ],
)
def test_names(name: str, cls: type[Loss]) -> None:
    assert type(losses.get(name)) is cls
