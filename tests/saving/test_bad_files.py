"""Files that are damaged, foreign or meant to do harm get one line, and change nothing."""

import io
import json
import pickle
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from vitral import Input, Sequential, layers, models
from vitral.errors import ModelFileError

DATA = Path(__file__).parent / "data"
GOOD = DATA / "keras_adam.keras"


def members(path: Path = GOOD) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def written(path: Path, content: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return path


def with_config(change: Callable[[Any], Any]) -> dict[str, bytes]:
    content = members()
    config = json.loads(content["config.json"])
    content["config.json"] = json.dumps(change(config) or config).encode()
    return content


def with_weights(change: Callable[[h5py.File], Any]) -> dict[str, bytes]:
    content = members()
    buffer = io.BytesIO(content["model.weights.h5"])
    with h5py.File(buffer, "r+") as file:
        change(file)
    content["model.weights.h5"] = buffer.getvalue()
    return content


def refused(path: Path) -> str:
    with pytest.raises(ModelFileError) as caught:
        models.load_model(path)
    text = str(caught.value)
    assert "\n" not in text
    assert text.startswith(str(path))
    return text


@pytest.mark.parametrize("keep", [0, 1, 30, 100, 1000, 5000, 12_000, 20_000, -23, -1])
def test_truncated_files(keep: int, tmp_path: Path) -> None:
    path = tmp_path / "m.keras"
    path.write_bytes(GOOD.read_bytes()[:keep])
    assert "not a .keras file" in refused(path)


@pytest.mark.parametrize("position", [40, 200, 2000, 6000, 15_000, 21_000])
def test_flipped_bytes_are_noticed(position: int, tmp_path: Path) -> None:
    content = bytearray(GOOD.read_bytes())
    content[position] ^= 0xFF
    path = tmp_path / "m.keras"
    path.write_bytes(content)
    refused(path)


@pytest.mark.parametrize(
    "content", [b"epoch,loss\n0,1.5\n", b"\x89HDF\r\n\x1a\n" + bytes(100), pickle.dumps([1, 2]), bytes(1000)]
)
def test_foreign_files(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "m.keras"
    path.write_bytes(content)
    assert "not a .keras file" in refused(path)


def test_what_is_not_there(tmp_path: Path) -> None:
    assert "there is no such file" in refused(tmp_path / "m.keras")
    assert "is a folder" in refused(tmp_path)


@pytest.mark.parametrize("name", ["metadata.json", "config.json", "model.weights.h5"])
def test_a_missing_member(name: str, tmp_path: Path) -> None:
    content = members()
    del content[name]
    assert name in refused(written(tmp_path / "m.keras", content))


@pytest.mark.parametrize("name", ["../evil.py", "/etc/evil", "a/../../evil", "..\\evil.dll", "C:\\evil.dll"])
def test_members_that_point_outside(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "inside"
    folder.mkdir()
    path = written(folder / "m.keras", {**members(), name: b"evil"})
    assert "points outside the archive" in refused(path)
    assert [p.name for p in tmp_path.rglob("*")] == ["inside", "m.keras"]


def test_a_member_that_would_fill_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from vitral.saving import archive

    monkeypatch.setattr(archive, "_BOMB_BYTES", 1 << 20)
    path = tmp_path / "m.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("config.json", bytes(1 << 24))
    assert "claims 16777216 bytes" in refused(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({**members(), "config.json": b"{"}, "config.json is not JSON"),
        ({**members(), "config.json": b"\xff\xfe"}, "config.json is not JSON"),
        ({**members(), "config.json": b"[" * 100_000}, "config.json is not JSON"),
        ({**members(), "config.json": b"[]"}, "config.json holds a list; expected an object"),
        ({**members(), "config.json": b"{}"}, "config.json does not describe a model"),
        ({**members(), "model.weights.h5": b"no weights"}, "the weights are damaged"),
        (with_config(lambda c: c.update(class_name="Subclassed")), "the kind 'Subclassed'"),
        (with_config(lambda c: c.update(class_name="Functional")), "config.json does not describe a model"),
        (with_config(lambda c: c["config"].update(layers=3)), "does not describe a model"),
        (
            with_config(lambda c: c["config"]["layers"][1].update(class_name="Dens")),
            "unknown layer 'Dens' (did you mean 'Dense'?)",
        ),
        (with_config(lambda c: c["config"]["layers"][1]["config"].update(units=-4)), "units"),
        (with_config(lambda c: c["config"]["layers"][1]["config"].update(dtype="float16")), "dtype='float16'"),
        (with_config(lambda c: c["config"]["layers"][1]["config"].update(activation="explode")), "unknown activation"),
        (with_config(lambda c: c["config"]["layers"][1]["config"].update(units=5)), r"has shape (36, 4) in the file"),
        (
            with_config(lambda c: c["config"].update(layers=c["config"]["layers"][:-1])),
            "has weights for layers/dense_1",
        ),
        (with_config(lambda c: c["compile_config"]["optimizer"].update(class_name="Lyon")), "load with compile=False"),
        (with_config(lambda c: c["compile_config"].update(loss="hinges")), "load with compile=False"),
        (with_config(lambda c: c.update(compile_config=[1])), "compile_config is damaged"),
        (with_weights(lambda f: f["layers/dense"].pop("vars")), "has 0 variables in the file; the model has 2"),
        (with_weights(lambda f: f["layers/dense/vars"].pop("1")), "has 1 variables in the file; the model has 2"),
        (with_weights(lambda f: f["layers/dense/vars"].move("1", "x")), "variable 1 of layer .* is missing"),
    ],
)
def test_descriptions_that_do_not_fit(content: dict[str, bytes], message: str, tmp_path: Path) -> None:
    path = written(tmp_path / "m.keras", content)
    text = refused(path)
    assert message in text or re.search(message, text), text


def test_links_to_other_files_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.h5"
    with h5py.File(secret, "w") as file:
        file["kernel"] = np.ones((36, 4))

    def link(file: h5py.File) -> None:
        del file["layers/dense/vars/0"]
        file["layers/dense/vars/0"] = h5py.ExternalLink(str(secret), "kernel")

    assert "variable 0" in refused(written(tmp_path / "a.keras", with_weights(link)))

    def external(file: h5py.File) -> None:
        del file["layers/dense/vars/0"]
        (tmp_path / "raw.bin").write_bytes(bytes(36 * 4 * 4))
        file["layers/dense/vars"].create_dataset(
            "0", (36, 4), "float32", external=[(str(tmp_path / "raw.bin"), 0, 36 * 4 * 4)]
        )

    assert "kept in another file" in refused(written(tmp_path / "b.keras", with_weights(external)))


def test_a_module_named_in_the_file_is_not_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "evil_module.py").write_text("raise SystemExit('imported')")
    monkeypatch.syspath_prepend(tmp_path)

    def evil(config: Any) -> None:
        config["config"]["layers"][1].update(
            module="evil_module", class_name="Evil", registered_name="evil_module>Evil"
        )

    assert "unknown layer 'Evil'" in refused(written(tmp_path / "m.keras", with_config(evil)))


def test_weights_that_do_not_fit_change_nothing() -> None:
    model = Sequential([Input((36,)), layers.Dense(4), layers.Dense(5)])
    before = model.get_weights()
    with pytest.raises(ModelFileError, match=r"shape \(4, 3\) in the file; the model's has \(4, 5\)"):
        model.load_weights(GOOD)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
    with pytest.raises(ModelFileError, match="cannot be read"):
        model.load_weights("nowhere.weights.h5")
