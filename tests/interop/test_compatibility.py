"""The committed names are those of Keras, and the page is what they make of it today."""

import pytest

from tools.compatibility import compare, keras_names
from tools.compatibility.page import PAGE, page

keras = pytest.importorskip("keras")


def test_names_are_those_of_keras() -> None:
    collected = keras_names.collect()
    if collected["keras"] != compare.committed()["keras"]:
        pytest.skip(f"the names were read from Keras {compare.committed()['keras']}, this is {collected['keras']}")
    assert keras_names.text_of(collected) == keras_names.FILE.read_text("utf-8")


def test_page_is_up_to_date() -> None:
    assert page() == PAGE.read_text("utf-8"), "write it again: python -m tools.compatibility"
