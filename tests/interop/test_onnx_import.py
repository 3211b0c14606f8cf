"""Image classifiers out of ONNX files: our own, PyTorch's, and files that no one should trust."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.interop.onnx_cases import FLAT, IMAGE, around, inputs_for, randomized
from vitral import Input, Sequential, layers, saving
from vitral.errors import ModelFileError
from vitral.layers.slicing import GetItem
from vitral.layers.with_variable import WithVariable

onnx = pytest.importorskip("onnx")
reference = pytest.importorskip("onnx.reference")
helper = pytest.importorskip("onnx.helper")

MERGING = (layers.Add, layers.Subtract, layers.Multiply, layers.Average, layers.Maximum, layers.Minimum)
RANDOM = np.random.default_rng(3)


def comes_back(model: Any, path: Path) -> Any:
    saving.to_onnx(model, path)
    again = saving.from_onnx(path)
    inputs = inputs_for(model, 3)
    results = [one(inputs if len(inputs) > 1 else inputs[0], training=False) for one in (again, model)]
    made, expected = (result if isinstance(result, list) else [result] for result in results)
    for one, other in zip(made, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-5)
    return again


REFUSED: list[tuple[type[layers.Layer], Callable[[Any], bool], str]] = [
    (layers.Activation, lambda layer: layer.activation.name == "squareplus", "no layers for: Sqrt$"),
    (layers.Activation, lambda layer: layer.activation.name == "glu", "no layers for: Split$"),
    (layers.Activation, lambda layer: layer.activation.name == "sparsemax", "no layers for: CumSum, Greater, "),
    (layers.ReLU, lambda layer: layer.threshold > 0, "no layers for: Less, Where$"),
    (layers.AutoContrast, lambda layer: True, "no layers for: Equal, ReduceMin, Where$"),
    (layers.RMSNormalization, lambda layer: True, "no layers for: Sqrt$"),
    (layers.AdaptiveMaxPooling2D, lambda layer: layer.output_size == (3, 4), r"reduces the axes \[2\] of 4"),
    (layers.Resizing, lambda layer: layer.fill_value > 0, "does not pad with zeros"),
    (GetItem, lambda layer: None in layer.key, "adds an axis; expected states"),
    (WithVariable, lambda layer: layer.variable.shape == (6, 1), "expected a number, or one for each channel$"),
    (layers.Bidirectional, lambda layer: layer.return_state, "expected both ways through a sequence"),
]
"""Layers that the import does not recognize in their nodes, and what it says."""


@pytest.mark.parametrize(("cls", "make", "shape"), FLAT, ids=[cls.__name__ for cls, _, _ in FLAT])
def test_layers_come_back(cls: Any, make: Any, shape: Any, tmp_path: Path) -> None:
    layer = make()
    if cls is layers.Permute and shape == IMAGE:
        return  # an image with its channels in front is what we have with its channels at the back
    if cls in MERGING and len({len(one) for one in shape}) > 1:
        shape = shape[:2]
    model = randomized(around(layer, shape))
    for kind, unlike_onnx, message in REFUSED:
        if isinstance(layer, kind) and unlike_onnx(layer):
            with pytest.raises(ModelFileError, match=message):
                comes_back(model, tmp_path / "m.onnx")
            return
    comes_back(model, tmp_path / "m.onnx")


def test_a_convolutional_network_comes_back_as_it_was(tmp_path: Path) -> None:
    model = Sequential(
        [
            Input((12, 12, 3)),
            layers.Rescaling(1 / 255),
            layers.Conv2D(4, 3, activation="relu", padding="same"),
            layers.BatchNormalization(),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(5, activation="softmax"),
        ]
    )
    again = comes_back(randomized(model), tmp_path / "m.onnx")
    kinds = [type(layer).__name__ for layer in again.layers]
    assert kinds == ["InputLayer", "Rescaling", "Conv2D", "Activation", "BatchNormalization", "MaxPooling2D",
                     "Flatten", "Dense", "Activation"]  # fmt: skip
    again.compile("adam", "sparse_categorical_crossentropy")
    again.fit(RANDOM.normal(size=(8, 12, 12, 3)), np.arange(8) % 5, verbose=0)


def graph(nodes: list[Any], shape: Any = ("n", 2, 4, 4), to: Any = ("n",), **constants: Any) -> Any:
    """A file's content: one input x, one output y."""
    tensors = [onnx.numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()]
    ports = [helper.make_tensor_value_info("x", 1, shape)], [helper.make_tensor_value_info("y", 1, to)]
    content = helper.make_graph(nodes, "g", *ports, tensors)
    return helper.make_model(content, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)


def node(kind: str, *inputs: str, to: str = "y", **attributes: Any) -> Any:
    return helper.make_node(kind, inputs, [to], name=f"the_{kind}", **attributes)


