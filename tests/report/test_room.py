"""The room's door: optional packages are asked for, and not before they are needed."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from markupsafe import Markup

from vitral.errors import MissingExtraError, ShapeError
from vitral.report import write_report
from vitral.report.images import data_uri
from vitral.report.svg import COBALT, chart_style, inline_svg, new_figure


@pytest.mark.parametrize(("module", "package"), [("matplotlib", "matplotlib"), ("jinja2", "jinja2"), ("PIL", "pillow")])
def test_missing_package(monkeypatch: pytest.MonkeyPatch, module: str, package: str) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr("vitral.report.extras.find_spec", lambda name: None if name == module else find(name))
    with pytest.raises(MissingExtraError, match=f'writing a report needs {package}.*pip install "vitral\\[lab\\]"'):
        write_report(Path("nowhere"))


def test_importing_the_room_imports_no_drawing_package() -> None:
    code = "import sys, vitral.report; print([m for m in ('matplotlib', 'jinja2', 'PIL') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_charts_take_their_colors_and_font_from_the_page() -> None:
    with chart_style():
        figure = new_figure(200, 100)
        axes = figure.add_axes((0.1, 0.1, 0.8, 0.8))
        axes.plot([0, 1], [0, 1], "o-", color=COBALT)
        axes.set_title("a < b & $c$")
        svg = inline_svg(figure, name="one", label='say "x"')
    assert isinstance(svg, Markup)
    assert "var(--cobalt)" in svg
    assert "var(--muted)" in svg
    assert "#0102" not in svg
    assert "#0101" not in svg
    assert "font-family" not in svg
    assert "DejaVu" not in svg
    assert "a &lt; b &amp; $c$" in svg
    assert svg.startswith('<svg viewBox="0 0 200 100" width="200" role="img" aria-label="say &#34;x&#34;">')


def test_images() -> None:
    assert data_uri(np.zeros((2, 2), np.uint8)).startswith("data:image/png;base64,")
    assert data_uri(np.array([[0.0, 0.5], [np.nan, 1.0]])) == data_uri(np.array([[0, 128], [0, 255]], np.uint8))
    assert data_uri(np.full((2, 2, 1), 7.0)) == data_uri(np.zeros((2, 2), np.uint8))
    with pytest.raises(ShapeError, match=r"received \(2, 2, 4\)"):
        data_uri(np.zeros((2, 2, 4), np.uint8))
