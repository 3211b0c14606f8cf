"""Where the network is right and wrong: the confusion matrix and the figures of every class."""

from collections.abc import Sequence

from vitral.report.parts import Section
from vitral.report.plots.confusion import confusion_chart
from vitral.report.reading import Run
from vitral.report.texts import Texts


def trimmed(matrix: Sequence[Sequence[int]], known: int) -> tuple[list[list[int]], list[int], list[int]]:
    """The matrix without the empty rows and columns beyond the known classes, and the labels that are left.

    >>> trimmed([[5, 1, 0], [0, 4, 2], [0, 0, 0]], known=2)
    ([[5, 1, 0], [0, 4, 2]], [0, 1], [0, 1, 2])
    """
    rows = [i for i, row in enumerate(matrix) if i < known or any(row)]
    columns = [j for j in range(len(matrix)) if j < known or any(row[j] for row in matrix)]
    return [[matrix[i][j] for j in columns] for i in rows], rows, columns


def classes(run: Run, t: Texts) -> Section | None:
    """Confusion matrix, then precision, recall and F1 in a table with bars."""
    summary, n = run.summary, t.numbers
    if not summary.confusion:
        return None
    known = len(summary.dataset.class_names.names(t.lang))
    matrix, rows, columns = trimmed(summary.confusion, known)
    unnamed = t("confusion.unnamed", n="{n}")

    def name(label: int) -> str:
        return run.class_name(label, t.lang, unnamed)

    chart = confusion_chart(
        "confusion",
        matrix,
        [name(i) for i in rows],
        [name(j) for j in columns],
        n,
        caption=t("confusion.caption"),
        table_caption=t("confusion.table"),
        true_label=t("confusion.true"),
        predicted_label=t("confusion.predicted"),
    )
    table = []
    for record in summary.per_class:
        hits = summary.confusion[record.label][record.label] if record.label < len(summary.confusion) else 0
        shares = (record.precision, record.recall, record.f1)
        table.append(
            {
                "name": name(record.label),
                "hits": t("confusion.hits_value", hits=n.integer(hits), total=n.integer(record.support)),
                "bars": [(n.percent(share, 1), f"{100 * share:.1f}%") for share in shares],
            }
        )
    return Section(
        "confusion",
        t("run.confusion"),
        "classes.html.j2",
        {"chart": chart, "remarks": _remarks(run, t, name_of=[name(i) for i in range(len(summary.confusion))],
                                             known=known), "table": table},
    )  # fmt: skip


def _remarks(run: Run, t: Texts, name_of: Sequence[str], known: int) -> list[str]:
    n, matrix = t.numbers, run.summary.confusion
    used = [j for j in range(len(matrix)) if any(row[j] for row in matrix)]
    remarks = []
    present = [record for record in run.summary.per_class if record.support]
    if len(used) == 1 and len(present) > 1:
        remarks.append(t("confusion.one_class", name=name_of[used[0]]))
    elif len(present) > 1:
        best = max(present, key=lambda record: record.recall)
        worst = min(present, key=lambda record: record.recall)
        if best.recall > worst.recall:
            remarks.append(
                t(
                    "confusion.extremes",
                    best=name_of[best.label],
                    best_recall=n.percent(best.recall, 1),
                    worst=name_of[worst.label],
                    worst_recall=n.percent(worst.recall, 1),
                )
            )
        wrong = [(count, i, j) for i, row in enumerate(matrix) for j, count in enumerate(row) if i != j]
        count, true, predicted = max(wrong)
        if count > 1:
            remarks.append(
                t(
                    "confusion.pair",
                    true=name_of[true],
                    predicted=name_of[predicted],
                    count=n.integer(count),
                )
            )
    if any(j >= known for j in used):
        remarks.append(t("confusion.extra", n=known))
    return remarks
