"""The page of a study: its variants side by side."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from vitral.lab.record import EpochRecord, VariantRecord
from vitral.report.html import Page, write_page
from vitral.report.numbers import NOTHING
from vitral.report.parts import Chart, Fact, Section, with_one_legend
from vitral.report.plots.confusion import small_confusion
from vitral.report.plots.curves import CurveTexts, Line, curve_chart
from vitral.report.reading import Run, Study, read_study
from vitral.report.sections.overview import images_text
from vitral.report.sections.reproduce import reproduce
from vitral.report.svg import SERIES
from vitral.report.texts import Texts, load_texts
from vitral.report.texts.warnings import ModelRemark, translate_warning

_TABLE_ROWS = 14


def write_study(folder: Path, lang: str) -> Path:
    """Read a study folder and write its report.html."""
    study, t = read_study(folder), load_texts(lang)
    sections = [
        _what(study, t),
        _variants(study, t),
        _published(study, t),
        _curves(study, t),
        _hits(study, t),
        _confusions(study, t),
        reproduce(study.environment, study.recipe, t),
    ]
    record = study.record
    done = sum(variant.status == "finished" for variant in record.variants)
    unfinished = t("status.study_unfinished", done=done, planned=len(record.variants))
    details = [record.recipe, *([t(f"page.{record.kind}")] if record.kind else [])]
    if study.environment:
        details.append(t.moment(study.environment.started))
    page = Page(
        kind=t("page.study"),
        title=record.title.text(t.lang),
        details=details,
        key_figures=_key_figures(study, t),
        sections=[section for section in sections if section is not None],
        banners=[] if done == len(record.variants) else [unfinished],
        warning_title=t("warning.study"),
        warnings=_warnings(study, t),
    )
    return write_page(page, folder / "report.html", t)


def _title(variant: VariantRecord, t: Texts) -> str:
    return variant.title.text(t.lang) if variant.title else variant.name


def _best(study: Study) -> VariantRecord | None:
    measured = [v for v in study.record.variants if v.results.test_accuracy is not None]
    return max(measured, key=lambda v: v.results.test_accuracy or 0.0, default=None)


def _key_figures(study: Study, t: Texts) -> list[Fact]:
    n, best = t.numbers, _best(study)
    figures = [Fact(t("key.variants"), n.integer(len(study.record.variants)))]
    if best is not None:
        figures.insert(0, Fact(t("key.best"), n.percent(best.results.test_accuracy)))
    seconds = sum(variant.seconds_training for variant in study.record.variants)
    if seconds:
        figures.append(Fact(t("key.training_time"), n.duration(seconds)))
    return figures


def _warnings(study: Study, t: Texts) -> list[ModelRemark]:
    """Each warning once, with the variants that it is about unless it is about all of them."""
    about: dict[str, list[str]] = {}
    begun = 0
    for variant, run in zip(study.record.variants, study.runs, strict=True):
        begun += run is not None
        for warning in run.summary.warnings if run else []:
            about.setdefault(warning, []).append(_title(variant, t))
    remarks = []
    for warning, names in about.items():
        remark = translate_warning(warning, t.lang)
        whom = "" if len(names) == begun else f"{', '.join(names)}: "
        remarks.append(replace(remark, text=whom + remark.text))
    return remarks


def _what(study: Study, t: Texts) -> Section:
    facts = [Fact(t("fact.recipe"), study.record.recipe)]
    first = next((run for run in study.runs if run), None)
    if first:
        facts += [
            Fact(t("fact.dataset"), first.summary.dataset.name),
            Fact(t("fact.images"), images_text(first.summary, t)),
            Fact(t("fact.image_shape"), t.numbers.shape(first.summary.dataset.image_shape)),
            Fact(t("fact.loss"), first.summary.loss),
        ]
    if study.environment:
        facts.append(Fact(t("fact.seed"), str(study.environment.seed)))
    notes = study.record.notes.text(t.lang).strip().split("\n\n") if study.record.notes else []
    return Section("what", t("study.what"), "what.html.j2", {"notes": notes, "facts": facts})


def _variants(study: Study, t: Texts) -> Section:
    n, best = t.numbers, _best(study)
    rows = []
    for variant, run in zip(study.record.variants, study.runs, strict=True):
        report = f"{variant.run}/report.html" if run and (run.folder / "report.html").is_file() else ""
        rows.append(
            {
                "name": _title(variant, t),
                "settings": ", ".join(f"{key} = {value}" for key, value in variant.settings.items()),
                "link": report,
                "best": best is variant,
                "cells": [
                    t(f"status_word.{variant.status}"),
                    n.integer(variant.epochs_done),
                    n.integer(variant.parameters),
                    n.duration(variant.seconds_training) if variant.seconds_training else NOTHING,
                    n.loss(variant.results.test_loss),
                    n.percent(variant.results.test_accuracy),
                ],
            }
        )
    keys = ("variant", "status", "epochs", "parameters", "time", "test_loss", "test_accuracy")
    headers = [t(f"study.{key}") for key in keys]
    return Section("variants", t("study.variants"), "variants.html.j2", {"rows": rows, "headers": headers})


def _published(study: Study, t: Texts) -> Section | None:
    rows = []
    for variant in study.record.variants:
        for figure in variant.published:
            values = [t.numbers.quantity(v, figure.unit) for v in (figure.value, figure.reproduced, figure.improved)]
            note = figure.note.text(t.lang) if figure.note else ""
            rows.append({"name": f"{_title(variant, t)}: {figure.name.text(t.lang)}", "note": note, "values": values})
    if not rows:
        return None
    headers = [t(f"published.{key}") for key in ("figure", "published", "reproduced", "improved")]
    own = {"published": 1, "improved": 2}.get(study.record.kind or "", -1)
    dashes = any(NOTHING in row["values"] for row in rows)
    content = {"rows": rows, "headers": headers, "own": own, "dashes": dashes}
    return Section("published", t("run.published"), "published.html.j2", content)


def _curves(study: Study, t: Texts) -> Section | None:
    pairs = [(_title(v, t), run.epochs) for v, run in zip(study.record.variants, study.runs, strict=True) if run]
    pairs = [(title, epochs) for title, epochs in pairs if len(epochs) > 1]
    if not pairs:
        return None
    charts = [
        chart
        for column in ("loss", "val_loss", "accuracy", "val_accuracy")
        if (chart := _overlaid(pairs, column, t)) is not None
    ]
    return Section("curves", t("study.curves"), "charts.html.j2", {"remarks": [], **with_one_legend(charts)})


def _overlaid(pairs: Sequence[tuple[str, list[EpochRecord]]], column: str, t: Texts) -> Chart | None:
    lines = []
    for i, (title, epochs) in enumerate(pairs):
        values = [getattr(epoch, column) for epoch in epochs]
        if any(value is not None for value in values):
            color, dashed = SERIES[i % len(SERIES)], i >= len(SERIES)
            lines.append(Line(title, [float(epoch.epoch) for epoch in epochs], values, color, dashed))
    if not lines:
        return None
    kind = "accuracy" if column.endswith("accuracy") else "loss"
    caption = t(f"study.{kind}_{'validation' if column.startswith('val') else 'train'}")
    texts = CurveTexts(
        caption=caption,
        x_label=t("curves.epoch"),
        table_caption=f"{caption} {t('study.curve_table')}",
        log_note=t("curves.log"),
        log_x_note=t("curves.log_x"),
    )
    lengths = [len(line.x) for line in lines]
    return curve_chart(
        f"study-{column.replace('_', '-')}",
        lines,
        t.numbers,
        texts,
        percent=kind == "accuracy",
        log_x=max(lengths) > 4 * min(lengths),
        table_rows=_TABLE_ROWS,
    )


def _finished(study: Study) -> list[tuple[VariantRecord, Run]]:
    return [
        (variant, run)
        for variant, run in zip(study.record.variants, study.runs, strict=True)
        if run is not None and run.summary.confusion
    ]


def _hits(study: Study, t: Texts) -> Section | None:
    """Recall of every class in every variant, as a table whose cells are tinted."""
    finished = _finished(study)
    if not finished:
        return None
    labels = [record.label for record in finished[0][1].summary.per_class]
    unnamed = t("confusion.unnamed", n="{n}")
    rows = []
    for variant, run in finished:
        recalls = {record.label: record.recall for record in run.summary.per_class}
        cells = [(t.numbers.percent(recalls.get(i), 0), f"{100 * recalls.get(i, 0.0):.1f}%") for i in labels]
        rows.append((_title(variant, t), cells))
    headers = [finished[0][1].class_name(i, t.lang, unnamed) for i in labels]
    return Section("hits", t("study.hits"), "hits.html.j2", {"headers": headers, "rows": rows})


def _confusions(study: Study, t: Texts) -> Section | None:
    figures = []
    for i, (variant, run) in enumerate(_finished(study)):
        matrix, title = run.summary.confusion, _title(variant, t)
        accuracy = sum(row[k] for k, row in enumerate(matrix)) / max(sum(map(sum, matrix)), 1)
        used = [j for j in range(len(matrix)) if any(row[j] for row in matrix)]
        unnamed = t("confusion.unnamed", n="{n}")
        one = t("study.one_class", name=run.class_name(used[0], t.lang, unnamed)) if len(used) == 1 else ""
        label = t("study.confusion_alt", name=title, accuracy=t.numbers.percent(accuracy, 1))
        svg = small_confusion(f"confusion-{i}", matrix, label)
        figures.append({"svg": svg, "title": title, "detail": one or t.numbers.percent(accuracy, 1)})
    if not figures:
        return None
    return Section("confusion", t("study.confusion"), "confusions.html.j2", {"figures": figures})
