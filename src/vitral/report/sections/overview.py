"""What was run, what came out, and what was published."""

from typing import Any

from vitral.lab.record import OptimizerRecord, Preparation, RunSummary
from vitral.report.numbers import NOTHING
from vitral.report.parts import Fact, Section
from vitral.report.reading import Run
from vitral.report.texts import Texts


def what(run: Run, t: Texts) -> Section:
    """Notes, data, training rule and seed."""
    summary, n = run.summary, t.numbers
    done, planned = n.integer(summary.epochs_done), n.integer(summary.epochs_planned)
    epochs = planned if done == planned else t("fact.epochs_of", done=done, planned=planned)
    facts = [
        Fact(t("fact.recipe"), summary.recipe),
        Fact(t("fact.dataset"), summary.dataset.name),
        Fact(t("fact.images"), images_text(summary, t)),
        Fact(t("fact.image_shape"), n.shape(summary.dataset.image_shape)),
        Fact(t("fact.scale"), _scale(summary.preparation, t)),
        Fact(t("fact.loss"), summary.loss),
        Fact(t("fact.optimizer"), optimizer_text(summary.optimizer)),
        Fact(t("fact.batch_size"), n.integer(summary.batch_size)),
        Fact(t("fact.epochs"), epochs),
    ]
    if summary.dataset.input_shape != summary.dataset.image_shape:
        facts.insert(4, Fact(t("fact.input_shape"), n.shape(summary.dataset.input_shape)))
    if summary.variant:
        facts.insert(1, Fact(t("fact.variant"), summary.variant))
    if run.environment:
        facts.append(Fact(t("fact.seed"), str(run.environment.seed)))
    notes = summary.notes.text(t.lang).strip().split("\n\n") if summary.notes else []
    return Section("what", t("run.what"), "what.html.j2", {"notes": notes, "facts": facts})


def images_text(summary: RunSummary, t: Texts) -> str:
    """How many images of each part; a validation set that is the test set is called so."""
    data = summary.dataset
    counts = {
        "train": t.numbers.integer(data.train_size),
        "validation": t.numbers.integer(data.validation_size),
        "test": t.numbers.integer(data.test_size),
    }
    if not data.validation_size:
        return t("fact.images_value_without", **counts)
    results = summary.results
    same = data.validation_size == data.test_size and results.validation_loss == results.test_loss
    return t("fact.images_value_test" if same else "fact.images_value", **counts)


def sentence(text: str) -> str:
    """The text with a capital letter in front, and the rest as it is."""
    return text[:1].upper() + text[1:]


def optimizer_text(optimizer: OptimizerRecord) -> str:
    """The optimizer as it would be written in Python, with the arguments that are set.

    >>> optimizer_text(OptimizerRecord("SGD", {"name": "sgd", "learning_rate": 0.01, "clipnorm": None}))
    'SGD(learning_rate=0.01)'
    >>> optimizer_text(OptimizerRecord("SGD", {"learning_rate": 0.01, "use_ema": False, "ema_momentum": 0.99}))
    'SGD(learning_rate=0.01)'
    """
    return _call(optimizer.name, optimizer.config)


def _call(name: str, config: dict[str, Any]) -> str:
    def show(value: object) -> str:
        if isinstance(value, dict) and "class_name" in value:
            return _call(str(value["class_name"]), value.get("config", {}))
        if isinstance(value, dict):
            return "{" + ", ".join(f"{key!r}: {show(item)}" for key, item in value.items()) + "}"
        if isinstance(value, list):
            return "[" + ", ".join(map(show, value)) + "]"
        return f"{value:.6g}" if isinstance(value, float) else repr(value)

    # False, None and empty arguments switch something off: they say nothing about this run.
    silent = {"name"} if config.get("use_ema") else {"name", "ema_momentum"}
    arguments = [f"{key}={show(value)}" for key, value in config.items() if key not in silent and value]
    return f"{name}({', '.join(arguments)})"


def _scale(preparation: Preparation, t: Texts) -> str:
    if preparation.scale == "unit":
        return t("fact.scale_unit", divisor=t.numbers.compact(preparation.divisor))
    return t(f"fact.scale_{preparation.scale}")


def published(run: Run, t: Texts) -> Section | None:
    """Published, reproduced and improved side by side."""
    if not run.summary.published:
        return None
    rows = []
    dashes = False
    for figure in run.summary.published:
        values = [t.numbers.quantity(v, figure.unit) for v in (figure.value, figure.reproduced, figure.improved)]
        dashes = dashes or NOTHING in values
        note = figure.note.text(t.lang) if figure.note else ""
        rows.append({"name": sentence(figure.name.text(t.lang)), "note": note, "values": values})
    headers = [t(f"published.{key}") for key in ("figure", "published", "reproduced", "improved")]
    own = {"published": 1, "improved": 2}.get(run.summary.kind or "", -1)
    return Section(
        "published",
        t("run.published"),
        "published.html.j2",
        {"rows": rows, "headers": headers, "own": own, "dashes": dashes},
    )


def results(run: Run, t: Texts) -> Section | None:
    """Loss and accuracy on every part, then the recipe's own measures."""
    found, n = run.summary.results, t.numbers
    rows = [
        (t(f"results.{part}"), n.loss(loss), n.percent(accuracy), "")
        for part, loss, accuracy in (
            ("train", found.train_loss, found.train_accuracy),
            ("validation", found.validation_loss, found.validation_accuracy),
            ("test", found.test_loss, found.test_accuracy),
        )
        if loss is not None or accuracy is not None
    ]
    for extra in run.summary.evaluations:
        part = t(f"results.{extra.split}_lower")
        key = "results.plain" if extra.input_factor == 1 else "results.factor"
        name = t(key, name=extra.name, split=part, factor=n.compact(extra.input_factor))
        note = extra.note.text(t.lang) if extra.note else ""
        rows.append((name, n.loss(extra.loss), n.percent(extra.accuracy), note))
    if not rows:
        return None
    return Section("results", t("run.results"), "results.html.j2", {"rows": rows})
