"""The Python in the README files runs as it stands."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def python_block(path: Path) -> str:
    """The only Python block of a page."""
    (block,) = re.findall(r"```python\n(.*?)```", path.read_text("utf-8"), re.DOTALL)
    return str(block)


def test_readme_block_runs_and_learns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(python_block(ROOT / "README.md"), names)
    model = names["model"]
    _, accuracy = model.evaluate(names["x_test"], names["y_test"], verbose=0)  # type: ignore[attr-defined]
    assert accuracy > 0.9
    assert (tmp_path / "digits.keras").is_file()


def test_block_has_about_ten_lines_and_is_the_same_in_spanish() -> None:
    block = python_block(ROOT / "README.md")
    assert len(block.strip().splitlines()) <= 11
    assert block == python_block(ROOT / "README.es.md")


@pytest.mark.parametrize(
    "page",
    [
        "README.md",
        "README.es.md",
        "CONTRIBUTING.md",
        *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")),
    ],
)
def test_links_lead_somewhere(page: str) -> None:
    path = ROOT / page
    targets = re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", path.read_text("utf-8"))
    assert [target for target in targets if not (path.parent / target).exists()] == []
