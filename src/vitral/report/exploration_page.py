"""The page of a data set: what there is to see in it before any training."""

from pathlib import Path

import numpy as np

from vitral.lab.record_exploration import Exploration
from vitral.report.html import Page, write_page
from vitral.report.images import data_uri
from vitral.report.parts import Chart, Fact, Key, Picture, Section, Table
from vitral.report.plots.bars import bar_chart
from vitral.report.plots.pixels import pixel_map
from vitral.report.reading import read_exploration
from vitral.report.svg import AMBER, COBALT, color_name
from vitral.report.texts import Texts, load_texts
from vitral.typing import Array


class _Explored:
    """An exploration, its arrays, and its words."""

    def __init__(self, record: Exploration, arrays: dict[str, Array], t: Texts) -> None:
        self.record = record
        self.arrays = arrays
        self.t = t
        self.n = t.numbers

    def name(self, label: int) -> str:
        names = self.record.class_names.names(self.t.lang)
        return names[label] if label < len(names) else self.t("confusion.unnamed", n=label)


def write_exploration_page(folder: Path, lang: str) -> Path:
    """Read exploration.json and exploration.npz and write report.html beside them."""
    record, arrays = read_exploration(folder)
    t = load_texts(lang)
    found = _Explored(record, arrays, t)
    n = t.numbers
    sections = [
        _what(found), _columns(found), _classes(found), _pixels(found),
        _means(found), _samples(found), _outliers(found), _duplicates(found),
    ]  # fmt: skip
    page = Page(
        kind=t("page.exploration"),
        title=record.title.text(t.lang),
        details=[record.name],
        key_figures=[
            Fact(t("key.images"), n.integer(record.train_size + record.test_size)),
            Fact(t("key.classes"), n.integer(len(record.classes))),
            Fact(t("key.image_size"), n.shape(record.image_shape)),
            Fact(t("key.baseline"), n.percent(record.majority_baseline, 1)),
        ],
        sections=[section for section in sections if section is not None],
    )
    return write_page(page, folder / "report.html", t)


def _what(found: _Explored) -> Section:
    record, t, n = found.record, found.t, found.n
    sizes = t("exploration.sizes_value", train=n.integer(record.train_size), test=n.integer(record.test_size))
    facts = [
        Fact(t("exploration.sizes"), sizes),
        Fact(t("fact.image_shape"), n.shape(record.image_shape)),
        Fact(t("exploration.source"), record.source),
    ]
    return Section(
        "what", t("exploration.what"), "what.html.j2", {"notes": [record.verdict.text(t.lang)], "facts": facts}
    )


def _columns(found: _Explored) -> Section | None:
    t, n = found.t, found.n
    if not found.record.columns:
        return None
    keys = ("column", "count", "dtype", "minimum", "maximum", "mean", "distinct")
    rows = [
        [
            column.name, n.integer(column.count), column.dtype, n.compact(column.minimum), n.compact(column.maximum),
            n.decimal(column.mean), n.integer(column.distinct),
        ]
        for column in found.record.columns
    ]  # fmt: skip
    headers = [t(f"exploration.{key}") for key in keys]
    table = Table(t("exploration.columns_table"), headers, rows, frozenset({0, 2}))
    content = {"remarks": [t("exploration.columns_intro")], "table": table}
    return Section("columns", t("exploration.columns"), "table.html.j2", content)


