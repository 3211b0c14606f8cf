"""What a file claims is compared with what it holds before any memory is taken, and all that is missing is named."""

import io
import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from tests.saving.test_bad_files import members, refused, with_config, with_weights, written
from vitral import Sequential, layers, models
from vitral.errors import ModelWarning
from vitral.layers import Layer

KERNEL = "layers/dense/vars/0"


def layer(config: Any, number: int = 1) -> Any:
    return config["config"]["layers"][number]


def replaced(file: h5py.File, **options: Any) -> None:
    del file[KERNEL]
    file.create_dataset(KERNEL, **options)


def compressed(file: h5py.File) -> None:
    replaced(file, shape=(1 << 14, 1 << 14), dtype="float32", chunks=(1 << 10, 1 << 14), compression="gzip")
    for row in range(0, 1 << 14, 1 << 10):
        file[KERNEL][row : row + (1 << 10)] = 0


def virtual(file: h5py.File) -> None:
    layout = h5py.VirtualLayout((36, 4), "float32")
    layout[:] = h5py.VirtualSource("elsewhere.h5", "kernel", (36, 4))
    del file[KERNEL]
    file.create_virtual_dataset(KERNEL, layout)


def soft(file: h5py.File) -> None:
    file["layers/other"] = file["layers/dense"]
    del file["layers/dense"]
    file["layers/dense"] = h5py.SoftLink("/layers/other")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda f: replaced(f, shape=(1 << 30, 1 << 30), dtype="f4", chunks=(1, 64)),
            "claims 4611686018427387904 bytes",
        ),
        (lambda f: replaced(f, shape=(36, 4), dtype="f4", chunks=(36, 4)), "the file stores 0"),
        (compressed, "claims 1073741824 bytes"),
        (lambda f: replaced(f, data=np.full((36, 4), "a", "S1")), "expected numbers"),
        (lambda f: replaced(f, data=h5py.Empty("f4")), "is empty; expected numbers"),
        (virtual, "is kept in another file"),
        (soft, "is a link to another place"),
        (lambda f: (f.pop(KERNEL), f.create_group(KERNEL)), "is a group; expected numbers"),
    ],
)
def test_weights_that_are_not_what_they_claim(change: Callable[[h5py.File], Any], message: str, tmp_path: Path) -> None:
    path = written(tmp_path / "m.keras", with_weights(change))
    tracemalloc.start()
    try:
        assert message in refused(path)
        assert tracemalloc.get_traced_memory()[1] < 1 << 24
    finally:
        tracemalloc.stop()


def test_a_type_of_number_that_no_machine_has(tmp_path: Path) -> None:
    """The exponent's bias of a float32, 127 in IEEE 754, stands at the end of how HDF5 describes the type."""
    content = members()
    single = bytes.fromhex("11 20 1f 00 04000000 0000 2000 17 08 00 17 7f000000")
    assert single in content["model.weights.h5"]
    content["model.weights.h5"] = content["model.weights.h5"].replace(single, single[:-4] + b"\xff\xff\xff\xff")
    assert "the weights are damaged (Insufficient precision" in refused(written(tmp_path / "m.keras", content))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c: layer(c)["config"].update(units=1 << 40), "the file has 490 values in all"),
        (lambda c: layer(c, 0)["config"].update(batch_shape=[None, 1 << 40]), "the file has 490 values in all"),
        (lambda c: layer(c, 0)["config"].update(batch_shape=[None, -36]), "expected whole numbers above zero"),
        (lambda c: layer(c, 0)["config"].update(batch_shape=[None, float("nan")]), "expected whole numbers above zero"),
        (lambda c: layer(c, 0)["config"].update(batch_shape=[None, 36.0]), "expected whole numbers above zero"),
        (lambda c: layer(c, 0)["config"].update(batch_shape="36"), "expected whole numbers above zero"),
        (lambda c: layer(c)["config"].update(units=float("nan")), "units is nan"),
        (lambda c: layer(c)["config"].update(units=float("inf")), "units is inf"),
        (lambda c: c["config"].update(build_input_shape=[None, 0]), "expected whole numbers above zero"),
    ],
)
def test_absurd_sizes_take_no_memory(change: Callable[[Any], Any], message: str, tmp_path: Path) -> None:
    path = written(tmp_path / "m.keras", with_config(change))
    tracemalloc.start()
    try:
        assert message in refused(path)
        assert tracemalloc.get_traced_memory()[1] < 1 << 24
    finally:
        tracemalloc.stop()


def test_models_nested_without_end(tmp_path: Path) -> None:
    content = members()
    config = json.loads(content["config.json"])
    text = json.dumps({"module": "keras", "class_name": "Sequential", "config": {"name": "s", "layers": ["@"]}})
    before, after = text.split('"@"')
    # More than any release of Python reads: since 3.12 some hundreds are no trouble.
    depth = 100_000
    content["config.json"] = (depth * before + json.dumps(layer(config)) + depth * after).encode()
    assert "config.json" in refused(written(tmp_path / "m.keras", content))


def test_all_that_is_missing_is_named_at_once(tmp_path: Path) -> None:
    def change(config: Any) -> None:
        layer(config).update(class_name="Conv7D")
        layer(config, 2)["config"].update(kernel_constraint={"class_name": "MaxNorm", "config": {}}, dtype="float16")
        config["config"]["layers"] += [
            {"module": "keras.layers", "class_name": name, "config": {"name": name.lower()}, "registered_name": None}
            for name in ("Conv9D", "Conv7D")
        ]

    text = refused(written(tmp_path / "m.keras", with_config(change)))
    assert "unknown layers 'Conv7D' (did you mean 'Conv2D'?), 'Conv9D' (did you mean 'Conv2D'?);" in text
    assert "dtype='float16'" in text


class Lambda(Layer):
    """What a user may put in the place of Keras' layer."""

    def __init__(self, function: Any = None, **options: Any) -> None:
        super().__init__(name=options.get("name"))

    def forward(self, x: Any, training: bool = False) -> Any:
        return x, None


def with_lambda(config: Any) -> None:
    code = {
        "class_name": "__lambda__",
        "config": {"code": "4wEAAAAAAAAAAAAAAAEAAAABAAAAQwAAAHMEAAAAfABTACkBTqkAKQ==", "defaults": None},
    }
    config["config"]["layers"].insert(
        1, {"module": "keras.layers", "class_name": "Lambda", "config": {"name": "code", "function": code}}
    )


def test_a_lambda_layer_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "m.keras", with_config(with_lambda))
    assert 'layer "code" (Lambda) holds code, which is not run; replace it, or give safe_mode=False' in refused(path)
    with pytest.raises(ValueError, match="unknown layer 'Lambda'"):
        models.load_model(path, safe_mode=False)
    model = models.load_model(path, custom_objects={"Lambda": Lambda}, safe_mode=False)
    assert isinstance(model.layers[0], Lambda)


def test_skipping_what_does_not_fit() -> None:
    from tests.saving.test_bad_files import GOOD

    model = Sequential([layers.Input((36,)), layers.Dense(4), layers.Dense(5)])
    kept = model.layers[1].get_weights()
    with pytest.warns(ModelWarning, match=r"left out what does not fit: variable 0 of .* has shape \(4, 3\)"):
        model.load_weights(GOOD, skip_mismatch=True)
    with h5py.File(io.BytesIO(members()["model.weights.h5"])) as file:
        np.testing.assert_array_equal(model.layers[0].get_weights()[0], file[KERNEL][()])
    assert all(np.array_equal(a, b) for a, b in zip(kept, model.layers[1].get_weights(), strict=True))
