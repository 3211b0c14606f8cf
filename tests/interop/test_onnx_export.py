"""Every layer in an ONNX file gives what it gives here, in onnx's own evaluator and in onnxruntime."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import vitral
from tests.interop.onnx_cases import CASES, FLAT, IMAGE, around, inputs_for, randomized
from vitral import Input, Model, Sequential, activations, layers, saving
from vitral.errors import ConfigError
from vitral.layers.augmentation.augmentation import Augmentation
from vitral.saving.onnx.outward import DRAWN

onnx = pytest.importorskip("onnx")
reference = pytest.importorskip("onnx.reference")
onnxruntime = pytest.importorskip("onnxruntime")


def agrees(model: Any, path: Path, batch_size: int | None = None, samples: int = 3) -> Any:
    """Export, run in both programs, compare with the model's own result; returns the file's content."""
    saving.to_onnx(model, path, batch_size)
    inputs = inputs_for(model, samples)
    expected = model(inputs if len(inputs) > 1 else inputs[0], training=False)
    expected = expected if isinstance(expected, list) else [expected]
    content = onnx.load(path)
    feed = dict(zip([given.name for given in content.graph.input], inputs, strict=True))
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    for results in (reference.ReferenceEvaluator(content).run(None, feed), session.run(None, feed)):
        for result, right in zip(results, expected, strict=True):
            np.testing.assert_allclose(result, right, rtol=1e-5, atol=1e-5)
    return content


def test_every_layer_has_a_case() -> None:
    augmentations = {cls for cls in DRAWN if issubclass(cls, Augmentation)} - set(CASES)
    assert set(CASES) == set(DRAWN) - augmentations - {layers.InputLayer}
    for cls in augmentations:  # all drawn alike: outside training they do nothing
        assert DRAWN[cls] is DRAWN[layers.RandomFlip]
        assert cls.forward is Augmentation.forward


@pytest.mark.parametrize(("cls", "make", "shape"), FLAT, ids=[cls.__name__ for cls, _, _ in FLAT])
def test_layers(cls: Any, make: Any, shape: Any, tmp_path: Path) -> None:
    layer = make()
    assert type(layer) is cls
    agrees(randomized(around(layer, shape)), tmp_path / "m.onnx")
    if shape == IMAGE and layer.output_shape == (None, *IMAGE):
        # Behind a convolution, whose result has its channels first.
        agrees(randomized(Sequential([Input(shape), layers.Conv2D(4, 1), make()])), tmp_path / "n.onnx", 3)


@pytest.mark.parametrize(
    "layer",
    [
        layers.SimpleRNN(3, "relu"),
        layers.LSTM(3, "softsign", "hard_sigmoid", return_sequences=True),
        layers.GRU(3, "leaky_relu", "hard_sigmoid", return_state=True),
        layers.GRU(3, "softplus", reset_after=False),
    ],
)
def test_recurrent_layers_with_other_activations(layer: layers.Layer, tmp_path: Path) -> None:
    """Only in onnxruntime: onnx's own evaluator takes the usual activations, whatever a node says."""
    model = randomized(around(layer, (6, 5)))
    saving.to_onnx(model, tmp_path / "m.onnx")
    (x,) = inputs_for(model, 3)
    session = onnxruntime.InferenceSession(str(tmp_path / "m.onnx"), providers=["CPUExecutionProvider"])
    expected = model(x, training=False)
    results = session.run(None, {session.get_inputs()[0].name: x})
    for result, right in zip(results, expected if isinstance(expected, list) else [expected], strict=True):
        np.testing.assert_allclose(result, right, rtol=1e-5, atol=1e-5)
    strange = around(layers.SimpleRNN(3, "gelu", name="strange"), (6, 5))
    with pytest.raises(ConfigError, match=r'"strange" \(SimpleRNN\)'):
        saving.to_onnx(strange, tmp_path / "n.onnx")


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


class Branches(Model):
    """A subclass, which is drawn as its call is."""

    def __init__(self) -> None:
        super().__init__()
        self.kernel = layers.Conv2D(4, 1)

    def call(self, inputs: Any) -> Any:
        return layers.add([self.kernel(inputs), inputs])


class Passes(Model):
    """A subclass with a pass of its own."""

    def forward(self, x: Any, training: bool = False) -> Any:
        return x, None


def test_subclasses(tmp_path: Path) -> None:
    model = Branches()
    model.build((None, *IMAGE))
    agrees(randomized(model), tmp_path / "m.onnx")
    agrees(randomized(Sequential([Input(IMAGE), layers.ReLU(), Branches()])), tmp_path / "n.onnx")
    own = Passes(name="own")
    own.build((None, 4))
    with pytest.raises(ConfigError, match="Passes writes its passes itself"):
        own.export(tmp_path / "o.onnx")
    with pytest.raises(ConfigError, match=r'does not have "own" \(Passes\)'):
        Sequential([Input((4,)), own]).export(tmp_path / "o.onnx")


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


class Curve(activations.Activation):
    """An activation that ONNX does not know."""

    def forward(self, x: Any) -> Any:
        return np.cos(x), x


def test_all_that_cannot_be_exported_is_named(tmp_path: Path) -> None:
    stateful = Sequential([Input((3, 4)), layers.LSTM(2, stateful=True, name="goes_on")])
    with pytest.raises(ConfigError, match=r'does not have "goes_on" \(LSTM\)'):
        stateful.export(tmp_path / "m.onnx")
    inside = Sequential([Input((4,)), Own(name="inner")])
    model = Sequential([Input((4,)), Own(name="a"), layers.Dense(4, Curve(), name="b"), inside])
    with pytest.raises(ConfigError, match=r'"a" \(Own\), "b" \(Dense with the activation Curve\), "inner" \(Own\)'):
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
    with pytest.raises(ConfigError, match="opset_version is 18; expected 21"):
        model.export(tmp_path / "m.onnx", opset_version=18)
    with pytest.raises(ConfigError, match=r"received input_signature=.*; expected None, or batch_size="):
        model.export(tmp_path / "m.onnx", input_signature=[Input((4,))])
    model.export(tmp_path / "m.onnx")
    with pytest.raises(ConfigError, match="exists"):
        model.export(tmp_path / "m.onnx", overwrite=False)
    fully = Sequential([Input((None, None, 3)), layers.Conv2D(2, 3)])
    with pytest.raises(ConfigError, match="expected all axes but the batch known"):
        fully.export(tmp_path / "n.onnx")


def test_what_is_said_as_in_keras(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = Sequential([Input((4,)), layers.Dense(1)])
    model.export(tmp_path / "m.onnx", verbose=False, opset_version=21)
    assert capsys.readouterr().out == ""
    model.export(tmp_path / "m.onnx")
    assert capsys.readouterr().out == f"Saved artifact at '{tmp_path / 'm.onnx'}'.\n"
