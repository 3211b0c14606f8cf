"""How losses reduce, refuse what does not fit, and are found and saved."""

import numpy as np
import pytest

from vitral import losses, metrics
from vitral.errors import ConfigError, DataError, ShapeError


def test_weights_of_zero_give_zero() -> None:
    for reduction in ("sum_over_batch_size", "mean_with_sample_weight"):
        loss = losses.MeanSquaredError(reduction=reduction)
        value, gradient = loss.loss_and_gradient([[1.0], [2.0]], [[0.0], [0.0]], [0.0, 0.0])
        assert value == 0
        np.testing.assert_array_equal(gradient, 0)


def test_one_weight_for_each_pixel_or_for_each_image() -> None:
    y_true, y_pred = np.zeros((2, 3, 1)), np.array([[[1.0], [2.0], [3.0]], [[1.0], [1.0], [1.0]]])
    loss = losses.MeanSquaredError(reduction="sum")
    assert loss(y_true, y_pred, [2.0, 1.0]) == 2 * 14 + 3
    assert loss(y_true, y_pred, [[1.0, 0.0, 1.0], [0.0, 0.0, 5.0]]) == 1 + 9 + 5
    with pytest.raises(ShapeError, match=r"sample_weight has shape \(3,\); expected \(2,\) or \(2, 3\)"):
        loss(y_true, y_pred, [1.0, 1.0, 1.0])


def test_the_type_of_the_predictions_is_kept() -> None:
    for dtype in (np.float32, np.float64):
        _, gradient = losses.CategoricalCrossentropy(from_logits=True).loss_and_gradient(
            np.eye(3, dtype=np.int64), np.ones((3, 3), dtype), np.array([1.0, 2.0, 3.0])
        )
        assert gradient.dtype == dtype


def test_wrong_shapes_are_named() -> None:
    with pytest.raises(ShapeError, match=r"y_true of shape \(2, 3\) and y_pred of shape \(2, 4\)"):
        losses.MeanSquaredError()(np.zeros((2, 3)), np.zeros((2, 4)))
    with pytest.raises(ShapeError, match="need sparse_categorical_crossentropy"):
        losses.CategoricalCrossentropy()([1, 2], np.full((2, 3), 0.3))
    with pytest.raises(ShapeError, match="one-hot targets belong to the form without 'sparse'"):
        losses.SparseCategoricalCrossentropy()(np.eye(3), np.eye(3))
    with pytest.raises(ShapeError, match=r"label for each of shape \(2,\)"):
        losses.SparseCategoricalCrossentropy()([1, 2, 0], np.full((2, 3), 0.3))


@pytest.mark.parametrize("from_logits", [True, False])
def test_a_label_that_no_output_stands_for_is_named(from_logits: bool) -> None:
    loss = losses.SparseCategoricalCrossentropy(from_logits)
    with pytest.raises(DataError, match="label 3, but there are 3 outputs; expected labels from 0 to 2"):
        loss([0, 3], np.full((2, 3), 0.3))
    with pytest.raises(DataError, match="label -1, but"):
        loss([0, -1], np.full((2, 3), 0.3))
    with pytest.raises(DataError, match=r"label 0\.5; expected whole numbers"):
        loss([0, 0.5], np.full((2, 3), 0.3))
    assert loss([0.0, 2.0], np.full((2, 3), 0.3)) == pytest.approx(np.log(3))


def test_wrong_arguments() -> None:
    with pytest.raises(ConfigError, match="reduction is 'average'"):
        losses.MeanSquaredError(reduction="average")
    with pytest.raises(ConfigError, match="label_smoothing is 2"):
        losses.CategoricalCrossentropy(label_smoothing=2)
    with pytest.raises(ConfigError, match="delta is 0"):
        losses.Huber(delta=0)


@pytest.mark.parametrize(
    ("alias", "cls"),
    [
        ("mse", losses.MeanSquaredError),
        ("MSE", losses.MeanSquaredError),
        ("mean_squared_error", losses.MeanSquaredError),
        ("mae", losses.MeanAbsoluteError),
        ("huber", losses.Huber),
        ("bce", losses.BinaryCrossentropy),
        ("binary_crossentropy", losses.BinaryCrossentropy),
        ("categorical_crossentropy", losses.CategoricalCrossentropy),
        ("SparseCategoricalCrossentropy", losses.SparseCategoricalCrossentropy),
        (losses.huber, losses.Huber),
        (losses.categorical_crossentropy, losses.CategoricalCrossentropy),
        (losses.MeanSquaredError, losses.MeanSquaredError),
    ],
)
def test_get(alias: object, cls: type) -> None:
    assert type(losses.get(alias)) is cls  # type: ignore[arg-type]


