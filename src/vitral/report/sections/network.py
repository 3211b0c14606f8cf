"""The network: its drawing and the table of its layers."""

from vitral.lab.record import RunSummary
from vitral.report.drawing import NetworkDrawing, Stage, stages
from vitral.report.drawing.shapes import slots
from vitral.report.images import data_uri
from vitral.report.numbers import NOTHING
from vitral.report.parts import Section, Table
from vitral.report.reading import Run
from vitral.report.texts import Texts


def network(run: Run, t: Texts) -> Section | None:
    """Drawing and table; the first sample image stands for the input."""
    summary, n = run.summary, t.numbers
    if not summary.layers:
        return None
    drawn = _stages(summary, t)
    unnamed = t("confusion.unnamed", n="{n}")
    images = run.samples.get("sample_images")
    drawing = NetworkDrawing(
        drawn,
        n,
        lambda label: run.class_name(label, t.lang, unnamed),
        data_uri(images[0]) if images is not None and len(images) else None,
    )
    names = ", ".join(f"{layer.type} {n.shape(layer.output_shape)}" for layer in summary.layers)
    caption = [t("network.caption")]
    if any(stage.kind == "volume" for stage in drawn):
        caption.append(t("network.caption_blocks"))
    if any(None in slots(stage.shape[0]) for stage in drawn if stage.kind == "nodes"):
        caption.append(t("network.caption_nodes"))
    table = Table(
        t("network.table"),
        [t(f"network.{key}") for key in ("layer", "type", "activation", "shape", "parameters", "multiply_adds")],
        [
            [
                layer.name,
                layer.type,
                layer.activation or NOTHING,
                n.shape(layer.output_shape),
                n.integer(layer.parameters),
                n.integer(layer.multiply_adds),
            ]
            for layer in summary.layers
        ],
        text_columns=frozenset({0, 1, 2}),
        footer=[t("network.total"), "", "", "", n.integer(summary.parameters), n.integer(summary.multiply_adds)],
    )
    intro = t(
        "network.intro",
        parameters=n.integer(summary.parameters),
        multiply_adds=n.integer(summary.multiply_adds),
    )
    if summary.trainable_parameters != summary.parameters:
        intro += " " + t("network.frozen", trainable=n.integer(summary.trainable_parameters))
    content = {
        "drawing": drawing.svg(t("network.alt", layers=names)),
        "caption": " ".join(caption),
        "intro": intro,
        "table": table,
    }
    return Section("network", t("run.network"), "network.html.j2", content)


def _stages(summary: RunSummary, t: Texts) -> list[Stage]:
    """What is drawn; before a network that takes a row of pixels comes the image that they are from."""
    data = summary.dataset
    drawn = stages(data.input_shape, summary.layers, t("network.input"))
    if len(data.input_shape) == 1 and len(data.image_shape) > 1:
        drawn.insert(0, Stage("image", "muted", t("network.image"), data.image_shape))
    return drawn