def imported(content: Any, path: Path) -> Any:
    path.write_bytes(content.SerializeToString())
    return saving.from_onnx(path)


KERNEL = RANDOM.normal(size=(3, 2, 3, 3)).astype("float32")
MATRIX = RANDOM.normal(size=(48, 5)).astype("float32")


@pytest.mark.parametrize(
    "nodes",
    [
        [node("Conv", "x", "k", to="c", pads=[1, 1, 1, 1]), node("Flatten", "c", to="f"), node("MatMul", "f", "m")],
        [
            node("Conv", "x", "k", "b", to="c", pads=[1, 1, 1, 1]),
            node("Relu", "c", to="r"),
            node("MaxPool", "r", to="p", kernel_shape=[3, 3], strides=[1, 1], pads=[1, 1, 1, 1]),
            node("Reshape", "p", "flat", to="f"),
            node("Sigmoid", "f", to="s"),
            node("Gemm", "s", "mt", "five", transB=1, alpha=0.5, beta=2.0),
        ],
        [
            node("Sub", "x", "two", to="s"),
            node("Div", "s", "per", to="d"),
            node("Conv", "d", "k", to="c", pads=[2, 1, 0, 1], strides=[2, 1]),
            node("GlobalAveragePool", "c", to="g"),
            node("Squeeze", "g", "spots", to="q"),
            node("MatMul", "q", "small", to="a"),
            node("Add", "a", "five"),
        ],
        [
            node("Conv", "x", "k", to="c", auto_pad="SAME_UPPER", strides=[2, 2]),
            node("AveragePool", "c", to="a", kernel_shape=[2, 2], pads=[1, 1, 1, 1], count_include_pad=1),
            node("Concat", "a", "a", to="e", axis=1),
            node("ReduceMean", "e", "spots", keepdims=0),
        ],
    ],
)
def test_graphs_with_channels_in_front(nodes: list[Any], tmp_path: Path) -> None:
    constants = {
        "k": KERNEL, "b": np.ones(3, "float32"), "m": MATRIX, "mt": MATRIX.T.copy(), "flat": np.array([0, -1]),
        "five": np.arange(5, dtype="float32"), "two": np.array([1, 2], "float32").reshape(1, 2, 1, 1),
        "per": np.array([[[2.0]], [[4.0]]], "float32"), "spots": np.array([2, 3]), "small": MATRIX[:3],
    }  # fmt: skip
    content = graph(nodes, **constants)
    x = RANDOM.normal(size=(3, 2, 4, 4)).astype("float32")
    (expected,) = reference.ReferenceEvaluator(content).run(None, {"x": x})
    model = imported(content, tmp_path / "m.onnx")
    assert model.input_shape == (None, 4, 4, 2)
    np.testing.assert_allclose(model(x.transpose(0, 2, 3, 1)), expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("antialias", [0, 1])
def test_images_resized_by_cubic_curves(antialias: int, tmp_path: Path) -> None:
    options = {"mode": "cubic", "cubic_coeff_a": -0.5, "exclude_outside": 1, "antialias": antialias}
    for sizes in ([7, 3], [2, 9], [8, 8]):
        resize = node("Resize", "x", "", "", "wanted", **options)
        content = graph([resize], ("n", 2, 4, 4), ("n", 2, *sizes), wanted=np.array([1, 2, *sizes]))
        x = RANDOM.normal(size=(1, 2, 4, 4)).astype("float32")
        (expected,) = reference.ReferenceEvaluator(content).run(None, {"x": x})
        result = imported(content, tmp_path / "m.onnx")(x.transpose(0, 2, 3, 1))
        np.testing.assert_allclose(result.transpose(0, 3, 1, 2), expected, rtol=1e-5, atol=1e-5)


WAYS = [
    {"mode": "cubic"},  # PyTorch's curve
    {"mode": "cubic", "cubic_coeff_a": -0.5},
    {"mode": "cubic", "exclude_outside": 1},
    {"mode": "cubic", "coordinate_transformation_mode": "align_corners"},
    {"mode": "cubic", "antialias": 1},
    {"mode": "cubic", "antialias": 1, "exclude_outside": 1},
    {"mode": "linear", "antialias": 1},
    {"mode": "linear", "coordinate_transformation_mode": "align_corners"},
    {"mode": "linear", "coordinate_transformation_mode": "asymmetric"},
    {"mode": "linear", "coordinate_transformation_mode": "pytorch_half_pixel"},
    *(
        {"mode": "nearest", "coordinate_transformation_mode": places, "nearest_mode": rounding}
        for places in ("asymmetric", "half_pixel")
        for rounding in ("floor", "ceil", "round_prefer_floor", "round_prefer_ceil")
    ),
]


@pytest.mark.parametrize("options", WAYS, ids=lambda options: "-".join(map(str, options.values())))
def test_images_resized_as_no_layer_does(options: Any, tmp_path: Path) -> None:
    runtime = pytest.importorskip("onnxruntime")
    for sizes in ([7, 3], [2, 9], [8, 8], [1, 10]):
        content = graph([node("Resize", "x", "", "", "wanted", **options)], ("n", 2, 4, 5), ("n", 2, *sizes),
                        wanted=np.array([1, 2, *sizes]))  # fmt: skip
        x = RANDOM.normal(size=(1, 2, 4, 5)).astype("float32")
        session = runtime.InferenceSession(content.SerializeToString(), providers=["CPUExecutionProvider"])
        (expected,) = session.run(None, {"x": x})
        model = imported(content, tmp_path / "m.onnx")
        np.testing.assert_allclose(model(x.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2), expected, atol=1e-5)
        assert not model.trainable_weights


def test_a_matrix_beside_an_image_is_trained_unless_it_takes_means(tmp_path: Path) -> None:
    wide, tall = RANDOM.normal(size=(5, 3)).astype("float32"), RANDOM.normal(size=(6, 4)).astype("float32")
    nodes = [node("MatMul", "x", "w", to="a"), node("MatMul", "t", "a")]
    content = graph(nodes, ("n", 2, 4, 5), ("n", 2, 6, 3), w=wide, t=tall)
    x = RANDOM.normal(size=(2, 2, 4, 5)).astype("float32")
    model = imported(content, tmp_path / "m.onnx")
    expected = tall @ x @ wide
    np.testing.assert_allclose(model(x.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2), expected, rtol=1e-5, atol=1e-5)
    assert len(model.trainable_weights) == 2


def test_parts_of_sequences(tmp_path: Path) -> None:
    # The class token, and every second of the others from behind, as PyTorch's vision transformers take them.
    nodes = [
        node("Gather", "x", "zero", to="token", axis=1),
        node("Slice", "x", "from", "end", "place", "step", to="rest"),
        node("Flatten", "rest", to="flat"),
        node("Concat", "token", "flat", axis=1),
    ]
    constants = {"zero": np.array(0), "from": np.array([-1]), "end": np.array([0]), "place": np.array([1]),
                 "step": np.array([-2])}  # fmt: skip
    content = graph(nodes, ("n", 6, 3), ("n", 12), **constants)
    x = RANDOM.normal(size=(4, 6, 3)).astype("float32")
    (expected,) = reference.ReferenceEvaluator(content).run(None, {"x": x})
    model = imported(content, tmp_path / "m.onnx")
    np.testing.assert_allclose(model(x), expected)
    batch = [node("Slice", "x", "from", "end", "zeroth")]
    with pytest.raises(ModelFileError, match="cuts the axis 0 of 3, of unknown length"):
        imported(graph(batch, ("n", 6, 3), **constants, zeroth=np.array([0])), tmp_path / "b.onnx")


def test_the_operator_of_opset_23_for_root_mean_squares(tmp_path: Path) -> None:
    scale = RANDOM.normal(size=(5, 3)).astype("float32")
    for axis, weight in ((-1, scale[0]), (1, scale)):
        content = graph(
            [node("RMSNormalization", "x", "s", axis=axis, epsilon=0.1)], ("n", 5, 3), ("n", 5, 3), s=weight
        )
        content.opset_import[0].version = 23
        x = RANDOM.normal(size=(4, 5, 3)).astype("float32")
        (expected,) = reference.ReferenceEvaluator(content).run(None, {"x": x})
        np.testing.assert_allclose(imported(content, tmp_path / "m.onnx")(x), expected, rtol=1e-5, atol=1e-6)


def test_an_older_opset(tmp_path: Path) -> None:
    content = graph([node("Clip", "x", "low", "high")], to=("n", 2, 4, 4), low=np.float32(0), high=np.float32(6))
    content.opset_import[0].version = 13
    x = RANDOM.normal(0, 9, (2, 2, 4, 4)).astype("float32")
    result = imported(content, tmp_path / "m.onnx")(x.transpose(0, 2, 3, 1))
    np.testing.assert_array_equal(result.transpose(0, 3, 1, 2), x.clip(0, 6))


def test_a_flattened_image_is_no_result(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="output 'y' is a flattened image"):
        imported(graph([node("Flatten", "x")]), tmp_path / "m.onnx")
    one_channel = graph([node("Flatten", "x", to="f"), node("Softmax", "f", axis=-1)], ("n", 1, 4, 4))
    assert imported(one_channel, tmp_path / "a.onnx").output_shape == (None, 16)


def test_all_unknown_nodes_are_named(tmp_path: Path) -> None:
    nodes = [node("Erf", "x", to="e"), node("Cos", "e", to="c"), node("Relu", "c", to="r"), node("Erf", "r")]
    with pytest.raises(ModelFileError, match=r"has nodes that Vitral has no layers for: Cos, Erf$"):
        imported(graph(nodes), tmp_path / "m.onnx")


@pytest.mark.parametrize(
    ("nodes", "message"),
    [
        (
            [node("Resize", "x", "", "two", coordinate_transformation_mode="half_pixel_symmetric")],
            "has the places half_pixel_symmetric; expected half_pixel or",
        ),
        ([node("Resize", "x", "", "", "far", mode="cubic")], r"would have the shape \(4, 1073741824\); the file has"),
        ([node("Gather", "x", "first", axis=1)], "expected one place of an axis behind the batch, of no image"),
        ([node("MatMul", "k", "x")], "multiplies from the left; expected a matrix"),
        ([node("Softmax", "x", axis=2)], "Softmax 'the_Softmax' has axis=2; expected the channels, 1"),
        ([node("Transpose", "x", perm=[0, 2, 1, 3])], r"has perm=\[0, 2, 1, 3\]"),
        ([node("MaxPool", "x", kernel_shape=[3, 3], pads=[1, 1, 0, 0])], r"has pads=\[1, 1, 0, 0\]"),
        ([node("MaxPool", "x", kernel_shape=[3, 3], ceil_mode=1)], "has ceil_mode=1"),
        ([node("Conv", "x", "k", auto_pad="SAME_LOWER")], "SAME_LOWER"),
        ([node("Conv", "x", "x")], "takes 'x' from other nodes; expected a constant"),
        ([node("Celu", "x", alpha=2.0)], "has {'alpha': 2.0}"),
        ([node("Clip", "x", "one")], "clips at 1.0"),
        ([node("Div", "one", "x")], "works on a constant in a way that no layer does"),
        ([node("Mul", "x", "k")], r"has a constant of shape \(3, 2, 3, 3\)"),
        ([node("ReduceMean", "x", "axes")], r"reduces the axes \[1\] of 4"),
    ],
)
def test_nodes_that_no_layer_does(nodes: list[Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=message) as caught:
        imported(
            graph(
                nodes,
                k=KERNEL,
                one=np.float32(1),
                axes=np.array([1]),
                first=np.array(0),
                two=np.array([1, 1, 2, 2], "float32"),
                far=np.array([1, 2, 1 << 30, 4]),
            ),
            tmp_path / "m.onnx",
        )
    assert "\n" not in str(caught.value)


def outside(tensor: Any) -> None:
    tensor.ClearField("raw_data")
    tensor.data_location = onnx.TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../../etc/passwd")


def huge(tensor: Any) -> None:
    tensor.dims[0] = 1 << 50


def negative(tensor: Any) -> None:
    tensor.dims[0] = -3


def short(tensor: Any) -> None:
    tensor.raw_data = tensor.raw_data[:-4]


def foreign(tensor: Any) -> None:
    tensor.data_type = 999


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (outside, "keeps k in another file"),
        (huge, "k claims 20266198323167232 numbers"),
        (negative, r"k has the shape \[-3, 2, 3, 3\]"),
        (short, "k claims 54 numbers, of shape .*; the file has 53"),
        (foreign, "k is of an unknown type, 999"),
    ],
)
def test_tensors_that_are_not_what_they_claim(change: Any, message: str, tmp_path: Path) -> None:
    content = graph([node("Conv", "x", "k")], k=KERNEL)
    change(content.graph.initializer[0])
    with pytest.raises(ModelFileError, match=message):
        imported(content, tmp_path / "m.onnx")


