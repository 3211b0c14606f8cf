"""From sections to one HTML file that needs nothing beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from vitral._files import atomic_write
from vitral.report.parts import Fact, Section
from vitral.report.texts import Texts
from vitral.report.texts.warnings import ModelRemark


@dataclass(frozen=True)
class Page:
    """Everything above the sections: title, what kind of page, a line of details, the key figures, banners."""

    kind: str
    title: str
    details: Sequence[str]
    key_figures: Sequence[Fact]
    sections: Sequence[Section]
    banners: Sequence[str] = ()
    warning_title: str = ""
    warnings: Sequence[ModelRemark] = ()
    """What is doubtful about the model."""
    failed: bool = False
    """Whether the banners tell of a failure."""


def write_page(page: Page, path: Path, texts: Texts) -> Path:
    """Render the page and put it in place in one step; texts are escaped unless they are Markup."""
    style = Markup((files("vitral.report") / "templates" / "style.css").read_text(encoding="utf-8"))
    template = _environment().get_template("page.html.j2")
    atomic_write(path, template.render(page=page, t=texts, style=style, version=version("vitral")))
    return path


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("vitral.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
