"""`vitral explore`: look at a data set before training on it."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from vitral.cli.language import language_option
from vitral.cli.output import block, echo_json, json_option, strong
from vitral.cli.runs import out_option
from vitral.cli.texts import say

if TYPE_CHECKING:
    from vitral.lab.record_exploration import Exploration
    from vitral.report.numbers import Language


@click.command()
@click.argument("dataset", metavar="DATASET")
@click.option("--test", "test_path", metavar="FILE", help="The test part, where DATASET is a file of yours.")
@click.option("--label", metavar="COLUMN", help="Name or number (from 0) of the label's column in a table.")
@out_option
@language_option
@json_option
def explore(
    dataset: str, test_path: str | None, label: str | None, out: Path | None, lang: "Language", as_json: bool
) -> None:
    """Look at a data set before training on it.

    Columns, constant pixels, correlation with the label, class balance, outliers and duplicates.
    DATASET is a name that `vitral data list` shows, or a file or folder of yours. The page goes to explore-NAME
    in the folder of the runs.
    """
    from vitral import report
    from vitral.lab.explore import data_recipe, write_exploration
    from vitral.lab.store import default_root
    from vitral.report.extras import require_extras

    require_extras()
    options = {} if label is None else {"label": int(label) if label.isdecimal() else label}
    data = data_recipe(dataset, test_path=test_path, **options)
    folder = default_root(out) / f"explore-{Path(data.dataset or str(data.path)).name}"
    record = write_exploration(data, folder)
    page = report.write_exploration(folder, lang)
    if as_json:
        echo_json(record)
    else:
        click.echo(_text(record, page, lang))


def _text(record: "Exploration", page: Path, lang: "Language") -> str:
    from vitral.report.numbers import Numbers

    numbers = Numbers(lang)
    sizes = f"{numbers.integer(record.train_size)} + {numbers.integer(record.test_size)}"
    verdict = click.wrap_text(record.verdict.text(lang), 78, initial_indent="  ", subsequent_indent="  ")
    rows = [
        (say("images", lang), f"{sizes}, {' x '.join(map(str, record.image_shape))}"),
        (say("classes", lang), str(len(record.classes))),
        (say("constant_pixels", lang), numbers.integer(record.constant_pixels)),
        (say("outliers", lang), numbers.integer(record.outlier_count)),
        (say("duplicates", lang), numbers.integer(record.duplicates.across)),
        (say("page", lang), str(page)),
    ]
    return "\n".join(["", strong(record.title.text(lang)), "", verdict, "", block(rows), ""])
