"""Images brought to one size, other colors, mixed images: values from Keras, and mixed labels in a training."""

from typing import Any

import numpy as np
import pytest

from tests.ops.test_image import IMAGE
from vitral import Input, Model, layers, models, ops
from vitral.errors import ConfigError, ModelWarning

# Keras 3.15.1 on JAX, the same calls on IMAGE as a batch of one.
SIZED = {
    "CenterCrop(3, 2)": [[1, 4], [2, 6], [8, 9]],
    "CenterCrop(2, 5)": [[9, 2, 6, 5, 3], [5, 8, 9, 7, 9]],
    "CenterCrop(5, 4)": [
        [1, 2.875, 2.875, 1],
        [1.7, 4.0125, 4.8, 3.8],
        [5, 6.5625, 6.9375, 6],
        [6.2, 6.825, 7.2375, 7.3],
        [2, 2.625, 4.875, 8],
    ],
    "Resizing(2, 3)": [[4.5, 5, 3.66667], [4.33333, 6, 6.83333]],
    "Resizing(3, 2, crop_to_aspect_ratio=True)": [[1.16667, 4.33333], [5, 7.5], [3, 4]],
    "Resizing(4, 3, pad_to_aspect_ratio=True, fill_value=1)": [
        [1.33333, 1.75, 1.66667],
        [5.58333, 5.5, 3.66667],
        [5.16667, 7.5, 7.58333],
        [1.41667, 1.5, 2.08333],
    ],
    'Resizing(3, 6, pad_to_aspect_ratio=True, interpolation="bicubic")': [
        [0.19367, 3.37071, 2.24545, 2.45522, 4.30807, 0.24429],
        [0.37956, 7.54834, 6.39887, 7.03575, 6.58008, 0.30791],
        [0.15977, 3.29655, 2.88859, 6.52715, 5.72364, 0.22056],
    ],
    "Resizing(2, 2, antialias=True)": [[4.28572, 4.33766], [5.05844, 6.4026]],
}


@pytest.mark.parametrize("call", SIZED)
def test_a_size_gives_what_keras_gives(call: str) -> None:
    layer = eval(f"layers.{call}")
    np.testing.assert_allclose(layer(IMAGE[..., np.newaxis])[..., 0], SIZED[call], atol=2e-5)


def test_whole_numbers_are_resized_to_whole_numbers_as_in_keras() -> None:
    image = np.array([[0, 0, 255], [7, 255, 255]], np.uint8)[..., np.newaxis]
    # Keras 3.15.1 on TensorFlow and on JAX.
    expected = [[0, 0, 84, 255], [0, 72, 184, 255], [0, 174, 255, 254]]
    layer = layers.Resizing(3, 4, interpolation="bicubic")
    for result in (layer(image), layer({"images": image[np.newaxis]})["images"][0]):
        assert result.dtype == np.uint8
        np.testing.assert_array_equal(result[..., 0], expected)


def test_a_new_size_can_stand_in_a_model() -> None:
    x = Input((9, 5, 1))
    model = Model(x, layers.CenterCrop(2, 2)(layers.Resizing(4, 6)(x)))
    assert model.output_shape == (None, 2, 2, 1)
    assert model.predict(np.ones((3, 9, 5, 1)), verbose=0).shape == (3, 2, 2, 1)


def test_contrast_and_brightness_give_what_keras_gives() -> None:
    x = IMAGE[np.newaxis, :2, :, np.newaxis]
    none, one = np.zeros(1), np.ones(1)
    # Keras 3.15.1 on JAX: RandomContrast.transform_images on IMAGE with contrast_factor=1.7, value_range=(0, 9)
    y, _ = ops.recolor2d(IMAGE[np.newaxis, :, :, np.newaxis], contrast=np.array([1.7]), brightness=none, low=0, high=9)
    np.testing.assert_allclose(y[0, 0, :, 0], [1.705, 0, 3.405, 0, 5.105], atol=1e-5)
    # RandomBrightness.transform_images with rgb_delta=-2.25
    y, _ = ops.recolor2d(x, contrast=one, brightness=np.array([-2.25]), low=0, high=9)
    np.testing.assert_array_equal(y[0, :, :, 0], [[0.75, 0, 1.75, 0, 2.75], [6.75, 0, 3.75, 2.75, 0.75]])


