"""Every layer in an ONNX file gives what it gives here, in onnx's own evaluator and in onnxruntime."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import vitral
from vitral import Input, Model, Sequential, activations, layers, saving
from vitral.errors import ConfigError
from vitral.saving.onnx.outward import DRAWN
from vitral.saving.onnx.outward.activations import ACTIVATIONS, ALONG_LAST_AXIS

onnx = pytest.importorskip("onnx")
reference = pytest.importorskip("onnx.reference")
onnxruntime = pytest.importorskip("onnxruntime")

IMAGE = (7, 6, 4)
MERGED = [(7, 6, 4), (7, 6, 4), (4,)]


def normalization() -> layers.Layer:
    layer = layers.Normalization()
    layer.adapt(np.random.default_rng(1).normal(2, 3, (50, *IMAGE)))
    return layer


CASES: dict[type[layers.Layer], list[tuple[Callable[[], layers.Layer], Any]]] = {
    layers.Dense: [
        (lambda: layers.Dense(3, "relu"), (5,)),
        (lambda: layers.Dense(3, use_bias=False), (5,)),
        (lambda: layers.Dense(3, "softmax"), IMAGE),
        (lambda: layers.Dense(3, activation=layers.LeakyReLU(0.1)), (2, 5)),
        (lambda: layers.Dense(3, use_bias=False), (2, 5)),
    ],
    layers.Conv2D: [
        (lambda: layers.Conv2D(3, 3, activation="relu"), IMAGE),
        (lambda: layers.Conv2D(6, (3, 2), (2, 3), "same", groups=2, activation="softmax"), IMAGE),
        (lambda: layers.Conv2D(3, 2, dilation_rate=2, padding="same", use_bias=False), IMAGE),
    ],
    layers.DepthwiseConv2D: [
        (lambda: layers.DepthwiseConv2D(3, depth_multiplier=2, activation="relu"), IMAGE),
        (lambda: layers.DepthwiseConv2D((3, 2), 2, "same", use_bias=False), IMAGE),
    ],
    layers.SeparableConv2D: [
        (lambda: layers.SeparableConv2D(5, 3, depth_multiplier=2, activation="relu"), IMAGE),
        (lambda: layers.SeparableConv2D(5, (3, 2), 2, "same", use_bias=False), IMAGE),
    ],
    layers.Conv2DTranspose: [
        (lambda: layers.Conv2DTranspose(3, 3, activation="relu"), IMAGE),
        (lambda: layers.Conv2DTranspose(3, (3, 4), 2, "same", use_bias=False), IMAGE),
        (lambda: layers.Conv2DTranspose(3, 2, 3), IMAGE),
        (lambda: layers.Conv2DTranspose(3, 3, 2, "same", output_padding=1), IMAGE),
        (lambda: layers.Conv2DTranspose(3, 3, dilation_rate=2, padding="same"), IMAGE),
    ],
    layers.LayerNormalization: [
        (layers.LayerNormalization, IMAGE),
        (lambda: layers.LayerNormalization([1, 2], center=False), (3, 5)),
        (lambda: layers.LayerNormalization(scale=False), (5,)),
    ],
    layers.GroupNormalization: [
        (lambda: layers.GroupNormalization(2), IMAGE),
        (lambda: layers.GroupNormalization(-1, scale=False, center=False), IMAGE),
    ],
    layers.MaxPooling2D: [
        (lambda: layers.MaxPooling2D(), IMAGE),
        (lambda: layers.MaxPooling2D((3, 2), (2, 1), "same"), IMAGE),
    ],
    layers.AveragePooling2D: [
        (lambda: layers.AveragePooling2D(3, 1), IMAGE),
        (lambda: layers.AveragePooling2D(3, 2, "same"), IMAGE),
    ],
    layers.GlobalAveragePooling2D: [(layers.GlobalAveragePooling2D, IMAGE)],
    layers.GlobalMaxPooling2D: [(lambda: layers.GlobalMaxPooling2D(keepdims=True), IMAGE)],
    layers.ZeroPadding2D: [(lambda: layers.ZeroPadding2D(((1, 0), (2, 3))), IMAGE)],
    layers.BatchNormalization: [
        (layers.BatchNormalization, IMAGE),
        (lambda: layers.BatchNormalization(scale=False, center=False), (5,)),
        (layers.BatchNormalization, (3, 5)),
    ],
    layers.Rescaling: [
        (lambda: layers.Rescaling(1 / 127.5, -1), IMAGE),
        (lambda: layers.Rescaling([1.0, 2.0, 3.0, 4.0], [0.5, 0.25, 0.0, 1.0]), IMAGE),
    ],
    layers.Normalization: [
        (normalization, IMAGE),
        (lambda: layers.Normalization(mean=2.0, variance=4.0, invert=True), (5,)),
    ],
    layers.ReLU: [
        (layers.ReLU, IMAGE),
        (lambda: layers.ReLU(max_value=1.0), (5,)),
        (lambda: layers.ReLU(max_value=1.0, negative_slope=0.25, threshold=0.5), IMAGE),
    ],
    layers.ELU: [(layers.ELU, IMAGE), (lambda: layers.ELU(0.5), (5,))],
    layers.PReLU: [
        (layers.PReLU, (5,)),
        (layers.PReLU, IMAGE),
        (lambda: layers.PReLU(shared_axes=[1, 2]), IMAGE),
        (lambda: layers.PReLU(shared_axes=[1, 2, 3]), IMAGE),
    ],
    layers.Identity: [(layers.Identity, IMAGE)],
    layers.Permute: [(lambda: layers.Permute((3, 1, 2)), IMAGE), (lambda: layers.Permute((2, 1)), (3, 5))],
    layers.Cropping2D: [(lambda: layers.Cropping2D(((1, 2), (0, 3))), IMAGE)],
    layers.CenterCrop: [(lambda: layers.CenterCrop(4, 3), IMAGE)],
    layers.UpSampling2D: [
        (lambda: layers.UpSampling2D((2, 3)), IMAGE),
        (lambda: layers.UpSampling2D((2, 3), interpolation="bilinear"), IMAGE),
    ],
    layers.SpatialDropout2D: [(lambda: layers.SpatialDropout2D(0.5), IMAGE)],
    layers.GaussianDropout: [(lambda: layers.GaussianDropout(0.5), IMAGE)],
    layers.GaussianNoise: [(lambda: layers.GaussianNoise(0.5), IMAGE)],
    layers.LeakyReLU: [(layers.LeakyReLU, IMAGE)],
    layers.Flatten: [(layers.Flatten, IMAGE), (layers.Flatten, (5,))],
    layers.Reshape: [(lambda: layers.Reshape((-1, 6)), IMAGE)],
    layers.Softmax: [(layers.Softmax, IMAGE)],
    layers.Activation: [
        (lambda name=name: layers.Activation(name), IMAGE) for name in [*ACTIVATIONS, *ALONG_LAST_AXIS]
    ],
    layers.Dropout: [(lambda: layers.Dropout(0.5), IMAGE)],
    layers.RandomFlip: [(layers.RandomFlip, IMAGE)],
    layers.RandomRotation: [(lambda: layers.RandomRotation(0.1), IMAGE)],
    layers.RandomTranslation: [(lambda: layers.RandomTranslation(0.1, 0.1), IMAGE)],
    layers.RandomZoom: [(lambda: layers.RandomZoom(0.1), IMAGE)],
    layers.RandomErasing: [(layers.RandomErasing, IMAGE)],
    layers.RandomContrast: [(lambda: layers.RandomContrast(0.1), IMAGE)],
    layers.RandomBrightness: [(lambda: layers.RandomBrightness(0.1), IMAGE)],
    layers.MixUp: [(layers.MixUp, IMAGE)],
    layers.CutMix: [(layers.CutMix, IMAGE)],
    layers.Add: [(layers.Add, MERGED)],
    layers.Subtract: [(layers.Subtract, MERGED[:2])],
    layers.Multiply: [(layers.Multiply, MERGED)],
    layers.Average: [(layers.Average, MERGED)],
    layers.Maximum: [(layers.Maximum, MERGED)],
    layers.Minimum: [(layers.Minimum, MERGED)],
    layers.Concatenate: [
        (layers.Concatenate, [IMAGE, IMAGE]),
        (lambda: layers.Concatenate(axis=1), [IMAGE, (2, 6, 4)]),
        (layers.Concatenate, [(3,), (4,)]),
    ],
}
FLAT = [(cls, *case) for cls, cases in CASES.items() for case in cases]


def randomized(model: Any) -> Any:
    random = np.random.default_rng(5)
    for variable in model.weights:
        variable.assign(random.uniform(0.1, 1.0, variable.shape))
    return model


def agrees(model: Any, path: Path, batch_size: int | None = None, samples: int = 3) -> Any:
    """Export, run in both programs, compare with the model's own result; returns the file's content."""
    saving.to_onnx(model, path, batch_size)
    random = np.random.default_rng(4)
    inputs = [random.normal(size=(samples, *tensor.shape[1:])).astype("float32") for tensor in model.inputs]
    expected = model(inputs if len(inputs) > 1 else inputs[0])
    expected = expected if isinstance(expected, list) else [expected]
    content = onnx.load(path)
    feed = dict(zip([given.name for given in content.graph.input], inputs, strict=True))
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    for results in (reference.ReferenceEvaluator(content).run(None, feed), session.run(None, feed)):
        for result, right in zip(results, expected, strict=True):
            np.testing.assert_allclose(result, right, rtol=1e-5, atol=1e-5)
    return content


def test_every_layer_has_a_case() -> None:
    assert set(CASES) == set(DRAWN) - {layers.InputLayer}


@pytest.mark.parametrize(("cls", "make", "shape"), FLAT, ids=[cls.__name__ for cls, _, _ in FLAT])
def test_layers(cls: Any, make: Any, shape: Any, tmp_path: Path) -> None:
    layer = make()
    assert type(layer) is cls
    if isinstance(shape, list):
        inputs = [Input(one) for one in shape]
        model = Model(inputs, layer(inputs))
    else:
        model = Sequential([Input(shape), layer])
    agrees(randomized(model), tmp_path / "m.onnx")
    if shape == IMAGE and layer.output_shape[1:] == IMAGE:
        # Behind a convolution, whose result has its channels first.
        agrees(randomized(Sequential([Input(shape), layers.Conv2D(4, 1), make()])), tmp_path / "n.onnx", 3)


def test_merging_behind_convolutions(tmp_path: Path) -> None:
    x = Input((8, 8, 3), name="image")
    a = layers.Conv2D(4, 3, padding="same", activation="relu")(x)
    b = layers.BatchNormalization()(layers.Conv2D(4, 1, use_bias=False)(x))
    both = layers.Concatenate()([layers.add([a, b]), a, layers.maximum([a, b])])
    cut = layers.Concatenate(axis=2)([both, both])
    gate = layers.Dense(12, activation="sigmoid")(layers.GlobalAveragePooling2D()(cut))
    y = layers.multiply([cut, layers.Reshape((1, 1, 12))(gate)])
    first = layers.Dense(5, activation="softmax", name="kind")(layers.Flatten()(y))
    second = layers.Dense(1, name="size")(layers.GlobalMaxPooling2D()(y))
    content = agrees(randomized(Model(x, [first, second])), tmp_path / "m.onnx")
    assert [given.name for given in content.graph.input] == ["image"]
    assert [made.name for made in content.graph.output] == ["kind", "size"]
    assert sum(node.op_type == "Transpose" for node in content.graph.node) <= 4


def test_models_in_models_and_shared_layers(tmp_path: Path) -> None:
    inside = Sequential([Input((6, 6, 2)), layers.Conv2D(3, 3), layers.Flatten(), layers.Dense(4, "tanh")])
    left, right = Input((6, 6, 2)), Input((6, 6, 2))
    model = Model([left, right], layers.subtract([inside(left), inside(right)]))
    agrees(randomized(model), tmp_path / "m.onnx")


def test_static_and_dynamic_batches(tmp_path: Path) -> None:
    vitral.set_seed(1)
    model = Sequential([Input((6, 6, 2), name="x"), layers.Conv2D(3, 3), layers.Flatten(), layers.Dense(4)])
    shape = agrees(model, tmp_path / "d.onnx", None).graph.input[0].type.tensor_type.shape.dim
    assert (shape[0].dim_param, [axis.dim_value for axis in shape[1:]]) == ("batch", [6, 6, 2])
    content = agrees(model, tmp_path / "s.onnx", 5, samples=5)
    assert content.graph.input[0].type.tensor_type.shape.dim[0].dim_value == 5
    assert [(entry.domain, entry.version) for entry in content.opset_import] == [("", 21)]


class Own(layers.Layer):
    """A layer that ONNX does not know."""

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape


def test_all_that_cannot_be_exported_is_named(tmp_path: Path) -> None:
    curved = Sequential([Input(IMAGE), layers.UpSampling2D(interpolation="bicubic", name="curved")])
    with pytest.raises(ConfigError, match=r'does not have "curved" \(UpSampling2D\)'):
        curved.export(tmp_path / "m.onnx")
    inside = Sequential([Input((4,)), Own(name="inner")])
    model = Sequential([Input((4,)), Own(name="a"), layers.Dense(4, activations.sparsemax, name="b"), inside])
    with pytest.raises(ConfigError, match=r'"a" \(Own\), "b" \(Dense with the activation sparsemax\), "inner" \(Own\)'):
        model.export(tmp_path / "m.onnx")
    assert not list(tmp_path.iterdir())


def test_wrong_use(tmp_path: Path) -> None:
    model = Sequential([Input((4,)), layers.Dense(1)])
    with pytest.raises(ConfigError, match="format='tf_saved_model'; expected 'onnx'"):
        model.export(tmp_path / "m", format="tf_saved_model")
    with pytest.raises(ConfigError, match=r"ends in \.onnx"):
        model.export(tmp_path / "m")
    with pytest.raises(ConfigError, match="batch_size is 0"):
        model.export(tmp_path / "m.onnx", batch_size=0)
    with pytest.raises(ConfigError, match="not built"):
        Sequential([layers.Dense(1)]).export(tmp_path / "m.onnx")
    model.export(tmp_path / "m.onnx")
    with pytest.raises(ConfigError, match="exists"):
        model.export(tmp_path / "m.onnx", overwrite=False)
    fully = Sequential([Input((None, None, 3)), layers.Conv2D(2, 3)])
    with pytest.raises(ConfigError, match="expected all axes but the batch known"):
        fully.export(tmp_path / "n.onnx")
