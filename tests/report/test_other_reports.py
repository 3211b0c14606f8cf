"""Pages of studies, comparisons and data sets."""

import re
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from vitral.errors import RunError
from vitral.lab.folder import RunFolder
from vitral.lab.record import (
    Environment,
    EpochRecord,
    Localized,
    Measurement,
    PerLanguage,
    PublishedRecord,
    Results,
    StudyRecord,
    VariantRecord,
)
from vitral.lab.record_comparison import ComparisonRecord, Contestant
from vitral.lab.record_exploration import (
    ClassBalance,
    ColumnRecord,
    DuplicateGroup,
    Duplicates,
    Exploration,
    Outlier,
)
from vitral.report import write_comparison_report, write_exploration, write_report, write_study_report


def _same(text: str) -> Localized:
    return Localized(text, text)


@pytest.fixture
def study(make_run: Any, summary: Any, epochs: list[EpochRecord], tmp_path: Path) -> Path:
    """Three variants: a good one, a long one, one that has not begun."""
    folder = tmp_path / "study"
    for name in ("adam", "sgd"):
        lines = epochs if name == "adam" else [msgspec.structs.replace(epochs[0], epoch=i) for i in range(1, 101)]
        write_report(make_run(summary(warnings=["odd"] if name == "sgd" else []), name=f"study/{name}", epochs=lines))
    published = [PublishedRecord(_same("Test accuracy"), "test_accuracy", 84.0, "%", 83.9, None)]
    settings = {"optimizer.type": "Adam", "optimizer.learning_rate": 0.001}
    variants = [
        VariantRecord(
            "adam", Localized("Adam <1>", "Adam"), "finished", "adam", settings, 1000, 15, 152.0,
            Results(test_accuracy=0.839), published,
        ),
        VariantRecord("sgd", None, "finished", "sgd", {}, 1000, 100, 60.0, Results(test_accuracy=0.72)),
        VariantRecord("later", None, "waiting"),
    ]  # fmt: skip
    record = StudyRecord("running", "a-study", Localized("A study", "Un estudio"), "L2", "published", None, variants)
    RunFolder(folder).write("study.json", record)
    return folder


def test_study_shows_command_and_environment_of_its_runs(study: Path, read_page: Any) -> None:
    command = RunFolder(study / "adam").environment().command
    page = read_page(write_study_report(study, "en"))
    assert not (study / "environment.json").exists()
    assert any(command[-1] in words for words in page.words)
    assert "Processor" in page.words


def test_study(study: Path, read_page: Any) -> None:
    page = read_page(write_study_report(study, "en"))
    text = " ".join(page.words)
    for figure in ("83.90%", "72.00%", "84.00%", "2 min 32 s", "3 min 32 s", "Adam <1>: Test accuracy", "waiting"):
        assert figure in page.words, figure
    assert "7 of 8" not in text
    assert "This study has not finished: 2 of 3 variants are done." in page.words
    assert "sgd: odd" in page.words
    assert "The axis of the epochs is logarithmic." in text
    assert 'href="adam/report.html"' in (study / "report.html").read_text()
    assert {"variants", "published", "curves", "hits", "confusion"} <= set(page.ids)
    read_page(write_study_report(study, "es"))


def test_study_without_any_run(tmp_path: Path, read_page: Any) -> None:
    record = StudyRecord("running", "s", _same("S"), None, None, None, [VariantRecord("a", None, "waiting")])
    tmp_path.joinpath("s").mkdir()
    RunFolder(tmp_path / "s").write("study.json", record)
    page = read_page(write_study_report(tmp_path / "s", "es"))
    assert {"curves", "hits", "confusion", "published"}.isdisjoint(page.ids)


def test_comparison(tmp_path: Path, read_page: Any, environment: Environment) -> None:
    curve = [Measurement(i, i, i / 10, 1 / i, 0.9, 1.5 / i, 0.8) for i in range(1, 101)]
    contestants = [
        Contestant("vitral", _same("Vitral"), "0.1.0", 52.0, 5.2, Results(None, 0.99, None, None, 0.2, 0.9405), curve),
        Contestant(
            "sklearn", _same("scikit-learn"), "1.9", 84.0, 8.4, Results(None, 0.9994, None, None, 0.3, 0.94), curve,
            0.00002, _same("Same <start>."),
        ),
        Contestant("sklearn-fit", _same("fit"), "1.9", 90.0, 9.0, Results(test_accuracy=0.94)),
    ]  # fmt: skip
    record = ComparisonRecord(
        "r",
        Localized("Compared", "Comparado"),
        None,
        [_same("Split.")],
        [_same("Sums.")],
        8000,
        2000,
        32,
        10,
        contestants,
    )
    folder = RunFolder(tmp_path)
    folder.write("comparison.json", record)
    folder.write("environment.json", environment)
    path = write_comparison_report(tmp_path, "en")
    page = read_page(path)
    assert path.name == "comparison.html"
    for figure in ("94.05%", "99.94%", "1 min 24 s", "0.000020", "8,000 training, 2,000 test", "Split.", "Sums."):
        assert figure in page.words, figure
    assert "scikit-learn: Same <start>." in page.words
    read_page(write_comparison_report(tmp_path, "es"))