def test_contrast_and_brightness_are_drawn_from_their_ranges() -> None:
    random, shape = np.random.default_rng(0), (4000, 2, 2, 1)
    # One number stands for 1 to 1 + f in Keras 3.15.1, whose configuration then has the factor (0, f).
    for factor, low, high in ((0.4, 1.0, 1.4), ((0.2, 0.5), 0.8, 1.5)):
        drawn = layers.RandomContrast(factor).draw(shape, random)
        assert low <= drawn.contrast.min() < low + 0.01
        assert high - 0.01 < drawn.contrast.max() <= high
    drawn = layers.RandomBrightness((-0.1, 0.3), value_range=(0, 200)).draw(shape, random)
    assert -20 <= drawn.brightness.min() < -19.5
    assert 59.5 < drawn.brightness.max() <= 60


def test_mix_up_mixes_pixels_and_labels_by_the_same_share() -> None:
    labels = np.eye(4, dtype=np.float32)
    images = labels[:, np.newaxis, np.newaxis, :] * 8
    result = layers.MixUp(1.0, seed=1)({"images": images, "labels": labels}, training=True)
    np.testing.assert_allclose(result["images"][:, 0, 0], result["labels"] * 8, rtol=1e-6)
    np.testing.assert_allclose(result["labels"].sum(axis=1), 1, rtol=1e-6)
    assert not np.array_equal(result["labels"], labels)
    unchanged = layers.MixUp(1.0)({"images": images, "labels": labels}, training=False)
    np.testing.assert_array_equal(unchanged["labels"], labels)


def test_the_shares_of_mix_up_have_the_beta_distribution() -> None:
    share = layers.MixUp(0.2).draw((8000, 1, 1, 1), np.random.default_rng(0)).label_share
    # Beta(a, a) has the mean 1/2 and the variance 1 / (4 (2 a + 1)) = 0.1786.
    assert abs(share.mean() - 0.5) < 5 * np.sqrt(0.1786 / 8000)
    assert abs(share.var() - 0.1786) < 0.006


def test_cut_mix_replaces_a_box_and_counts_its_area() -> None:
    labels = np.eye(8)
    images = np.broadcast_to(np.arange(8.0)[:, np.newaxis, np.newaxis, np.newaxis], (8, 40, 40, 1))
    result = layers.CutMix(seed=4)({"images": images, "labels": labels})
    mixed = 0
    for number, (image, label) in enumerate(zip(result["images"][..., 0], result["labels"], strict=True)):
        kept = (image == number).mean()
        if kept < 1:
            (other,) = {*image.ravel()} - {number}
            rows, columns = (np.ptp(places) + 1 for places in np.nonzero(image == other))
            assert rows * columns == (image == other).sum()  # a box without holes
            np.testing.assert_allclose(label[int(other)] + label[number], 1)
            assert abs(label[number] - kept) < 2 * 40 / 1600 + 1 / 1600  # the box is not rounded to pixels
            mixed += 1
    assert mixed > 2


@pytest.mark.parametrize("labels", [np.arange(4), np.arange(4).reshape(4, 1), np.zeros((4, 2, 2))])
def test_class_numbers_cannot_be_mixed(labels: Any) -> None:
    with pytest.raises(ConfigError, match=r"received labels of shape .*; expected one row of class probabilities"):
        layers.CutMix()({"images": np.zeros((4, 3, 3, 1)), "labels": labels})


class _Seen(layers.Layer):
    """Notes what the training shows it."""

    def forward(self, x: Any, training: bool = False) -> Any:
        self.x = x
        return x, None

    def backward(self, dy: Any, cache: Any) -> Any:
        return dy


def _sequential(mixer: layers.Layer, seen: _Seen) -> Any:
    inner = models.Sequential([layers.Input((1, 1, 3)), layers.Reshape((1, 1, 3)), mixer])
    return models.Sequential([layers.Input((1, 1, 3)), inner, seen, layers.Flatten(), layers.Softmax()])


def _functional(mixer: layers.Layer, seen: _Seen) -> Any:
    x = Input((1, 1, 3))
    inner = Model(x, mixer(x))
    x = Input((1, 1, 3))
    return Model(x, layers.Softmax()(layers.Flatten()(seen(inner(x)))))


@pytest.mark.parametrize("make", [_sequential, _functional])
def test_in_a_training_the_targets_are_mixed_as_the_images_are(make: Any) -> None:
    seen = _Seen()
    model = make(layers.MixUp(1.0, seed=2), seen)
    model.compile("sgd", "categorical_crossentropy")
    images, labels = np.eye(3, dtype=np.float32).reshape(3, 1, 1, 3), np.eye(3, dtype=np.float32)
    with pytest.warns(ModelWarning, match="no trainable weights"):
        loss = model.train_on_batch(images, labels)
    mixed = seen.x.reshape(3, 3)
    assert not np.array_equal(mixed, labels)
    # One-hot images: what the network saw is what the target must be, and softmax of it what it answers.
    answer = np.exp(mixed) / np.exp(mixed).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(loss, -(mixed * np.log(answer)).sum(axis=1).mean(), rtol=1e-5)
    answer = np.exp(labels) / np.exp(labels).sum(axis=1, keepdims=True)
    assert model.evaluate(images, labels, verbose=0) == pytest.approx(-np.log(np.diag(answer)).mean(), rel=1e-5)


