"""The page of a comparison: the same network trained by Vitral and by scikit-learn."""

from pathlib import Path

from vitral.lab.folder import RunFolder
from vitral.lab.record_comparison import ComparisonRecord
from vitral.report.html import Page, write_page
from vitral.report.numbers import NOTHING
from vitral.report.parts import Chart, Fact, Section, Table, with_one_legend
from vitral.report.plots.bars import bar_chart
from vitral.report.plots.curves import CurveTexts, Line, curve_chart
from vitral.report.reading import environment_of, recipe_of
from vitral.report.sections.reproduce import reproduce
from vitral.report.svg import SERIES
from vitral.report.texts import Texts, load_texts

_TABLE_ROWS = 14


def write_comparison(folder: Path, lang: str) -> Path:
    """Read comparison.json and write comparison.html beside it: report.html is the run's own."""
    run_folder, t = RunFolder(folder), load_texts(lang)
    record = run_folder.comparison()
    environment = environment_of(run_folder)
    sections = [
        _what(record, t, run=run_folder.file("summary.json").is_file()),
        _side_by_side(record, t),
        _curves(record, t),
    ]
    if environment is not None:
        sections.append(reproduce(environment, recipe_of(run_folder), t))
    page = Page(
        kind=t("page.comparison"),
        title=record.title.text(t.lang),
        details=[record.recipe, *([t.moment(environment.started)] if environment else [])],
        key_figures=[
            Fact(contestant.title.text(t.lang), t.numbers.percent(contestant.results.test_accuracy))
            for contestant in record.contestants
        ],
        sections=[section for section in sections if section is not None],
    )
    return write_page(page, folder / "comparison.html", t)


def _what(record: ComparisonRecord, t: Texts, run: bool) -> Section:
    n = t.numbers
    sizes = t("comparison.sizes_value", train=n.integer(record.train_size), test=n.integer(record.test_size))
    facts = [
        Fact(t("fact.recipe"), record.recipe),
        Fact(t("comparison.sizes"), sizes),
        Fact(t("comparison.batch_size"), n.integer(record.batch_size)),
        Fact(t("comparison.epochs"), n.integer(record.epochs)),
    ]
    if record.run:
        facts.append(Fact(t("comparison.same_run"), record.run))
    lists = [
        (t(f"comparison.{key}"), [text.text(t.lang) for text in texts])
        for key, texts in (("equal", record.equal), ("different", record.different))
        if texts
    ]
    return Section("what", t("comparison.what"), "compared.html.j2", {"facts": facts, "lists": lists, "run": run})


def _side_by_side(record: ComparisonRecord, t: Texts) -> Section:
    n = t.numbers
    rows = []
    for contestant in record.contestants:
        results, difference = contestant.results, contestant.largest_weight_difference
        rows.append(
            [
                contestant.title.text(t.lang),
                contestant.version,
                n.percent(results.train_accuracy),
                n.percent(results.test_accuracy),
                n.loss(results.test_loss),
                n.duration(contestant.seconds_training),
                n.duration(contestant.seconds_per_epoch),
                NOTHING if difference is None else n.loss(difference),
            ]
        )
    keys = ("library", "version", "train_accuracy", "test_accuracy", "test_loss", "time", "epoch_time", "weights")
    table = Table(t("comparison.table"), [t(f"comparison.{key}") for key in keys], rows, frozenset({0, 1}))
    notes = [f"{c.title.text(t.lang)}: {c.notes.text(t.lang)}" for c in record.contestants if c.notes]
    if any(c.largest_weight_difference is not None for c in record.contestants):
        notes.append(t("comparison.weights_note"))
    content = {"table": table, "notes": notes, "charts": [_times(record, t)]}
    return Section("side-by-side", t("comparison.side"), "side.html.j2", content)


def _times(record: ComparisonRecord, t: Texts) -> Chart:
    names = [contestant.title.text(t.lang) for contestant in record.contestants]
    seconds = [contestant.seconds_training for contestant in record.contestants]
    texts = [t.numbers.duration(value) for value in seconds]
    table = Table(
        t("comparison.time_chart"),
        [t("comparison.library"), t("comparison.time")],
        [list(row) for row in zip(names, texts, strict=True)],
    )
    colors = [SERIES[i % len(SERIES)] for i in range(len(names))]
    return bar_chart("times", names, [(seconds, texts)], [colors], caption=t("comparison.time_chart"), table=table)


def _curves(record: ComparisonRecord, t: Texts) -> Section | None:
    charts = []
    for column in ("loss", "val_loss", "accuracy", "val_accuracy"):
        lines = []
        for i, contestant in enumerate(record.contestants):
            values = [getattr(point, column) for point in contestant.curve]
            if any(value is not None for value in values):
                x = [point.epoch for point in contestant.curve]
                # Equal curves lie on each other: dashes let the one below be seen.
                lines.append(Line(contestant.title.text(t.lang), x, values, SERIES[i % len(SERIES)], dashed=i % 2 == 1))
        if not lines:
            continue
        kind = "accuracy" if column.endswith("accuracy") else "loss"
        caption = t(f"comparison.{kind}_{'validation' if column.startswith('val') else 'train'}")
        texts = CurveTexts(caption, t("curves.epoch"), caption, log_note=t("curves.log"))
        name = f"compare-{column.replace('_', '-')}"
        charts.append(curve_chart(name, lines, t.numbers, texts, percent=kind == "accuracy", table_rows=_TABLE_ROWS))
    if not charts:
        return None
    return Section("curves", t("comparison.curves"), "charts.html.j2", {"remarks": [], **with_one_legend(charts)})
