"""The page of a run: the record's figures, in both languages, whatever is missing."""

import re
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from vitral.errors import ConfigError, RunError
from vitral.lab.record import (
    ClassRecord,
    EpochRecord,
    EvaluationRecord,
    Localized,
    Measurement,
    PerLanguage,
    Results,
)
from vitral.report import write_report


def test_figures_are_those_of_the_record(make_run: Any, read_page: Any) -> None:
    path = write_report(make_run(), "en")
    words = read_page(path).words
    assert path.name == "report.html"
    for figure in (
        "71.24%", "119,040", "3 min 38 s", "50,000 training, 10,000 test (the test set is also the validation set)",
        "Adam(learning_rate=0.001, beta_1=0.9, beta_2=0.999)", "18,496", "3,115,008", "4,545,072", "0.9217", "83.50%",
        "1.48 GB", "14.5 s", "vitral run cifar10-cnn --seed 0", "over-fitting from epoch 7", "cat", "282", "99.0%",
        "77.10%", "The model has 20 outputs for 10 classes: outputs 10 to 19 can only be wrong. Use Dense(10).",
    ):  # fmt: skip
        assert figure in words, figure
    text = " ".join(words)
    assert "The validation loss is lowest in epoch 7 (0.8603) and higher in every later one" in text
    assert "Most frequent confusion: cat taken for dog, 282 times." in text
    assert "Recognized worst: cat (51.4%)" in text


def test_spanish(make_run: Any, read_page: Any) -> None:
    path = write_report(make_run(), "es")
    words = [word.replace("\u00a0", " ").replace("\u202f", " ") for word in read_page(path).words]
    for figure in (
        "Una red convolucional pequeña con CIFAR-10", "71,24 %", "119 040", "Tasa de aprendizaje", "gato", "20 de",
        "Qué se ejecutó", "sobreajuste desde la época 7", "18 496", "1220", "exactitud en prueba",
    ):  # fmt: skip
        assert any(figure in word for word in words), figure
    assert '<html lang="es">' in path.read_text()


def test_same_run_gives_the_same_page(make_run: Any) -> None:
    folder = make_run()
    assert write_report(folder, "en").read_bytes() == write_report(folder, "en").read_bytes()


def test_texts_are_escaped(make_run: Any, summary: Any, read_page: Any) -> None:
    evil = Localized("<b>&\"'", "<b>&\"'")
    names = PerLanguage(["<i>", *"bcdefghij"], ["<i>", *"bcdefghij"])
    record = summary(
        title=evil, notes=evil, warnings=["<script>alert(1)</script>"], recipe="<u>", error="<s>", status="failed"
    )
    record.dataset.class_names = names
    html = write_report(make_run(record), "en").read_text()
    for tag in ("<b>", "<script", "<u>", "<s>", "<i>"):
        assert tag not in html
    assert "&lt;i&gt;" in html
    read_page(write_report(make_run(record, name="again"), "es"))


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("status", ["running", "interrupted", "failed"])
def test_unfinished_runs(make_run: Any, summary: Any, read_page: Any, status: str, lang: str) -> None:
    record = summary(
        status=status, epochs_done=0, results=Results(), confusion=[], per_class=[], single_predictions=[],
        published=[], seconds_training=0.0, seconds_total=0.0, overfit_epoch=None, notes=None, kind=None, error=None,
    )  # fmt: skip
    page = read_page(write_report(make_run(record, epochs=[], samples=None, environment=None), lang))
    assert {"results", "confusion", "mistakes", "single", "cost", "published"}.isdisjoint(page.ids)
    text = " ".join(page.words)
    if status == "interrupted" and lang == "en":
        assert "interrupted after 0 of 15 epochs. Continue it with vitral resume run" in text
    if status == "failed" and lang == "es":
        assert "falló después de 0 de 15 épocas: no se registró el motivo" in text


def test_one_epoch_has_no_curve(make_run: Any, summary: Any, read_page: Any, epochs: list[EpochRecord]) -> None:
    record = summary(epochs_done=1, epochs_planned=1, overfit_epoch=None)
    page = read_page(write_report(make_run(record, epochs=epochs[:1]), "en"))
    assert "With a single epoch there is no curve to draw." in page.words
    assert not any("Loss over the epochs" in word for word in page.words)


def test_not_finite_losses_are_said_and_drawn_as_gaps(make_run: Any, summary: Any, read_page: Any) -> None:
    epochs = [EpochRecord(i, loss, 1.0, 0.1, 0.1) for i, loss in ((1, 2.5), (2, 3.5), (3, None), (4, None))]
    page = read_page(write_report(make_run(summary(overfit_epoch=None), epochs=epochs), "en"))
    assert any(word.startswith("From epoch 3 on the loss is not a finite number") for word in page.words)
    assert "NaN" in page.words
    assert "There was no validation data, so over-fitting cannot be judged from these curves." in page.words