@pytest.mark.parametrize("make", [_sequential, _functional])
@pytest.mark.parametrize(
    ("weights", "column"), [([1.0, 3.0, 0.5], False), ([0.0, 1.0, 2.0], True), ([0.0, 0.0, 0.0], False)]
)
def test_each_label_in_a_mixture_counts_with_the_weight_of_its_own_image(
    make: Any, weights: list[float], column: bool
) -> None:
    seen = _Seen()
    model = make(layers.MixUp(1.0, seed=2), seen)
    model.compile("sgd", "categorical_crossentropy", weighted_metrics=["categorical_crossentropy"])
    images, labels = np.eye(3, dtype=np.float32).reshape(3, 1, 1, 3), np.eye(3, dtype=np.float32)
    with pytest.warns(ModelWarning, match="no trainable weights"):
        loss, metric = model.train_on_batch(images, labels, np.array(weights)[:, None] if column else weights)
    shares = seen.x.reshape(3, 3)  # of the pixels of each of the three images, and of its label
    answer = np.exp(shares) / np.exp(shares).sum(axis=1, keepdims=True)
    counted = -(shares * weights * np.log(answer)).sum()
    np.testing.assert_allclose(loss, counted / 3, rtol=1e-5)
    total = (shares * weights).sum()
    np.testing.assert_allclose(metric, counted / total if total else 0.0, rtol=1e-5)


def test_class_weights_count_for_each_label_in_a_mixture() -> None:
    seen = _Seen()
    model = _sequential(layers.MixUp(1.0, seed=2), seen)
    model.compile("sgd", "categorical_crossentropy")
    images, labels = np.eye(3, dtype=np.float32).reshape(3, 1, 1, 3), np.eye(3, dtype=np.float32)
    with pytest.warns(ModelWarning, match="no trainable weights"):
        loss = model.train_on_batch(images, labels, class_weight={1: 5.0})
    shares = seen.x.reshape(3, 3)
    answer = np.exp(shares) / np.exp(shares).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(loss, -(shares * [1.0, 5.0, 1.0] * np.log(answer)).sum() / 3, rtol=1e-5)


def test_a_weight_for_each_value_of_a_label_cannot_be_mixed() -> None:
    model = _sequential(layers.MixUp(1.0, name="mix"), _Seen())
    model.compile("sgd", "mse")
    images, labels = np.eye(3, dtype=np.float32).reshape(3, 1, 1, 3), np.eye(3, dtype=np.float32)
    with (
        pytest.warns(ModelWarning, match="no trainable weights"),
        pytest.raises(ConfigError, match=r"sample_weight of shape \(3, 3\); expected one weight for each sample"),
    ):
        model.train_on_batch(images, labels, np.ones((3, 3)))


def test_a_training_on_class_numbers_says_what_mixing_needs() -> None:
    model = models.Sequential(
        [layers.Input((1, 1, 3)), layers.MixUp(name="mix"), layers.Flatten(), layers.Dense(3, activation="softmax")]
    )
    model.compile("sgd", "sparse_categorical_crossentropy")
    with pytest.raises(
        ConfigError, match=r'"mix" \(MixUp\) received labels of shape \(4,\); expected one row of class'
    ):
        model.fit(np.zeros((4, 1, 1, 3)), np.zeros(4, int), verbose=0)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.MixUp(0), "MixUp: alpha is 0; expected a number above 0"),
        (lambda: layers.CutMix(1.5), "CutMix: factor is 1.5; expected one or two numbers from 0 to 1"),
        (lambda: layers.RandomContrast(-0.1), "RandomContrast: factor is -0.1"),
        (lambda: layers.RandomBrightness((0, 2)), r"RandomBrightness: factor is \(0, 2\)"),
        (lambda: layers.RandomBrightness(0.1, value_range=255), "value_range is 255; expected two numbers"),
        (lambda: layers.Resizing(2, 2, "area"), "interpolation is 'area'; expected one of bilinear"),
        (lambda: layers.Resizing(2, 2, fill_mode="reflect"), "fill_mode is 'reflect'; expected 'constant'"),
        (
            lambda: layers.Resizing(2, 2, crop_to_aspect_ratio=True, pad_to_aspect_ratio=True),
            "crop_to_aspect_ratio and pad_to_aspect_ratio are both True",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(make: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        make()
