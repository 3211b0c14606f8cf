"""What a user may give where a number or an array of numbers is meant."""

from typing import Any

import numpy as np
import pytest

from vitral import Sequential, callbacks, initializers, layers, losses, metrics, models, optimizers, regularizers
from vitral.core.arrays import as_numbers
from vitral.core.configurable import is_number
from vitral.errors import ConfigError, DataError, VitralError


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1, True), (np.float32(0.5), True), (np.int64(1), True), (False, False), ("1", False), (1j, False), ([1], False)],
)
def test_is_number(value: Any, expected: bool) -> None:
    assert is_number(value) is expected


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (["cat", "dog"], "x holds <U3 values, such as 'cat'; expected numbers"),
        (None, "x holds object values, such as None; expected numbers"),
        ([1j], r"x holds complex128 values, such as 1j; expected numbers"),
        ([[1, 2], [3]], "x cannot be made an array: .*inhomogeneous"),
        (np.zeros(0, "datetime64[s]"), r"x holds datetime64\[s\] values; expected numbers"),
    ],
)
def test_what_is_no_array_of_numbers_is_refused(values: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        as_numbers(values, "x")


def test_an_array_of_numbers_is_not_copied() -> None:
    x = np.arange(3, dtype=np.uint8)
    assert as_numbers(x, "x") is x


@pytest.mark.parametrize("values", ["picture.png", None, [[1.0, 2.0], [3.0]], np.array([["1", "2"]])])
def test_a_layer_takes_nothing_but_numbers(values: Any) -> None:
    with pytest.raises(DataError, match=r"the array (holds|cannot be made)"):
        layers.Dense(2)(values)


@pytest.mark.parametrize(
    ("make", "argument"),
    [
        (layers.Dropout, "rate"),
        (layers.SpatialDropout2D, "rate"),
        (layers.AlphaDropout, "rate"),
        (layers.GaussianDropout, "rate"),
        (layers.GaussianNoise, "stddev"),
        (layers.BatchNormalization, "momentum"),
        (layers.BatchNormalization, "epsilon"),
        (layers.RMSNormalization, "epsilon"),
        (layers.ReLU, "max_value"),
        (lambda **wrong: layers.LSTM(2, **wrong), "recurrent_dropout"),
        (lambda **wrong: layers.MultiHeadAttention(2, 2, **wrong), "dropout"),
        (losses.CategoricalCrossentropy, "label_smoothing"),
        (losses.BinaryFocalCrossentropy, "gamma"),
        (losses.CategoricalGeneralizedCrossEntropy, "q"),
        (losses.Huber, "delta"),
        (metrics.AUC, "num_thresholds"),
        (metrics.AUC, "curve"),
        (metrics.Precision, "thresholds"),
        (metrics.FBetaScore, "beta"),
        (metrics.F1Score, "threshold"),
        (metrics.TopKCategoricalAccuracy, "k"),
        (metrics.R2Score, "num_regressors"),
        (metrics.ConfusionMatrix, "num_classes"),
        (lambda **wrong: metrics.IoU(target_class_ids=[0], **wrong), "num_classes"),
        (lambda **wrong: metrics.IoU(2, **wrong), "target_class_ids"),
        (lambda **wrong: optimizers.schedules.PiecewiseConstantDecay(values=[1.0], **wrong), "boundaries"),
        (lambda **wrong: metrics.PrecisionAtRecall(**wrong), "recall"),
        (optimizers.Adam, "beta_1"),
        (optimizers.SGD, "momentum"),
        (optimizers.SGD, "learning_rate"),
        (optimizers.Ftrl, "l1_regularization_strength"),
        (optimizers.Ftrl, "learning_rate_power"),
        (lambda **wrong: optimizers.schedules.CosineDecay(0.1, **wrong), "decay_steps"),
        (lambda **wrong: optimizers.schedules.CosineDecayRestarts(0.1, 10, **wrong), "t_mul"),
        (lambda **wrong: optimizers.schedules.OneCycle(0.1, **wrong), "total_steps"),
        (callbacks.EarlyStopping, "patience"),
        (callbacks.EarlyStopping, "min_delta"),
        (callbacks.ReduceLROnPlateau, "factor"),
        (callbacks.ReduceLROnPlateau, "min_lr"),
        (callbacks.LearningRateScheduler, "schedule"),
        (initializers.VarianceScaling, "scale"),
        (regularizers.L2, "l2"),
    ],
)
@pytest.mark.parametrize("value", ["0.5", [0.5, "a"]])
def test_a_word_or_a_list_in_place_of_a_number_is_named(make: Any, argument: str, value: Any) -> None:
    with pytest.raises(ConfigError) as refused:
        make(**{argument: value})
    message = str(refused.value)
    assert argument.rstrip("s") in message
    assert repr(value) in message or "'a'" in message
    assert "expected" in message
    assert "\n" not in message
    assert isinstance(refused.value, VitralError)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.Dense(2, input_shape=784), r"Dense: input_shape is 784; .*, such as \(784,\)"),
        (lambda: optimizers.SGD({"rate": 0.1}), "schedule is {'rate': 0.1}; a configuration has the keys class_name"),
        (lambda: layers.Reshape(4), "Reshape: target_shape is 4; expected a tuple of whole numbers"),
        (lambda: layers.Reshape((2, "a")), "Reshape: target_shape is"),
        (lambda: layers.Permute(2), "Permute: dims is 2; expected a tuple"),
        (lambda: layers.Dropout(0.5, noise_shape=3), "Dropout: noise_shape is 3; expected a tuple"),
        (lambda: layers.ZeroPadding2D(1.5), "ZeroPadding2D: padding is 1.5; expected a whole number from 0 on"),
        (lambda: Sequential(layers.Dense(3)), "Sequential received the layer .*; expected a list of layers"),
        (lambda: models.clone_model(3), "clone_model received a int; expected a Sequential or functional model"),
    ],
)
def test_one_value_in_place_of_a_list_or_of_a_model(make: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        make()