def _classes(found: _Explored) -> Section | None:
    record, t, n = found.record, found.t, found.n
    if not record.classes:
        return None
    names = [found.name(item.label) for item in record.classes]
    train = [float(item.train) for item in record.classes]
    series = [(train, [n.integer(item.train) for item in record.classes])]
    colors = [[COBALT] * len(names)]
    legend = [Key(t("exploration.train"), color_name(COBALT))]
    if all(item.test is not None for item in record.classes):
        series.append(
            ([float(item.test or 0) for item in record.classes], [n.integer(item.test) for item in record.classes])
        )
        colors.append([AMBER] * len(names))
        legend.append(Key(t("exploration.test"), color_name(AMBER)))
    table = Table(
        t("exploration.classes_table"),
        [t(f"exploration.{key}") for key in ("class", "train", "share", "test")],
        [
            [name, n.integer(item.train), n.percent(item.train / max(sum(train), 1.0), 1), n.integer(item.test)]
            for name, item in zip(names, record.classes, strict=True)
        ],
    )
    caption = t("exploration.classes_caption")
    chart = bar_chart("classes", names, series, colors, caption=caption, table=table, legend=legend)
    remarks = [t("exploration.baseline", baseline=n.percent(record.majority_baseline, 1))]
    if record.imbalance is None:
        remarks.insert(0, t("exploration.empty_class"))
    else:
        remarks.insert(0, t("exploration.imbalance", imbalance=n.decimal(record.imbalance, 2)))
    if record.nearest_mean_accuracy is not None:
        remarks.append(t("exploration.nearest", accuracy=n.percent(record.nearest_mean_accuracy, 1)))
    content = {"charts": [chart], "remarks": remarks, "legend": ()}
    return Section("classes", t("exploration.classes"), "charts.html.j2", content)


def _pixels(found: _Explored) -> Section | None:
    record, t, n = found.record, found.t, found.n
    constant, correlation = found.arrays.get("constant"), found.arrays.get("correlation")
    if constant is None or correlation is None:
        return None
    total = n.integer(constant.size)
    caption = t("exploration.constant_caption", constant=n.integer(record.constant_pixels), total=total)
    never: Array = np.asarray(constant.all(axis=2), np.float64)
    table = _pixel_table(found, constant, correlation)
    charts = [Chart(pixel_map("constant", never, caption, positive=AMBER), caption, table)]
    base = t("exploration.correlation_caption", undefined=n.integer(record.undefined_correlations), total=total)
    for channel in range(correlation.shape[2]):
        text = base
        if correlation.shape[2] > 1:
            text = t("exploration.correlation_channel", caption=base, channel=channel + 1)
        values = correlation[:, :, channel]
        charts.append(Chart(pixel_map(f"correlation-{channel}", values, text), text, table))
    content = {"charts": charts, "remarks": _strongest(found, correlation), "legend": ()}
    return Section("pixels", t("exploration.pixels"), "charts.html.j2", content)


def _strongest(found: _Explored, correlation: Array) -> list[str]:
    t = found.t
    if not found.record.strongest_pixel:
        return []
    row, column, channel = found.record.strongest_pixel
    key = "exploration.strongest" if correlation.shape[2] == 1 else "exploration.strongest_channel"
    value = found.n.decimal(float(correlation[row, column, channel]), 3)
    strongest = t(key, value=value, row=row + 1, column=column + 1, channel=channel + 1)
    return [strongest, t("exploration.label_note")]


def _pixel_table(found: _Explored, constant: Array, correlation: Array) -> Table:
    t, n = found.t, found.n
    rows = []
    for i in range(len(correlation)):
        values = correlation[i][np.isfinite(correlation[i])]
        lowest, highest = (float(values.min()), float(values.max())) if values.size else (None, None)
        rows.append(
            [
                n.integer(i + 1),
                n.integer(int(constant[i].sum())),
                n.integer(int(correlation[i].size - values.size)),
                n.decimal(lowest, 3),
                n.decimal(highest, 3),
            ]
        )
    keys = ("image_row", "constant", "undefined", "weakest_in_row", "strongest_in_row")
    return Table(t("exploration.pixel_table"), [t(f"exploration.{key}") for key in keys], rows, frozenset())


def _gallery(anchor: str, title: str, pictures: list[Picture], intro: str = "", **more: object) -> Section:
    content = {"pictures": pictures, "intro": intro, "table": None, "layout": "", **more}
    return Section(anchor, title, "gallery.html.j2", content)


