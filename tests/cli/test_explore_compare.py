"""`explore` on a file of the user's, and `compare`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

Vitral = Callable[..., Any]


def test_explore_of_a_file(vitral: Vitral, tmp_path: Path) -> None:
    rows = [f"{label},{','.join(str((label * 7 + pixel) % 256) for pixel in range(4))}" for label in range(6)]
    (tmp_path / "mine.csv").write_text("\n".join(["kind,1x1,1x2,2x1,2x2", *rows]))
    result = vitral("explore", "mine.csv", "--label", "kind")
    assert result.code == 0
    assert (tmp_path / "runs" / "explore-mine.csv" / "report.html").is_file()


def test_compare_with_sklearn(vitral: Vitral, tmp_path: Path) -> None:
    result = vitral("compare", "digits-mlp", "--with", "sklearn", "--epochs", "2")
    (run,) = (tmp_path / "runs").glob("*-digits-mlp")
    assert result.code == 0
    assert "scikit-learn" in result.out
    assert (run / "report.html").is_file()
    assert (run / "comparison.html").is_file()
    assert "MLPClassifier" in (run / "comparison.html").read_text("utf-8")


def test_compare_needs_a_library(vitral: Vitral) -> None:
    assert vitral("compare", "digits-mlp").code == 2
