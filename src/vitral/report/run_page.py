"""The page of one run."""

from pathlib import Path

from vitral.lab.record import RunSummary
from vitral.report.html import Page, write_page
from vitral.report.parts import Fact, Section
from vitral.report.reading import Run, read_run
from vitral.report.sections import classes, examples, network, overview, reproduce, training
from vitral.report.texts import Texts, load_texts
from vitral.report.texts.warnings import translate_warning


def write_run(folder: Path, lang: str) -> Path:
    """Read a run folder and write its report.html."""
    run, t = read_run(folder), load_texts(lang)
    summary = run.summary
    sections: list[Section | None] = [
        overview.what(run, t),
        overview.published(run, t),
        overview.results(run, t),
        examples.data(run, t),
        network.network(run, t),
        training.training(run, t),
        classes.classes(run, t),
        examples.mistakes(run, t),
        examples.single(run, t),
        reproduce.cost(run, t),
        reproduce.reproduce(run.environment, run.recipe, t),
    ]
    count = len(summary.warnings)
    page = Page(
        kind=t("page.run"),
        title=summary.title.text(t.lang),
        details=_details(run, t),
        key_figures=key_figures(summary, t),
        sections=[section for section in sections if section is not None],
        banners=_banners(run, t),
        warning_title=t("warning.one") if count == 1 else t("warning.many", n=count),
        warnings=[translate_warning(warning, t.lang) for warning in summary.warnings],
        failed=summary.status == "failed",
    )
    return write_page(page, folder / "report.html", t)


def _details(run: Run, t: Texts) -> list[str]:
    summary = run.summary
    details = [summary.recipe if not summary.variant else f"{summary.recipe} / {summary.variant}"]
    if summary.kind:
        details.append(t(f"page.{summary.kind}"))
    if run.environment:
        details.append(t.moment(run.environment.started))
    return details


def key_figures(summary: RunSummary, t: Texts) -> list[Fact]:
    """The best-founded accuracy first, then size, time and length."""
    n, results = t.numbers, summary.results
    figures = []
    for part in ("test", "validation", "train"):
        accuracy = getattr(results, f"{part}_accuracy")
        if accuracy is not None:
            figures.append(Fact(t(f"key.{part}_accuracy"), n.percent(accuracy)))
            break
    if summary.parameters:
        figures.append(Fact(t("key.parameters"), n.integer(summary.parameters)))
    if summary.seconds_training:
        figures.append(Fact(t("key.training_time"), n.duration(summary.seconds_training)))
    figures.append(Fact(t("key.epoch" if summary.epochs_done == 1 else "key.epochs"), n.integer(summary.epochs_done)))
    return figures


def _banners(run: Run, t: Texts) -> list[str]:
    summary, n = run.summary, t.numbers
    counts = {"done": n.integer(summary.epochs_done), "planned": n.integer(summary.epochs_planned)}
    banners = []
    if summary.status == "failed":
        banners.append(t("status.failed", error=summary.error or t("status.no_reason"), **counts))
    elif summary.status == "interrupted":
        text = t("status.interrupted", **counts)
        banners.append(f"{text} {t('status.resume')} vitral resume {run.folder.name}")
    elif summary.status == "running":
        banners.append(t("status.running"))
    broken = next((epoch.epoch for epoch in run.epochs if epoch.loss is None), None)
    if broken is not None:
        banners.append(t("status.not_finite", epoch=broken))
    return banners
