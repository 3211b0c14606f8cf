"""Recurrent networks and vision transformers out of ONNX files, our own and PyTorch's."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.interop.onnx_cases import randomized
from tests.interop.test_onnx_import import comes_back, graph, imported, node, reference
from vitral import Input, Sequential, applications, layers, saving
from vitral.errors import ModelFileError

helper = pytest.importorskip("onnx.helper")

RANDOM = np.random.default_rng(3)


def kinds(model: Any) -> list[str]:
    return [type(layer).__name__ for layer in model.layers]


def test_layers_come_back_as_they_were(tmp_path: Path) -> None:
    model = Sequential(
        [
            Input((6, 5)),
            layers.Bidirectional(layers.GRU(3, "relu", "hard_sigmoid", return_sequences=True)),
            layers.LSTM(4, go_backwards=True, return_sequences=True),
            layers.TimeDistributed(layers.Dense(3)),
            layers.SimpleRNN(2, use_bias=False),
        ]
    )
    again = comes_back(randomized(model), tmp_path / "m.onnx")
    assert kinds(again) == ["InputLayer", "Bidirectional", "LSTM", "TimeDistributed", "SimpleRNN"]
    assert again.layers[1].forward_layer.cell.recurrent_activation.name == "hard_sigmoid"
    assert again.count_params() == model.count_params()
    again.compile("adam", "mse")
    again.fit(RANDOM.normal(size=(8, 6, 5)), np.zeros((8, 2)), verbose=0)


def test_a_vision_transformer_comes_back(tmp_path: Path) -> None:
    model = applications.TinyViT((8, 8, 3), 5, patch_size=4, width=8, depth=2, heads=2)
    again = comes_back(model, tmp_path / "m.onnx")
    assert kinds(again).count("MultiHeadAttention") == 2
    assert "PositionEmbedding" in kinds(again)
    assert again.count_params() == model.count_params()


LSTM = {
    "w": RANDOM.normal(size=(1, 16, 5)).astype("float32"),
    "r": RANDOM.normal(size=(1, 16, 4)).astype("float32"),
    "b": RANDOM.normal(size=(1, 32)).astype("float32"),
    "start": np.zeros((1, 2, 4), "float32"),
    "zero": np.array([0]),
    "last": np.array(-1),
    "first": np.array(0),
    "lengths": np.array([6], "int32"),
    "table": np.ones((3, 2), "float32"),
}


def turned(x: str = "x", to: str = "s") -> Any:
    return node("Transpose", x, to=to, perm=[1, 0, 2])


@pytest.mark.parametrize(
    ("nodes", "message"),
    [
        ([node("LSTM", "x", "w", "r", hidden_size=4)], "works on a value as it is; expected steps in front of the"),
        ([turned(to="y")], "the output 'y' is steps in front of the batch; expected weights behind it"),
        ([turned(), node("Relu", "s")], "works on steps in front of the batch; expected a value as it is"),
        (
            [turned(), node("LSTM", "s", "w", "r", "", "lengths", hidden_size=4)],
            "has lengths of sequences, or peepholes",
        ),
        ([turned(), node("LSTM", "s", "w", "r", hidden_size=4, clip=1.0)], "has clip=1.0; expected none"),
        ([turned(), node("LSTM", "s", "w", "r", hidden_size=4, layout=1)], "has layout=1; expected none"),
        (
            [turned(), node("LSTM", "s", "w", "r", hidden_size=4, activations=["Sigmoid", "Tanh", "Relu"])],
            r"has the activations \['Sigmoid', 'Tanh', 'Relu'\]; expected one for all gates",
        ),
        (
            [turned(), node("LSTM", "s", "w", "r", hidden_size=4, activations=["Sigmoid", "Tanh", "ScaledTanh"])],
            "has the activation ScaledTanh; expected one of",
        ),
        (
            [turned(), node("LSTM", "s", "w", "r", hidden_size=4, activations=["HardSigmoid", "Tanh", "Tanh"])],
            "has the activation HardSigmoid with {}; Vitral has it with {'alpha'",
        ),
        ([turned(), node("LSTM", "s", "w", "r", hidden_size=1 << 40)], r"would have the shape \(5, 4398046511104\)"),
        ([node("Gather", "x", "last", axis=0)], "expected one place of an axis behind the batch"),
        (
            [helper.make_node("Cast", ["x"], ["y"], to=7)],
            "makes int64 of values; expected that only for",
        ),
        ([node("Gather", "table", "x", axis=1)], "expected the rows of a table"),
        ([node("MatMul", "x", "x")], "the output 'y' is the scores of an attention"),
        ([node("Einsum", "x", "x", equation="bij,bij->b")], "has the equation bij,bij->b; expected products over one"),
        ([node("Reshape", "x", "two")], r"makes \[-1, 2\] of \[None, 6, 5\]"),
        ([node("Shape", "x", to="n"), node("ConstantOfShape", "n")], "'y'"),
    ],
)
def test_sequences_that_no_layer_has(nodes: list[Any], message: str, tmp_path: Path) -> None:
    content = graph(nodes, ("n", 6, 5), **LSTM, two=np.array([-1, 2]))
    with pytest.raises(ModelFileError, match=message) as caught:
        imported(content, tmp_path / "m.onnx")
    assert "\n" not in str(caught.value)


def test_a_state_of_zeros_is_none(tmp_path: Path) -> None:
    nodes = [
        turned(),
        helper.make_node("LSTM", ["s", "w", "r", "b", "", "start", "start"], ["", "h", "c"], hidden_size=4),
        node("Squeeze", "h", "zero"),
    ]
    content = graph(nodes, (2, 6, 5), **LSTM)
    x = RANDOM.normal(size=(2, 6, 5)).astype("float32")
    (expected,) = reference.ReferenceEvaluator(content).run(None, {"x": x})
    model = imported(content, tmp_path / "m.onnx")
    assert kinds(model) == ["InputLayer", "LSTM"]
    np.testing.assert_allclose(model(x), expected, rtol=1e-5, atol=1e-5)


torch: Any = pytest.importorskip("torch")


class Rows(torch.nn.Module):  # type: ignore[misc]
    """An image read row by row, and a classifier behind the last row, or behind all of them."""

    def __init__(self, rnn: Any, inputs: int, last: bool) -> None:
        super().__init__()
        self.rnn, self.last = rnn, torch.nn.Linear(inputs, 3)
        self.only_last = last

    def forward(self, x: Any) -> Any:
        y, _ = self.rnn(x)
        return self.last(y[:, -1] if self.only_last else torch.nn.functional.normalize(y, dim=-1).flatten(1))


@pytest.mark.parametrize(
    ("module", "kind"),
    [
        (Rows(torch.nn.LSTM(5, 4, batch_first=True), 4, True), "LSTM"),
        (Rows(torch.nn.GRU(5, 4, num_layers=2, batch_first=True), 4, True), "GRU"),
        (Rows(torch.nn.RNN(5, 4, nonlinearity="relu", bias=False, batch_first=True), 4, True), "SimpleRNN"),
        (Rows(torch.nn.GRU(5, 4, batch_first=True, bidirectional=True), 48, False), "Bidirectional"),
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_recurrent_networks_of_pytorch(module: Any, kind: str, tmp_path: Path) -> None:
    x = torch.from_numpy(RANDOM.normal(size=(3, 6, 5)).astype("float32"))
    names = {"input_names": ["x"], "dynamic_axes": {"x": {0: "n"}}}
    torch.onnx.export(module.eval(), (x,), str(tmp_path / "m.onnx"), opset_version=18, dynamo=False, **names)
    model = saving.from_onnx(tmp_path / "m.onnx")
    assert kind in kinds(model)
    with torch.no_grad():
        expected = module(x).numpy()
    np.testing.assert_allclose(model(x.numpy()), expected, rtol=1e-5, atol=1e-5)