def _means(found: _Explored) -> Section | None:
    images, t = found.arrays.get("mean_images"), found.t
    if images is None:
        return None
    low, high = float(np.nanmin(images)), float(np.nanmax(images))
    # One scale for all classes, so that a fainter class looks fainter.
    scaled = np.nan_to_num((images - low) * (255.0 / max(high - low, 1e-12))).round().astype(np.uint8)
    pictures = [
        Picture(data_uri(image), t("exploration.mean_alt", name=found.name(label)), found.name(label))
        for label, image in zip([item.label for item in found.record.classes], scaled, strict=True)
    ]
    return _gallery("means", t("exploration.means"), pictures, layout="five")


def _samples(found: _Explored) -> Section | None:
    images, labels, t = found.arrays.get("sample_images"), found.arrays.get("sample_labels"), found.t
    if images is None or labels is None:
        return None
    names = [found.name(int(label)) for label in labels]
    pictures = [
        Picture(data_uri(image), t("exploration.sample_alt", name=name), name)
        for image, name in zip(images, names, strict=True)
    ]
    return _gallery("samples", t("exploration.samples"), pictures, layout="five")


def _outliers(found: _Explored) -> Section:
    record, t, n = found.record, found.t, found.n
    title = t("exploration.outliers")
    rule = record.outlier_rule.text(t.lang)
    if not record.outliers:
        return _gallery("outliers", title, [], f"{t('exploration.outliers_none')} {rule}")
    pictures = [
        Picture(
            data_uri(image),
            t("exploration.outlier_alt", index=n.integer(outlier.index), name=found.name(outlier.label)),
            found.name(outlier.label),
            [
                t("exploration.outlier_score", score=n.decimal(outlier.score, 1)),
                t("exploration.outlier_index", index=n.integer(outlier.index)),
            ],
        )
        for outlier, image in zip(record.outliers, found.arrays.get("outlier_images", ()), strict=False)
    ]
    table = Table(
        t("exploration.outlier_table"),
        [t(f"exploration.{key}") for key in ("index", "class", "distance", "score")],
        [[n.integer(o.index), found.name(o.label), n.decimal(o.distance), n.decimal(o.score)] for o in record.outliers],
        frozenset({1}),
    )
    intro = t("exploration.outliers_intro", count=n.integer(record.outlier_count))
    return _gallery("outliers", title, pictures, f"{rule} {intro}", table=table)


def _duplicates(found: _Explored) -> Section:
    record, t, n = found.record, found.t, found.n
    counts = record.duplicates
    rows = [
        [t(f"exploration.{key}"), n.integer(count)]
        for key, count in (
            ("within_train", counts.within_train),
            ("within_test", counts.within_test),
            ("across", counts.across),
            ("conflicting", counts.conflicting_labels),
        )
    ]
    headers = [t("exploration.duplicate_kind"), t("exploration.duplicate_count")]
    pictures = []
    for group, image in zip(counts.groups, found.arrays.get("duplicate_images", ()), strict=False):
        name = ", ".join(dict.fromkeys(found.name(label) for label in group.labels))
        lines = [
            t(f"exploration.duplicate_{part}", positions=", ".join(n.integer(i) for i in positions))
            for part, positions in (("train", group.train), ("test", group.test))
            if positions
        ]
        pictures.append(Picture(data_uri(image), t("exploration.duplicate_alt", name=name), name, lines))
    intro = t("exploration.across_good")
    if counts.across:
        share = n.percent(counts.across / max(record.test_size, 1))
        intro = t("exploration.across_bad", count=n.integer(counts.across), share=share)
    table = Table(t("exploration.duplicates_table"), headers, rows)
    return Section(
        "duplicates",
        t("exploration.duplicates"),
        "duplicates.html.j2",
        {"intro": intro if record.test_size else "", "table": table, "pictures": pictures},
    )
