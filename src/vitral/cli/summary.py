"""The calm block at the end of a run, and the same for a run of the past."""

import shlex
from pathlib import Path

from vitral.cli.output import block, program, strong, table
from vitral.cli.texts import say
from vitral.lab.folder import RunFolder
from vitral.lab.recipe import Recipe
from vitral.lab.record import PublishedRecord, RunSummary, StudyRecord
from vitral.lab.record_comparison import ComparisonRecord
from vitral.report.numbers import Language, Numbers
from vitral.report.texts.warnings import translate_warning


def heading(record: RunSummary | StudyRecord, lang: Language) -> str:
    """Title, lab report and kind in one line: "CIFAR-10 convolutional net (L5, as published)"."""
    return strong(record.title.text(lang)) + (f" ({about})" if (about := provenance(record, lang)) else "")


def provenance(record: RunSummary | StudyRecord | Recipe, lang: Language) -> str:
    """The lab report and the kind, "L5, as published"; empty for a recipe of the user's own."""
    kind = say(f"kind_{record.kind}", lang) if record.kind else None
    return ", ".join(part for part in (record.label, kind) if part)


def run_block(summary: RunSummary, folder: Path, lang: Language, *, details: bool = False) -> str:
    """What came out of a run; with `details` also what went into it."""
    numbers = Numbers(lang)
    results = summary.results
    rows: list[tuple[str, str]] = []
    if details:
        rows += _what_went_in(summary, lang)
    if results.test_accuracy is not None:
        rows.append((say("test_accuracy", lang), strong(numbers.percent(results.test_accuracy))))
    if details and results.test_accuracy is not None:
        rows += [
            (say("test_loss", lang), numbers.loss(results.test_loss)),
            (say("train_accuracy", lang), numbers.percent(results.train_accuracy)),
        ]
    if summary.overfit_epoch is not None and summary.overfit_epoch < summary.epochs_done:
        rows.append((say("overfit", lang), say("overfit_from", lang, epoch=summary.overfit_epoch)))
    if summary.seconds_total:
        rows.append((say("time", lang), numbers.duration(summary.seconds_total)))
    if details and summary.peak_memory_bytes is not None:
        rows.append((say("memory", lang), numbers.memory(summary.peak_memory_bytes)))
    broken = next((epoch.epoch for epoch in RunFolder(folder).metrics() if epoch.loss is None), None)
    if broken is not None:
        rows.append((say("warning", lang), say("diverged", lang, epoch=broken)))
    if summary.error is not None:
        rows.append((say("error", lang), summary.error))
    remarks = [translate_warning(warning, lang).text for warning in summary.warnings]
    rows += [(say("warning", lang) if first else "", text) for first, text in _marked(remarks)]
    pages = [
        (say(key, lang), str(folder / name))
        for key, name in (("report", "report.html"), ("comparison", "comparison.html"))
        if (folder / name).is_file()
    ]
    rows += pages or [(say("run", lang), str(folder))]
    rows += _next_steps(summary, folder, lang)
    parts = ["", heading(summary, lang), ""]
    if summary.published:
        parts += [published_table(summary.published, lang), ""]
    return "\n".join([*parts, block(rows), ""])


def study_block(study: StudyRecord, folder: Path, lang: Language) -> str:
    """The variants of a study side by side, and where the comparing report is."""
    numbers = Numbers(lang)
    header = [say(key, lang) for key in ("variant", "status", "epochs", "test_accuracy", "published", "time")]
    rows = [
        [
            variant.name,
            say(f"status_{variant.status}", lang),
            numbers.integer(variant.epochs_done),
            numbers.percent(variant.results.test_accuracy),
            ", ".join(
                numbers.quantity(figure.value, figure.unit)
                for figure in variant.published
                if figure.metric == "test_accuracy"
            ),
            numbers.duration(variant.seconds_training),
        ]
        for variant in study.variants
    ]
    variants = table(header, rows, numeric=[2, 3, 4, 5])
    closing = block([(say("report", lang), str(folder / "report.html"))])
    return "\n".join(["", heading(study, lang), "", variants, "", closing, ""])


def comparison_block(record: ComparisonRecord, lang: Language) -> str:
    """What each library made of the same network."""
    numbers = Numbers(lang)
    header = [say(key, lang) for key in ("library", "train_accuracy", "test_accuracy", "time")]
    rows = [
        [
            contestant.title.text(lang),
            numbers.percent(contestant.results.train_accuracy),
            numbers.percent(contestant.results.test_accuracy),
            numbers.duration(contestant.seconds_training),
        ]
        for contestant in record.contestants
    ]
    return "\n".join(["", table(header, rows, numeric=[1, 2, 3])])


def published_table(figures: list[PublishedRecord], lang: Language) -> str:
    """Published - reproduced - improved, side by side."""
    numbers = Numbers(lang)
    header = [say(key, lang) for key in ("figure", "published", "reproduced", "improved")]
    rows = [
        [
            figure.name.text(lang),
            *(numbers.quantity(value, figure.unit) for value in (figure.value, figure.reproduced, figure.improved)),
        ]
        for figure in figures
    ]
    return table(header, rows, numeric=[1, 2, 3])


def _what_went_in(summary: RunSummary, lang: Language) -> list[tuple[str, str]]:
    numbers = Numbers(lang)
    data = summary.dataset
    sizes = say(
        "data_sizes",
        lang,
        name=data.name,
        train=numbers.integer(data.train_size),
        validation=numbers.integer(data.validation_size),
        test=numbers.integer(data.test_size),
    )
    return [
        (say("status", lang), say(f"status_{summary.status}", lang)),
        (say("data", lang), sizes),
        (say("parameters", lang), numbers.integer(summary.parameters)),
        (say("optimizer", lang), summary.optimizer.name),
        (say("loss", lang), summary.loss),
        (
            say("epochs", lang),
            say("epochs_of", lang, done=summary.epochs_done, planned=summary.epochs_planned),
        ),
    ]


def _next_steps(summary: RunSummary, folder: Path, lang: Language) -> list[tuple[str, str]]:
    vitral, run = program(), shlex.quote(str(folder))
    if summary.status != "finished":
        return [(say("next", lang), f"{vitral} resume {run}")]
    sister = RunFolder(folder).recipe().sister
    return [
        (say("next", lang), f"{vitral} predict {run} IMAGE.png"),
        ("", f"{vitral} run {sister}" if sister else f"{vitral} list"),
    ]


def _marked(texts: list[str]) -> list[tuple[bool, str]]:
    return [(position == 0, text) for position, text in enumerate(texts)]