def _exploration(channels: int, **changes: Any) -> tuple[Exploration, dict[str, Any]]:
    generator = np.random.default_rng(0)
    correlation = generator.uniform(-1, 1, (8, 8, channels))
    correlation[0] = np.nan
    record = Exploration(
        name="digits", title=_same("Digits"), source="digits", train_size=1437, test_size=360,
        image_shape=[8, 8, channels], class_names=PerLanguage(["zero", "one"], ["cero", "uno"]),
        columns=[
            ColumnRecord("label", 1, "uint8", 0, 1, 0.5, 2), ColumnRecord("1x1 ... 8x8", 64, "uint8", 0, 16, 4.88, 17)
        ],
        classes=[ClassBalance(0, 800, 180), ClassBalance(1, 637, 180)], imbalance=1.2559,
        constant_pixels=8 * channels, undefined_correlations=8 * channels, strongest_correlation=0.97,
        strongest_pixel=[3, 4, 0], outlier_rule=_same("Rule."), outlier_count=7, outliers=[Outlier(12, 1, 30.5, 5.25)],
        duplicates=Duplicates(1, 0, 3, 1, [DuplicateGroup([5], [9], [0, 1])]), majority_baseline=0.5567,
        nearest_mean_accuracy=0.9, verdict=_same("Feasible."),
    )  # fmt: skip
    arrays = {
        "constant": np.isnan(correlation), "correlation": correlation,
        "mean_images": generator.uniform(0, 16, (2, 8, 8, channels)),
        "sample_images": generator.integers(0, 255, (25, 8, 8, channels), np.uint8),
        "sample_labels": np.arange(25) % 2,
        "outlier_images": generator.integers(0, 255, (1, 8, 8, channels), np.uint8),
        "duplicate_images": generator.integers(0, 255, (1, 8, 8, channels), np.uint8),
    }  # fmt: skip
    return msgspec.structs.replace(record, **changes), arrays


def _write(folder: Path, record: Exploration, arrays: dict[str, Any]) -> Path:
    RunFolder(folder).write("exploration.json", record)
    RunFolder(folder).write_arrays("exploration.npz", arrays)
    return folder


@pytest.mark.parametrize("channels", [1, 3])
def test_exploration(tmp_path: Path, read_page: Any, channels: int) -> None:
    folder = _write(tmp_path, *_exploration(channels))
    page = read_page(write_exploration(folder, "en"))
    text = " ".join(page.words)
    for figure in ("1,437 training, 360 test", "1x1 ... 8x8", "4.88", "800", "637", "5.2 σ", "Feasible.", "zero, one"):
        assert figure in page.words, figure
    assert f"{8 * channels} of {64 * channels}" in text
    assert "1.26 times" in text
    assert "55.7% of the time" in text
    assert "3 here, 0.83% of the test set" in text
    read_page(write_exploration(folder, "es"))


def test_exploration_of_an_odd_set(tmp_path: Path, read_page: Any) -> None:
    """No test part, an empty class, nothing that varies, no outliers, no duplicates."""
    record, arrays = _exploration(
        1, test_size=0, classes=[ClassBalance(0, 10, None), ClassBalance(1, 0, None)], imbalance=None, outliers=[],
        outlier_count=0, strongest_pixel=[], strongest_correlation=None, duplicates=Duplicates(0, 0, 0, 0),
        nearest_mean_accuracy=None,
    )  # fmt: skip
    arrays["correlation"][:] = np.nan
    arrays["mean_images"][1] = np.nan
    arrays["outlier_images"] = arrays["outlier_images"][:0]
    arrays["duplicate_images"] = arrays["duplicate_images"][:0]
    page = read_page(write_exploration(_write(tmp_path, record, arrays), "en"))
    text = " ".join(page.words)
    assert "At least one class has no training images." in text
    assert "No training image lies unusually far" in text


def test_exploration_of_large_images_is_drawn_in_blocks(tmp_path: Path, read_page: Any) -> None:
    record, arrays = _exploration(1)
    arrays["correlation"] = np.ones((130, 130, 1))
    arrays["constant"] = np.zeros((130, 130, 1), bool)
    path = write_exploration(_write(tmp_path, record, arrays), "en")
    read_page(path)
    assert path.stat().st_size < 1_000_000


def test_not_an_exploration(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"exploration\.json is missing"):
        write_exploration(tmp_path)


def test_long_names_stand_over_their_bars() -> None:
    from vitral.report.parts import Table
    from vitral.report.plots.bars import bar_chart
    from vitral.report.svg import COBALT

    names = ["Vitral", "scikit-learn, from the same start over the same batches"]
    table = Table("Time", ["Name", "Time"], [])
    chart = bar_chart("t", names, [([1.0, 2.0], ["1 s", "2 s"])], [[COBALT] * 2], caption="Time", table=table)
    ends = [float(x) for x in re.findall(r"M 4 [\d.]+ \s*L ([\d.]+) ", chart.svg)]
    assert max(ends) > 300


def test_a_legend_that_serves_all_charts_is_written_once() -> None:
    from markupsafe import Markup

    from vitral.report.parts import Chart, Key, Table, with_one_legend

    one, two = Key("a", "cobalt"), Key("b", "ruby")
    table = Table("t", [], [])
    charts = [Chart(Markup(""), "x", table, [one, two]), Chart(Markup(""), "y", table, [one])]
    content = with_one_legend(charts)
    assert content["legend"] == [one, two]
    assert all(not chart.legend for chart in content["charts"])
    other = Chart(Markup(""), "z", table, [Key("c", "teal")])
    assert with_one_legend([*charts, other]) == {"charts": [*charts, other], "legend": ()}
