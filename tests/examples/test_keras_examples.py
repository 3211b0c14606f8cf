"""The examples written for Keras run under Vitral, on a few made-up images; what they reach is in the documentation."""

import re
import runpy
from pathlib import Path

import numpy as np
import pytest

from tools.compatibility.accuracy import EXAMPLES
from tools.compatibility.run_example import under
from vitral import datasets

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted((ROOT / "examples" / "keras").glob("*.py"))


@pytest.fixture(autouse=True)
def few_images(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(0)
    labels = np.arange(80, dtype=np.uint8) % 10
    for name, shape in (("mnist", (28, 28)), ("fashion_mnist", (28, 28)), ("cifar10", (32, 32, 3))):
        images = generator.integers(0, 256, (80, *shape), dtype=np.uint8)
        y = labels.reshape(-1, 1) if name == "cifar10" else labels
        monkeypatch.setattr(getattr(datasets, name), "load_data", lambda x=images, y=y: ((x, y), (x[:40], y[:40])))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_example_runs(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = runpy.run_path(str(script), run_name="__main__")
    assert 0 <= names["test_accuracy"] <= 1
    assert "loss: nan" not in capsys.readouterr().out


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_one_line_is_ours(script: Path) -> None:
    text = script.read_text("utf-8")
    assert len(re.findall(r"vitral", text)) == 1
    assert "\nimport vitral as keras\n" in text
    changed = [
        pair for pair in zip(text.splitlines(), under(text, "keras").splitlines(), strict=True) if len(set(pair)) > 1
    ]
    assert changed == [("import vitral as keras", "import keras")]


def test_all_are_compared_with_keras() -> None:
    assert {str(script.relative_to(ROOT).as_posix()) for script in SCRIPTS} == set(EXAMPLES) - {
        "examples/cifar10_keras_style.py"
    }