def test_measurements_replace_epochs_in_the_curves(make_run: Any, read_page: Any) -> None:
    points = [Measurement(i, 10 * i, i / 10, 1 / i, 0.5, 2 / i, 0.4) for i in range(1, 101)]
    page = read_page(write_report(make_run(measurements=points), "en"))
    assert "Loss and accuracy were measured 100 times along the training." in page.words
    assert "0.0202" in page.words  # 2 / 99


def test_improving_until_the_end(make_run: Any, summary: Any, read_page: Any, epochs: list[EpochRecord]) -> None:
    page = read_page(write_report(make_run(summary(overfit_epoch=None), epochs=epochs[:5]), "en"))
    assert any("lowest in the last epoch" in word for word in page.words)


@pytest.mark.parametrize("shape", [(28, 28), (28, 28, 1), (8, 8), (32, 32, 3)])
def test_grey_and_color_images(make_run: Any, samples: Any, read_page: Any, shape: tuple[int, ...]) -> None:
    html = write_report(make_run(samples=samples(shape)), "en").read_text()
    assert html.count("data:image/png;base64,") == 25 + 25 + 2 + 1  # samples, mistakes, single, the drawing's input


def test_no_mistakes(make_run: Any, samples: Any, read_page: Any) -> None:
    page = read_page(write_report(make_run(samples=samples(mistakes=0)), "en"))
    assert "mistakes" not in page.ids


def test_predictions_beyond_the_known_classes(make_run: Any, summary: Any, read_page: Any) -> None:
    matrix = np.zeros((16, 16), int)
    matrix[range(10), range(10)] = 5
    matrix[2, 15] = 3
    page = read_page(write_report(make_run(summary(confusion=matrix.tolist())), "en"))
    assert "output 15" in page.words
    assert "output 12" not in " ".join(page.words).replace("output 12 ", "").split("Confusion")[0]
    assert any("outputs beyond the 10 known classes" in word for word in page.words)


def test_everything_in_one_class(make_run: Any, summary: Any, read_page: Any) -> None:
    matrix = [[0, 0, 0, 100, 0, 0, 0, 0, 0, 0] for _ in range(10)]
    classes = [ClassRecord(i, 0.1 * (i == 3), float(i == 3), 0.18 * (i == 3), 100) for i in range(10)]
    page = read_page(write_report(make_run(summary(confusion=matrix, per_class=classes)), "es"))
    assert "Todas las imágenes de prueba cayeron en la misma clase: gato." in page.words


def test_extra_measures_carry_their_note(make_run: Any, summary: Any, read_page: Any) -> None:
    note = Localized("The published predict() forgets to divide.", "La función publicada olvida dividir.")
    extra = EvaluationRecord("unscaled", "train", 0.9978, None, 255.0, note)
    page = read_page(write_report(make_run(summary(evaluations=[extra])), "en"))
    assert {"unscaled (training, inputs × 255)", "99.78%", note.en} <= set(page.words)


def test_learning_rate_schedule_is_written_as_a_call(make_run: Any, summary: Any, read_page: Any) -> None:
    schedule = {"module": "m", "class_name": "CosineDecay", "config": {"decay_steps": 100, "warmup_steps": 0}}
    record = summary()
    record.optimizer.config["learning_rate"] = schedule
    page = read_page(write_report(make_run(record), "en"))
    assert any("learning_rate=CosineDecay(decay_steps=100)" in word for word in page.words)


def test_not_a_run(tmp_path: Path, make_run: Any) -> None:
    with pytest.raises(RunError, match=r"summary\.json is missing"):
        write_report(tmp_path)
    with pytest.raises(ConfigError, match="lang is 'fr'"):
        write_report(make_run(), "fr")


def test_color_contrast_of_text_is_enough() -> None:
    """WCAG AA: 4.5 to 1 for text against the page, in light and in dark."""
    from importlib.resources import files

    css = (files("vitral.report") / "templates" / "style.css").read_text()
    light = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", css.split("@media")[0]))
    dark = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", css.split("@media")[1]))
    for theme in (light, dark):
        for name in ("ink", "muted", "cobalt", "ruby", "emerald"):
            for ground in ("paper", "raised"):
                assert _contrast(theme[name], theme[ground]) >= 4.5, (name, ground)
        assert _contrast(theme["ruby"], theme["alarm"]) >= 4.5


def _contrast(one: str, other: str) -> float:
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(color: str) -> float:
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))


def test_summary_fixture_is_what_the_lab_writes(summary: Any) -> None:
    record = summary()
    assert msgspec.json.decode(msgspec.json.encode(record), type=type(record)) == record
