"""The drawing of a network: one figure for each change of shape, nothing outside, nothing over each other."""

import re
from itertools import pairwise

import pytest

from vitral.lab.record import LayerRecord
from vitral.report.drawing import NetworkDrawing, stages
from vitral.report.numbers import Numbers


def _layer(kind: str, shape: list[int], activation: str | None = None) -> LayerRecord:
    return LayerRecord(kind.lower(), kind, shape, 0, 0, 0, activation)


DENSE = [_layer("Dense", [300], "sigmoid"), _layer("Dense", [100], "sigmoid"), _layer("Dense", [10], "sigmoid")]
DEEP = [
    _layer(kind, [size, size, 64 * 2**i])
    for i, size in enumerate((32, 16, 8))
    for kind in ("Conv2D", "BatchNormalization", "Conv2D", "MaxPooling2D", "Dropout")
] + [_layer("GlobalAveragePooling2D", [256]), _layer("Dropout", [256]), _layer("Dense", [10], "softmax")]


def test_layers_that_keep_the_shape_become_words() -> None:
    layers = [
        _layer("Conv2D", [8, 8, 4]), _layer("BatchNormalization", [8, 8, 4]), _layer("Activation", [8, 8, 4], "relu"),
        _layer("Conv2D", [8, 8, 4]), _layer("Flatten", [256]), _layer("Dense", [256]), _layer("Softmax", [256]),
    ]  # fmt: skip
    drawn = stages([8, 8, 1], layers, "Input")
    assert [stage.title for stage in drawn] == ["Input", "Conv2D", "Conv2D", "Flatten", "Dense"]
    assert drawn[1].extras == ["BatchNorm", "relu"]
    assert drawn[-1].extras == ["Softmax"]
    assert [stage.kind for stage in drawn] == ["image", "volume", "volume", "strip", "nodes"]


@pytest.mark.parametrize(("shape", "layers"), [([784], DENSE), ([32, 32, 3], DEEP), ([4], [_layer("Dense", [2])])])
def test_nothing_leaves_the_drawing_and_no_words_overlap(shape: list[int], layers: list[LayerRecord]) -> None:
    svg = NetworkDrawing(stages(shape, layers, "Input"), Numbers("en"), lambda i: f"class number {i}").svg("x")
    width, height = map(float, re.findall(r'viewBox="0 0 (\d+) (\d+)"', svg)[0])
    for x, y in re.findall(r'<(?:circle c?|text )x="([\d.-]+)" c?y="([\d.-]+)"', svg):
        assert 0 <= float(x) <= width
        assert 0 <= float(y) <= height
    texts = re.findall(r'<text x="([\d.]+)" y="([\d.]+)" text-anchor="middle" class="net-title">([^<]+)<', svg)
    lines: dict[str, list[tuple[float, float]]] = {}
    for x, y, text in texts:
        half = 3.6 * len(text)
        lines.setdefault(y, []).append((float(x) - half, float(x) + half))
    for spans in lines.values():
        for (_, right), (left, _) in pairwise(spans):
            assert right < left


def test_class_names_stand_beside_the_output_nodes_and_are_escaped() -> None:
    svg = NetworkDrawing(stages([784], DENSE, "Input"), Numbers("en"), lambda i: f"<{i}>").svg('a "label"')
    assert svg.count('class="net-class"') == 10
    assert "&lt;9&gt;" in svg
    assert 'aria-label="a &#34;label&#34;"' in svg


def test_a_network_that_ends_in_a_map() -> None:
    svg = NetworkDrawing(stages([8, 8, 1], [_layer("Conv2D", [8, 8, 2])], "Input"), Numbers("es"), str).svg("x")
    assert "8 × 8 × 2" in svg
