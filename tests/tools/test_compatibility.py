"""Which of Keras' public names Vitral has, and how the page of them is made."""

import fnmatch
from typing import Any

import pytest

from tools.compatibility import compare, keras_names
from tools.compatibility.compare import SCOPE, Name
from tools.compatibility.page import PAGE, by_room, is_class, reached, section, summary


def test_nearly_all_names_in_scope_are_there() -> None:
    in_modules = tuple(name for name in compare.names() if not is_class(name.room))
    there, in_scope = compare.coverage(in_modules)
    assert there / in_scope >= 0.95, [name.name for name in in_modules if name.state == "missing"]


def test_what_is_left_out_is_not_there() -> None:
    left_out = [name.name for name in compare.names() if name.state == "left out"]
    assert len(left_out) > 200
    for name in left_out:
        with pytest.raises(AttributeError):
            compare.find(name)


@pytest.mark.parametrize(
    "pattern",
    [pattern for group in SCOPE["left_out"] for pattern in group["names"]] + [*SCOPE["differs"], *SCOPE["instead"]],
)
def test_what_is_said_of_a_name_is_said_of_one_of_keras(pattern: str) -> None:
    assert fnmatch.filter(compare.committed()["names"], pattern)


def test_names_that_are_missing_are_found_missing() -> None:
    assert compare.compare("layers.Dense", {"units": None}).state == "has"
    assert compare.compare("layers.Dens", {"units": None}) == Name("layers.Dens", "missing")
    assert compare.compare("layers.Conv1D", {}).state == "left out"


def by_hand(x: Any, size: int = 1, mode: str = "valid") -> None: ...


class Base:
    def __init__(self, name: str | None = None) -> None: ...


class Derived(Base):
    def __init__(self, units: int, **options: Any) -> None: ...


def test_arguments_that_differ() -> None:
    assert compare.different_arguments({"x": None, "size": "1.0", "mode": '"valid"'}, by_hand) == []
    assert compare.different_arguments({"data": None, "size": "2", "seed": "None"}, by_hand) == [
        "`data` is called `x`",
        "no `seed`",
        "`size=1`, Keras `2`",
    ]


def test_arguments_that_reach_the_base_class_are_there() -> None:
    assert compare.different_arguments({"units": None, "name": "None"}, Derived) == []
    assert compare.different_arguments({"units": None, "lora_rank": "None", "other": "None"}, Derived) == ["no `other`"]


def test_arguments_as_they_would_be_typed() -> None:
    def of_keras(self: object, x: int, *, size: object = (1, 2.5), name: str = "a", **options: object) -> None: ...

    assert keras_names.arguments_of(of_keras) == {"x": None, "size": "(1, 2.5)", "name": '"a"'}


NAMES = (
    Name("layers.Dense", "has"),
    Name("layers.Conv2D", "differs", "no `x`"),
    Name("layers.Conv1D", "left out"),
    Name("layers.Other", "missing", "something else"),
    Name("Model.fit", "has"),
)


def test_counts_of_the_page() -> None:
    assert compare.coverage(NAMES) == (3, 4)
    assert summary(NAMES).splitlines()[2:] == [
        "| `keras.layers` | 3 | 2 | 1 | 1 |",
        "| `keras.Model` | 1 | 1 | 0 | 0 |",
    ]


def test_section_of_the_page() -> None:
    (room, group), _ = by_room(NAMES)
    assert section(room, group) == (
        "### `keras.layers`\n\nThere, as in Keras: `Dense`.\n\n| differs | how |\n|---|---|\n| `Conv2D` | no `x` |\n\n"
        "Missing: `Other` (something else).\n"
    )


def test_accuracies_of_the_page() -> None:
    assert reached([0.5]) == "50.0"
    assert reached([0.5, 0.75, 0.7]) == "65.0 (50.0 to 75.0)"


def test_the_page_is_of_these_names() -> None:
    text = PAGE.read_text("utf-8")
    assert f"public names of Keras {compare.committed()['keras']}" in text
    assert all(f"| {group['what']} |" in text for group in SCOPE["left_out"])