def test_get_refuses_the_unknown() -> None:
    with pytest.raises(ConfigError, match="did you mean 'mean_squared_error'"):
        losses.get("mean_squared_eror")
    with pytest.raises(ConfigError, match=r"call\(y_true, y_pred\) and gradient"):
        losses.get(lambda y_true, y_pred: 0)
    with pytest.raises(ConfigError, match=r"loss is \['mse'\]; expected a name or a Loss"):
        losses.get(["mse"])  # type: ignore[arg-type]


def test_what_is_saved_is_what_keras_saves() -> None:
    assert losses.serialize(losses.SparseCategoricalCrossentropy(from_logits=True)) == {
        "module": "keras.losses",
        "class_name": "SparseCategoricalCrossentropy",
        "config": {
            "name": "sparse_categorical_crossentropy",
            "reduction": "sum_over_batch_size",
            "from_logits": True,
            "ignore_class": None,
        },
        "registered_name": None,
    }
    for name, cls in losses.registry.classes.items():
        copy = losses.deserialize(losses.serialize(cls(reduction="sum")))
        assert type(copy) is cls, name
        assert copy.get_config() == cls(reduction="sum").get_config()


def test_a_loss_saved_by_keras_is_read() -> None:
    config = {"name": "x", "reduction": "sum", "from_logits": True, "ignore_class": None}
    assert losses.SparseCategoricalCrossentropy.from_config(config).from_logits
    assert losses.SparseCategoricalCrossentropy.from_config(config | {"ignore_class": 255}).ignore_class == 255
    assert losses.BinaryCrossentropy.from_config({"axis": -1, "label_smoothing": 0.1}).label_smoothing == 0.1


def test_functions_give_the_losses_of_the_samples() -> None:
    np.testing.assert_allclose(losses.mean_absolute_error([[0.0, 0.0], [1.0, 1.0]], [[1.0, 3.0], [1.0, 1.0]]), [2, 0])
    np.testing.assert_allclose(losses.binary_crossentropy([1, 0], [0.5, 0.5]), np.log(2))
    np.testing.assert_allclose(
        losses.sparse_categorical_crossentropy([0, 1], np.zeros((2, 4)), from_logits=True), np.log([4, 4])
    )


class _Quartic(losses.Loss):
    def call(self, y_true, y_pred):
        return ((y_pred - y_true) ** 4).mean(axis=-1)

    def gradient(self, y_true, y_pred):
        return 4 * (y_pred - y_true) ** 3 / y_true.shape[-1]


def test_a_loss_of_the_users_own() -> None:
    loss = _Quartic()
    value, gradient = loss.loss_and_gradient(np.array([[0, 0], [1, 1]]), np.array([[1.0, 2.0], [1.0, 1.0]]), [1.0, 3.0])
    assert value == loss([[0, 0], [1, 1]], [[1.0, 2.0], [1.0, 1.0]], [1.0, 3.0]) == (1 + 16) / 2 / 2
    np.testing.assert_array_equal(gradient, [[1, 8], [0, 0]])
    assert loss.fused_activation is None
    with pytest.raises(ConfigError, match="not merged"):
        loss.loss_and_preactivation_gradient([[0.0]], [[0.0]])


def test_a_gradient_of_the_wrong_shape_is_refused() -> None:
    class Wrong(_Quartic):
        def gradient(self, y_true, y_pred):
            return super().gradient(y_true, y_pred).sum(axis=-1)

    with pytest.raises(ShapeError, match=r"gradient of shape \(1,\) for predictions of shape \(1, 2\)"):
        Wrong().loss_and_gradient([[0.0, 0.0]], [[1.0, 2.0]])


def test_an_override_that_training_would_pass_over_is_refused() -> None:
    with pytest.raises(ConfigError, match="values_and_gradient"):

        class Half(losses.MeanSquaredError):
            def call(self, y_true, y_pred):
                return super().call(y_true, y_pred) / 2


@pytest.mark.parametrize("from_logits", [False, True])
def test_a_label_without_an_output_names_the_loss(from_logits):
    loss = losses.SparseCategoricalCrossentropy(from_logits=from_logits, name="species")
    with pytest.raises(DataError, match='"species" received the label 7, but there are 3 outputs'):
        loss([7], np.full((1, 3), 1 / 3, np.float32))
    with pytest.raises(DataError, match='"sparse_categorical_crossentropy" received the label 7'):
        metrics.sparse_categorical_crossentropy([7], np.full((1, 3), 1 / 3, np.float32), from_logits=from_logits)
