"""The pages in docs say what the code does."""

import re
from pathlib import Path

import pytest

from vitral import config
from vitral.datasets.readers import READERS
from vitral.lab.check import check_recipe
from vitral.lab.loading import load_recipe
from vitral.lab.recipe import (
    DataRecipe,
    EvaluationRecipe,
    PublishedRecipe,
    Recipe,
    ReportRecipe,
    TrainingRecipe,
    VariantRecipe,
)

DOCS = Path(__file__).parents[2] / "docs"
TABLES = [Recipe, DataRecipe, TrainingRecipe, EvaluationRecipe, ReportRecipe, PublishedRecipe, VariantRecipe]


def blocks(page: str) -> list[str]:
    """The TOML blocks of a page."""
    return re.findall(r"```toml\n(.*?)```", (DOCS / page).read_text("utf-8"), re.DOTALL)


def test_first_recipe_of_the_page_can_be_run(tmp_path: Path) -> None:
    path = tmp_path / "my-digits.toml"
    path.write_text(blocks("recipes.md")[0], "utf-8")
    check_recipe(load_recipe(path))


def test_fragments_fit_into_that_recipe(tmp_path: Path) -> None:
    whole, *fragments = blocks("recipes.md")
    for number, fragment in enumerate(fragments):
        text = whole
        for table in re.findall(r"^\[(\w+)\]$", fragment, re.MULTILINE):
            text = re.sub(rf"^\[{table}\]\n(.+\n)*", "", text, flags=re.MULTILINE)
        path = tmp_path / f"{number}.toml"
        path.write_text(f"{text}\n{fragment}", "utf-8")
        check_recipe(load_recipe(path))


@pytest.mark.parametrize("table", TABLES)
def test_every_key_is_explained(table: type) -> None:
    page = (DOCS / "recipes.md").read_text("utf-8")
    keys = set(table.__struct_fields__) - {"variant"}  # type: ignore[attr-defined]
    assert [key for key in sorted(keys) if not re.search(rf"[`\[]{key}\b", page)] == []


def test_table_of_formats_is_complete() -> None:
    rows = re.findall(
        r"^\| (`[a-z`, -]+`) \|.*\| ([`a-z_, ]*) ?\|$", (DOCS / "data.md").read_text("utf-8"), re.MULTILINE
    )
    documented = {
        name: set(re.findall(r"\w+", options)) for names, options in rows for name in re.findall(r"`([\w-]+)`", names)
    }
    assert documented == {name: set(reader.__kwdefaults__ or {}) for name, reader in READERS.items()}


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_page_on_scikit_learn_runs() -> None:
    page = (DOCS / "scikit-learn.md").read_text("utf-8")
    program = "\n".join(re.findall(r"```python\n(.*?)```", page, re.DOTALL))
    exec(compile(program, "docs/scikit-learn.md", "exec"), {"__name__": "page"})


def test_page_on_files_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (program,) = re.findall(r"```python\n(.*?)```", (DOCS / "files.md").read_text("utf-8"), re.DOTALL)
    exec(compile(program, "docs/files.md", "exec"), {"__name__": "page"})
    assert (tmp_path / "small.keras").is_file()


def test_page_on_gradients_runs() -> None:
    page = (DOCS / "gradients.md").read_text("utf-8")
    program = "\n".join(re.findall(r"```python\n(.*?)```", page, re.DOTALL))
    try:
        exec(compile(program, "docs/gradients.md", "exec"), {"__name__": "page"})
    finally:
        config.set_floatx("float32")
