"""`vitral predict`: what a trained network sees on pictures."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from vitral.cli.language import language_option
from vitral.cli.output import echo_json, json_option, quiet, strong
from vitral.cli.runs import find_run, out_option, run_argument

if TYPE_CHECKING:
    from vitral.lab.picture import Polarity
    from vitral.lab.trained import Prediction
    from vitral.report.numbers import Language

_BAR = 24


@click.command()
@run_argument
@click.argument("images", metavar="IMAGE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--polarity",
    type=click.Choice(["auto", "keep", "invert"]),
    default="auto",
    show_default=True,
    help="Whether to turn dark strokes on paper into bright strokes on dark.",
)
@out_option
@language_option
@json_option
def predict(
    run: str, images: tuple[Path, ...], polarity: "Polarity", out: Path | None, lang: "Language", as_json: bool
) -> None:
    """What a trained network sees on pictures.

    Pictures are PNG or JPEG, of any size, grey or color. Prints class and probability, then the whole vector.
    RUN is a path, a name, enough of a name, or "last".
    """
    from vitral.lab.trained import TrainedRun

    trained = TrainedRun(find_run(run, out))
    predictions = trained.predict(images, polarity=polarity)
    if as_json:
        echo_json(predictions)
        return
    names = trained.summary.dataset.class_names.names(lang)
    for prediction in predictions:
        click.echo(_text(prediction, names, lang))


def _text(prediction: "Prediction", names: list[str], lang: "Language") -> str:
    from vitral.report.numbers import Numbers

    numbers = Numbers(lang)
    vector = prediction.probabilities
    # A network with more outputs than classes has outputs without a name.
    labels = [names[label] if label < len(names) else str(label) for label in range(len(vector))]
    width = max(map(len, labels))
    head = f"{prediction.path}: {strong(labels[prediction.label])}, {numbers.percent(prediction.probability)}"
    lines = []
    for name, share in zip(labels, vector, strict=True):
        bar = "█" * round(_BAR * share)
        lines.append(f"  {name.ljust(width)} {numbers.percent(share).rjust(8)}" + (f"  {quiet(bar)}" if bar else ""))
    return "\n".join([head, *lines])
