"""Pictures: sample images, the worst mistakes and single predictions."""

from vitral.lab.record import SinglePrediction
from vitral.report.images import data_uri
from vitral.report.parts import Chart, Key, Picture, Section, Table
from vitral.report.plots.bars import bar_chart
from vitral.report.reading import Run
from vitral.report.svg import COBALT, EMERALD, RUBY, color_name
from vitral.report.texts import Texts

_MOST_CLASSES = 20


def _name(run: Run, label: int, t: Texts) -> str:
    return run.class_name(label, t.lang, t("confusion.unnamed", n="{n}"))


def data(run: Run, t: Texts) -> Section | None:
    """Sample images with class names, and how many images of each class there are."""
    record = run.summary.dataset
    images, labels = run.samples.get("sample_images"), run.samples.get("sample_labels")
    pictures = []
    if images is not None and labels is not None:
        for image, label in zip(images, labels, strict=True):
            name = _name(run, int(label), t)
            pictures.append(Picture(data_uri(image), t("data.alt", name=name), name))
    counts = [
        [
            _name(run, label, t),
            t.numbers.integer(train),
            t.numbers.integer(record.test_counts[label] if label < len(record.test_counts) else None),
        ]
        for label, train in enumerate(record.train_counts)
    ]
    if not pictures and not counts:
        return None
    table = Table(t("data.counts_caption"), [t("data.class"), t("data.train"), t("data.test")], counts)
    return Section("data", t("run.data"), "data.html.j2", {"pictures": pictures, "counts": table})


def mistakes(run: Run, t: Texts) -> Section | None:
    """The mistakes made with the greatest confidence."""
    arrays = run.samples
    if "mistake_images" not in arrays or not len(arrays["mistake_images"]):
        return None
    pictures = []
    for image, true, predicted, probability, index in zip(
        arrays["mistake_images"],
        arrays["mistake_true"],
        arrays["mistake_predicted"],
        arrays["mistake_probability"],
        arrays["mistake_index"],
        strict=True,
    ):
        is_name, taken_for = _name(run, int(true), t), _name(run, int(predicted), t)
        number = t.numbers.integer(int(index))
        pictures.append(
            Picture(
                data_uri(image),
                t("mistakes.alt", index=number, true=is_name, predicted=taken_for),
                t("mistakes.true", name=is_name),
                [
                    t("mistakes.predicted", name=taken_for),
                    t.numbers.percent(float(probability), 1),
                    t("mistakes.index", index=number),
                ],
                wrong=True,
            )
        )
    return Section("mistakes", t("run.mistakes"), "mistakes.html.j2", {"pictures": pictures})


def single(run: Run, t: Texts) -> Section | None:
    """The test images that the recipe asked for, one by one, with the whole probability vector."""
    predictions = run.summary.single_predictions
    if not predictions:
        return None
    images = {
        int(index): data_uri(image)
        for index, image in zip(run.samples.get("single_index", ()), run.samples.get("single_images", ()), strict=True)
    }
    items = []
    for prediction in predictions:
        number = t.numbers.integer(prediction.index)
        right = prediction.true == prediction.predicted
        true, predicted = _name(run, prediction.true, t), _name(run, prediction.predicted, t)
        probability = t.numbers.percent(prediction.probability)
        items.append(
            {
                "title": t("single.title", index=number),
                "uri": images.get(prediction.index),
                "alt": t("single.alt", index=number, true=true),
                "verdict": t(
                    "single.right" if right else "single.wrong",
                    predicted=predicted, probability=probability, true=true,
                ),
                "chart": _bars(run, prediction, t),
            }
        )  # fmt: skip
    return Section("single", t("run.single"), "single.html.j2", {"items": items})


def _bars(run: Run, prediction: SinglePrediction, t: Texts) -> Chart:
    number = t.numbers.integer(prediction.index)
    order = list(range(len(prediction.probabilities)))
    caption = t("single.caption", index=number)
    if len(order) > _MOST_CLASSES:
        order = sorted(order, key=lambda i: -(prediction.probabilities[i] or 0.0))[:_MOST_CLASSES]
        caption = t("single.caption_top", index=number, n=_MOST_CLASSES)
    names = [_name(run, i, t) for i in order]
    texts = [t.numbers.percent(prediction.probabilities[i]) for i in order]
    lengths = [prediction.probabilities[i] or 0.0 for i in order]

    def color(i: int) -> str:
        if i == prediction.true:
            return EMERALD
        return RUBY if i == prediction.predicted else COBALT

    keys = [Key(t("single.key_true"), color_name(EMERALD))]
    if prediction.true != prediction.predicted:
        keys.append(Key(t("single.key_wrong"), color_name(RUBY)))
    keys.append(Key(t("single.key_other"), color_name(COBALT)))
    table = Table(
        t("single.table", index=number),
        [t("single.class"), t("single.probability")],
        [list(row) for row in zip(names, texts, strict=True)],
    )
    return bar_chart(
        f"single-{prediction.index}",
        names,
        [(lengths, texts)],
        [[color(i) for i in order]],
        caption=caption,
        table=table,
        legend=keys,
        longest=1.0,
    )