@pytest.mark.parametrize("keep", [0, 1, 10, 100, 200, -1])
def test_truncated_files(keep: int, tmp_path: Path) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(graph([node("Conv", "x", "k")], k=KERNEL).SerializeToString()[:keep])
    with pytest.raises(ModelFileError, match=r"m\.onnx: ") as caught:
        saving.from_onnx(path)
    assert "\n" not in str(caught.value)
    with pytest.raises(ModelFileError, match="cannot be read"):
        saving.from_onnx(tmp_path / "nowhere.onnx")


def test_operators_of_others(tmp_path: Path) -> None:
    content = graph([node("Relu", "x", to="r"), node("Evil", "r", domain="com.evil")])
    content.opset_import.add(domain="com.evil", version=1)
    with pytest.raises(ModelFileError, match=r"those of com\.evil"):
        imported(content, tmp_path / "m.onnx")


def test_images_of_unknown_size(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="the input 'x' has axes of unknown size"):
        imported(graph([node("Relu", "x")], ("n", 3, "h", "w")), tmp_path / "m.onnx")


def test_sizes(tmp_path: Path) -> None:
    model = randomized(Sequential([Input(IMAGE), layers.Conv2D(3, 1), layers.GlobalMaxPooling2D()]))
    assert comes_back(model, tmp_path / "m.onnx").count_params() == model.count_params()
