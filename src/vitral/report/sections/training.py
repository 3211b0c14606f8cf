"""Loss and accuracy along the training, and where over-fitting begins."""

import math
from collections.abc import Sequence

from vitral.lab.record import EpochRecord, Measurement
from vitral.report.parts import Chart, Section, Table, with_one_legend
from vitral.report.plots.curves import CurveTexts, Line, curve_chart
from vitral.report.reading import Run
from vitral.report.svg import COBALT, RUBY
from vitral.report.texts import Texts


def training(run: Run, t: Texts) -> Section:
    """Curves (the measurements where there are some, else the epochs) and a table of every epoch."""
    points: Sequence[EpochRecord | Measurement] = run.measurements or run.epochs
    charts: list[Chart] = []
    if len(points) > 1:
        charts = [chart for kind in ("loss", "accuracy") if (chart := _curve(run, points, kind, t))]
    return Section(
        "training",
        t("run.training"),
        "training.html.j2",
        {**with_one_legend(charts), "remarks": _remarks(run, points, t), "epochs": _every_epoch(run, t)},
    )


def _curve(run: Run, points: Sequence[EpochRecord | Measurement], kind: str, t: Texts) -> Chart | None:
    lines = []
    for prefix, part, color in (("", "train", COBALT), ("val_", "validation", RUBY)):
        values = [getattr(point, prefix + kind) for point in points]
        if any(value is not None for value in values):
            x = [float(point.epoch) for point in points]
            lines.append(Line(t(f"curves.{part}"), x, values, color, dashed=part == "validation"))
    if not lines:
        return None
    mark = run.summary.overfit_epoch
    texts = CurveTexts(
        caption=t(f"curves.{kind}"),
        x_label=t("curves.epoch"),
        table_caption=t(f"curves.{kind}_table"),
        mark=t("curves.mark", epoch=mark),
        log_note=t("curves.log"),
    )
    return curve_chart(kind, lines, t.numbers, texts, percent=kind == "accuracy", mark_x=mark)


def _remarks(run: Run, points: Sequence[EpochRecord | Measurement], t: Texts) -> list[str]:
    if not points:
        return [t("curves.none")]
    if len(points) == 1:
        return [t("curves.one_point")]
    n, mark = t.numbers, run.summary.overfit_epoch
    remarks = []
    validation = {epoch.epoch: epoch.val_loss for epoch in run.epochs if epoch.val_loss is not None}
    if mark is not None:
        remarks.append(t("curves.overfit", epoch=mark, loss=n.loss(validation.get(mark))))
    elif not validation and not any(point.val_loss is not None for point in points):
        remarks.append(t("curves.no_validation"))
    elif len(validation) > 1 and min(validation, key=lambda e: validation[e] or math.inf) == max(validation):
        remarks.append(t("curves.improving", loss=n.loss(validation[max(validation)])))
    remarks.append(t("curves.measured", n=len(points)) if run.measurements else t("curves.averages"))
    return remarks


def _every_epoch(run: Run, t: Texts) -> Table | None:
    if not run.epochs:
        return None
    n = t.numbers
    columns = [
        (header, values)
        for header, values in (
            (f"{t('results.loss')} ({t('curves.train')})", [n.loss(_number(e.loss)) for e in run.epochs]),
            (f"{t('results.accuracy')} ({t('curves.train')})", [n.percent(e.accuracy) for e in run.epochs]),
            (f"{t('results.loss')} ({t('curves.validation')})", [n.loss(e.val_loss) for e in run.epochs]),
            (f"{t('results.accuracy')} ({t('curves.validation')})", [n.percent(e.val_accuracy) for e in run.epochs]),
            (t("curves.learning_rate"), [n.loss(e.learning_rate) for e in run.epochs]),
            (t("curves.seconds"), [n.duration(e.seconds) for e in run.epochs]),
        )
        if set(values) != {n.loss(None)}
    ]
    return Table(
        t("curves.epochs_table"),
        [t("curves.epoch"), *(header for header, _ in columns)],
        [[n.integer(epoch.epoch), *(values[i] for _, values in columns)] for i, epoch in enumerate(run.epochs)],
    )


def _number(value: float | None) -> float:
    # A loss is always measured: null in the record is a number that was not finite.
    return math.nan if value is None else value
