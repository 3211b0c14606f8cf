"""`vitral bench`: Vitral beside other libraries, on this machine."""

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from vitral.cli.output import note, strong, table

_PARTS = ("lines", "page", "record", "session")
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option("--workloads", metavar="W1,W4", help="Which ones; all unless given. W3 means all that start with W3-.")
@click.option("--peers", metavar="torch,keras-jax", help="Which ones; all unless given. Vitral always takes part.")
@click.option("--repetitions", type=click.IntRange(min=1), help="Rounds: 15, or 2 for a smoke run.")
@click.option("--smoke", is_flag=True, help="Only see that everything works: the times mean nothing.")
@click.option("--threads", type=click.IntRange(min=1), help="For everybody; all usable cores unless given.")
@click.option("--json", "json_file", type=_FILE, help="Write every raw time to this file.")
@click.option("--markdown", "markdown_file", type=_FILE, help="Write a page to this file.")
def bench(
    workloads: str | None,
    peers: str | None,
    repetitions: int | None,
    smoke: bool,
    threads: int | None,
    json_file: Path | None,
    markdown_file: Path | None,
) -> None:
    """Train and predict here and in other libraries, in turn.

    Needs a checkout of Vitral. VITRAL_BENCH_PYTHON names the Python that has the other libraries, if it is not the
    one that runs this. What is not installed is left out by name.
    """
    _find_benchmarks()
    lines, page, records, session = (import_module(f"benchmarks.{name}") for name in _PARTS)
    plan = session.Plan.of(workloads, peers, repetitions, smoke, threads)

    def show(title: str, found: Any) -> None:
        click.echo(strong(title))
        click.echo(table(found.header, found.rows, numeric=found.numeric))
        click.echo()

    # Files are written as the run goes on: what is measured is kept, and a wrong path is noticed at once.
    for record in session.run(plan, note):
        if json_file is not None:
            records.write(record, json_file)
        if markdown_file is not None:
            page.write(record, markdown_file)
        show(*lines.newest(record))
    show("Images/s of Vitral and of the best peer", lines.summary_table(record))
    for left_out in record.left_out:
        click.echo(left_out.text())


def _find_benchmarks() -> None:
    """Make the package `benchmarks` importable: from the current folder, or from the checkout in which Vitral lies."""
    for root in (Path.cwd(), Path(__file__).parents[3]):
        if (root / "benchmarks" / "session.py").is_file() and (root / "src" / "vitral").is_dir():
            if str(root) not in sys.path:
                sys.path.insert(0, str(root))
            return
    raise click.UsageError(
        f"the benchmarks are not part of an installed Vitral, and there is no folder benchmarks/ in {Path.cwd()}: "
        "run `vitral bench` in the root of a checkout"
    )
