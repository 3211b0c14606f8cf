"""Weights in safetensors files."""

import json
import struct
from pathlib import Path

import numpy as np
import pytest

from vitral import Sequential, layers, saving
from vitral.errors import ConfigError, ModelFileError

safetensors_numpy = pytest.importorskip("safetensors.numpy")


def network(units: int = 3, last: str = "last") -> Sequential:
    inside = Sequential([layers.Input((4, 4, 1)), layers.Conv2D(2, 3, name="conv"), layers.Flatten()], name="inside")
    return Sequential([layers.Input((4, 4, 1)), inside, layers.Dense(units, name=last)])


def test_weights_there_and_back(tmp_path: Path) -> None:
    model, other = network(), network()
    saving.save_safetensors(model, tmp_path / "m.safetensors")
    arrays = safetensors_numpy.load_file(tmp_path / "m.safetensors")
    assert sorted(arrays) == ["inside/conv/bias", "inside/conv/kernel", "last/bias", "last/kernel"]
    np.testing.assert_array_equal(arrays["last/kernel"], model.get_weights()[2])
    saving.load_safetensors(other, tmp_path / "m.safetensors")
    assert [w.tobytes() for w in other.get_weights()] == [w.tobytes() for w in model.get_weights()]
    assert [path.name for path in tmp_path.iterdir()] == ["m.safetensors"]


def test_what_others_wrote(tmp_path: Path) -> None:
    model = network()
    arrays = {"last/kernel": np.ones((8, 3)), "last/bias": np.arange(3)}
    arrays |= {"inside/conv/kernel": np.zeros((3, 3, 1, 2), np.float16), "inside/conv/bias": np.zeros(2)}
    safetensors_numpy.save_file(arrays, tmp_path / "m.safetensors")
    saving.load_safetensors(model, tmp_path / "m.safetensors")
    np.testing.assert_array_equal(model.predict(np.ones((1, 4, 4, 1)), verbose=0), [[0, 1, 2]])


def test_all_that_does_not_fit_is_named(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    saving.save_safetensors(network(units=5), path)
    model = network(last="other")
    before = model.get_weights()
    with pytest.raises(ModelFileError, match="has no other/kernel, other/bias; has last/bias, last/kernel, which"):
        saving.load_safetensors(model, path)
    with pytest.raises(
        ModelFileError,
        match=r"last/kernel has shape \(8, 5\) in the file; the model's has \(8, 3\); last/bias has shape",
    ):
        saving.load_safetensors(network(), path)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))


def header(content: object, size: int | None = None, data: bytes = b"") -> bytes:
    text = json.dumps(content).encode()
    return struct.pack("<Q", len(text) if size is None else size) + text + data


def entry(shape: list[int], end: int, dtype: str = "F32") -> dict[str, object]:
    return {"last/bias": {"dtype": dtype, "shape": shape, "data_offsets": [0, end]}}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x01",
        header({}, size=1 << 60),
        header({}, size=100),
        header(entry([1 << 40], 1 << 42)),
        header(entry([3], 12), data=bytes(8)),
        header(entry([3], 8), data=bytes(8)),
        header(entry([-3], 12), data=bytes(12)),
        header(entry([3], 12, "F31"), data=bytes(12)),
        header([1, 2]),
        header({"last/bias": {"dtype": "F32", "shape": [3], "data_offsets": [12, 0]}}, data=bytes(12)),
    ],
)
def test_headers_that_lie(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    path.write_bytes(content)
    with pytest.raises(ModelFileError, match="not a safetensors file, or a damaged one") as caught:
        saving.load_safetensors(network(), path)
    assert "\n" not in str(caught.value)


def test_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="there is no such file"):
        saving.load_safetensors(network(), tmp_path / "nowhere.safetensors")
    with pytest.raises(ConfigError, match=r"ends in \.safetensors"):
        saving.save_safetensors(network(), tmp_path / "m.bin")
    with pytest.raises(ConfigError, match="not built"):
        saving.save_safetensors(Sequential([layers.Dense(1)]), tmp_path / "m.safetensors")
    saving.save_safetensors(network(), tmp_path / "m.safetensors")
    with pytest.raises(ConfigError, match="exists; give overwrite=True"):
        saving.save_safetensors(network(), tmp_path / "m.safetensors", overwrite=False)
