"""Run folders with made-up figures: the report never needs a trained network."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from vitral.lab.folder import RunFolder
from vitral.lab.record import (
    ClassRecord,
    DatasetRecord,
    Environment,
    EpochRecord,
    LayerRecord,
    Localized,
    OptimizerRecord,
    PerLanguage,
    Preparation,
    PublishedRecord,
    Results,
    RunSummary,
    SinglePrediction,
)

ENGLISH = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
SPANISH = ["avión", "auto", "pájaro", "gato", "venado", "perro", "rana", "caballo", "barco", "camión"]
WARNING = "The model has 20 outputs for 10 classes: outputs 10 to 19 can only be wrong. Use Dense(10)."

_LAYERS = [
    ("conv2d", "Conv2D", [30, 30, 32], 896, 777_600, "relu"),
    ("max_pooling2d", "MaxPooling2D", [15, 15, 32], 0, 0, None),
    ("conv2d_1", "Conv2D", [13, 13, 64], 18_496, 3_115_008, "relu"),
    ("max_pooling2d_1", "MaxPooling2D", [6, 6, 64], 0, 0, None),
    ("conv2d_2", "Conv2D", [4, 4, 64], 36_928, 589_824, "relu"),
    ("flatten", "Flatten", [1024], 0, 0, None),
    ("dense", "Dense", [60], 61_500, 61_440, "relu"),
    ("dense_1", "Dense", [20], 1_220, 1_200, "sigmoid"),
]


def epochs() -> list[EpochRecord]:
    """Fifteen epochs that begin to over-fit after the seventh."""
    records = []
    for epoch in range(1, 16):
        down = 1.55 * 0.87 ** (epoch - 1) + 0.28
        val_loss = 0.8603 + 0.5 * 0.6 ** (epoch - 1) - 0.0233 + 0.0045 * max(0, epoch - 7) ** 1.6
        val_accuracy = 0.7103 - 0.1925 * 0.55 ** (epoch - 1) + (0.0021 if epoch == 15 else 0.003 * (epoch % 2))
        records.append(
            EpochRecord(
                epoch=epoch,
                loss=down,
                seconds=13.8 + 0.1 * epoch,
                learning_rate=0.001,
                accuracy=0.8174 - 0.42 * 0.8 ** (epoch - 1) + 0.42 * 0.8**14,
                val_loss=val_loss,
                val_accuracy=val_accuracy,
            )
        )
    return records


def confusion(classes: int = 10, total: int = 1000) -> list[list[int]]:
    """A matrix whose rows add up to `total`, with cats taken for dogs."""
    generator = np.random.default_rng(0)
    matrix = []
    for i in range(classes):
        weights = generator.random(classes) ** 3
        weights[i] = 0.0
        if {i, 5} == {3, 5}:
            weights[5] = 3.0
        hits = int(total * (0.83 - 0.1 * (i in (2, 4)) - 0.32 * (i == 3)))
        row = np.floor(weights / weights.sum() * (total - hits)).astype(int)
        row[i] = total - row.sum()
        matrix.append([int(count) for count in row])
    return matrix


def per_class(matrix: list[list[int]]) -> list[ClassRecord]:
    """Precision, recall and F1 from the matrix."""
    counts = np.array(matrix)
    records = []
    for i in range(len(matrix)):
        hits, found, support = int(counts[i, i]), int(counts[:, i].sum()), int(counts[i].sum())
        precision, recall = hits / max(found, 1), hits / max(support, 1)
        records.append(ClassRecord(i, precision, recall, 2 * precision * recall / (precision + recall), support))
    return records


def summary(**changes: Any) -> RunSummary:
    """A finished run of the CIFAR-10 network with 20 outputs."""
    matrix = confusion()
    vector = [0.012, 0.004, 0.021, 0.118, 0.033, 0.021, 0.011, 0.005, 0.771, 0.004, *[0.0] * 10]
    record = RunSummary(
        status="finished",
        recipe="cifar10-cnn",
        variant=None,
        title=Localized("A small convolutional network on CIFAR-10", "Una red convolucional pequeña con CIFAR-10"),
        label="L5",
        kind="published",
        notes=Localized(
            "Twenty outputs for ten classes, and a sigmoid before a loss that expects logits, as published.",
            "Veinte salidas para diez clases, y una sigmoide ante una pérdida que espera logits, como se publicó.",
        ),
        dataset=DatasetRecord(
            name="cifar10",
            train_size=50_000,
            validation_size=10_000,
            test_size=10_000,
            input_shape=[32, 32, 3],
            image_shape=[32, 32, 3],
            max_value=255.0,
            class_names=PerLanguage(ENGLISH, SPANISH),
            train_counts=[5000] * 10,
            test_counts=[1000] * 10,
        ),
        preparation=Preparation(
            scale="unit",
            divisor=255.0,
            flatten=False,
            image_shape=[32, 32, 3],
            input_shape=[32, 32, 3],
            bright_on_dark=False,
            content_size=[32, 32],
        ),
        layers=[LayerRecord(n, t, s, p, p, m, a) for n, t, s, p, m, a in _LAYERS],
        parameters=119_040,
        trainable_parameters=119_040,
        multiply_adds=4_545_072,
        loss="sparse_categorical_crossentropy",
        optimizer=OptimizerRecord("Adam", {"name": "adam", "learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999}),
        batch_size=32,
        epochs_planned=15,
        epochs_done=15,
        results=Results(0.4831, 0.8321, 0.9217, 0.7124, 0.9217, 0.7124),
        per_class=per_class(matrix),
        confusion=matrix,
        single_predictions=[SinglePrediction(116, 8, 8, 0.771, vector), SinglePrediction(25, 2, 3, 0.5, vector)],
        seconds_training=218.4,
        seconds_total=231.0,
        seconds_per_epoch_median=14.5,
        peak_memory_bytes=1_480_000_000,
        overfit_epoch=7,
        warnings=[WARNING],
        published=[
            PublishedRecord(
                Localized("Test accuracy", "Exactitud en prueba"), "test_accuracy", 71.24, "%", 71.24, 83.5,
                Localized("after 15 epochs", "después de 15 épocas"),
            ),
            PublishedRecord(Localized("Time per epoch", "Tiempo por época"), "seconds", 14.0, "s", 14.5, None),
        ],
    )  # fmt: skip
    return msgspec.structs.replace(record, **changes)


def environment() -> Environment:
    """A machine that does not exist."""
    return Environment(
        "0.1.0", "3.12.4", "2.2.1", "OpenBLAS 0.3.29", "Linux-6.8-x86_64", "Imaginary 8-core", 8, 4,
        16_000_000_000, ["/opt/venv/bin/vitral", "run", "cifar10-cnn", "--seed", "0"], 0,
        "2026-11-20T19:31:00+00:00", {"x_train": "ab" * 32, "y_test": "cd" * 32},
    )  # fmt: skip


def samples(shape: tuple[int, ...] = (32, 32, 3), mistakes: int = 25) -> dict[str, Any]:
    """Noise in the shape of the images."""
    generator = np.random.default_rng(1)
    true = np.arange(mistakes) % 10
    return {
        "sample_images": generator.integers(0, 256, (25, *shape), np.uint8),
        "sample_labels": np.arange(25) % 10,
        "mistake_images": generator.integers(0, 256, (mistakes, *shape), np.uint8),
        "mistake_true": true,
        "mistake_predicted": (true + 3) % 10,
        "mistake_probability": np.linspace(0.99, 0.6, mistakes),
        "mistake_index": np.arange(mistakes) * 17,
        "single_images": generator.integers(0, 256, (2, *shape), np.uint8),
        "single_index": np.array([116, 25]),
        "single_true": np.array([8, 2]),
    }


def write_run(path: Path, record: RunSummary | None = None, **files: Any) -> Path:
    """A run folder; `epochs`, `measurements`, `samples` and `environment` replace the defaults, None leaves one out."""
    path.mkdir(parents=True)
    folder = RunFolder(path)
    folder.write("summary.json", record or summary())
    if (machine := files.get("environment", environment())) is not None:
        folder.write("environment.json", machine)
    folder.write_lines("metrics.jsonl", files.get("epochs", epochs()))
    if "measurements" in files:
        folder.write_lines("measurements.jsonl", files["measurements"])
    if (arrays := files.get("samples", samples())) is not None:
        folder.write_arrays("samples.npz", arrays)
    folder.file("recipe.toml").write_text('name = "cifar10-cnn"\n# a < b & "c"\n')
    return path


class PageChecker(HTMLParser):
    """Fails on unbalanced tags, repeated ids, addresses outside the page, images without a text."""

    _VOID = frozenset({"meta", "img", "br", "link", "input", "hr"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.headings: list[int] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag not in self._VOID:
            self.open.append(tag)
        if (identity := found.get("id")) is not None:
            self.ids.append(identity)
        if tag == "img":
            assert found.get("alt"), found
        for name in ("src", "href"):
            address = found.get(name)
            if address is not None:
                assert ":" not in address or address.startswith("data:image/png;base64,"), address
                if address.startswith("#"):
                    self.targets.append(address[1:])
        if tag[0] == "h" and tag[1:].isdigit():
            self.headings.append(int(tag[1:]))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self._VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, (tag, self.getpos())

    def handle_data(self, data: str) -> None:
        if data.strip() and "style" not in self.open:
            self.words.append(" ".join(data.split()))


def read_page(path: Path) -> PageChecker:
    """Parse a page, fail where it is not what a browser expects, and return what is in it."""
    html = path.read_text(encoding="utf-8")
    markup = re.sub(r"data:image/png;base64,[\w+/=]+", "", html)
    assert not re.search(r"https?:|[\"'(]//|url\((?!#)|@import", markup), "an address outside the page"
    assert "<script" not in html
    assert "NaN" not in re.sub(r">[^<]*<", "><", markup), "NaN in an attribute of a drawing"
    checker = PageChecker()
    checker.feed(html)
    checker.close()
    assert checker.open == []
    assert len(checker.ids) == len(set(checker.ids))
    assert set(checker.targets) <= set(checker.ids)
    assert checker.headings[0] == 1
    assert checker.headings.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(checker.headings))
    return checker


RunMaker = Callable[..., Path]


@pytest.fixture
def make_run(tmp_path: Path) -> RunMaker:
    """Makes run folders under the test's own folder."""
    return lambda record=None, **files: write_run(tmp_path / files.pop("name", "run"), record, **files)


@pytest.fixture(name="summary")
def summary_fixture() -> Callable[..., RunSummary]:
    """Makes summaries; its arguments replace fields."""
    return summary


@pytest.fixture(name="epochs")
def epochs_fixture() -> list[EpochRecord]:
    """Fifteen epochs that over-fit."""
    return epochs()


@pytest.fixture(name="environment")
def environment_fixture() -> Environment:
    """A machine."""
    return environment()


@pytest.fixture(name="samples")
def samples_fixture() -> Callable[..., dict[str, Any]]:
    """Makes the arrays of samples.npz."""
    return samples


@pytest.fixture(name="read_page")
def read_page_fixture() -> Callable[[Path], PageChecker]:
    """Checks and reads a page."""
    return read_page
