"""Numbers in both languages."""

import math

import pytest

from vitral.report.numbers import Numbers

EN, ES = Numbers("en"), Numbers("es")
THIN = "\u202f"


def test_integers() -> None:
    assert [EN.integer(n) for n in (0, 999, 1290, 119_040)] == ["0", "999", "1,290", "119,040"]
    assert [ES.integer(n) for n in (1290, 18_496, 1_625_866)] == ["1290", f"18{THIN}496", f"1{THIN}625{THIN}866"]
    assert EN.integer(None) == "–"


def test_decimals() -> None:
    assert (EN.decimal(-0.5, 1), ES.decimal(12_345.678, 2)) == ("−0.5", f"12{THIN}345,68")
    assert (EN.decimal(-0.0001, 2), EN.decimal(0.999, 2)) == ("0.00", "1.00")
    assert (EN.decimal(math.nan), ES.decimal(-math.inf), EN.decimal(None)) == ("NaN", "−∞", "–")


def test_percentages() -> None:
    assert (EN.percent(0.7124), ES.percent(0.7124), ES.percent(1.0, 0)) == ("71.24%", "71,24\u00a0%", "100\u00a0%")
    assert EN.percent(math.nan) == "NaN"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0, "0 ms"), (0.9999, "1.0 s"), (59.94, "59.9 s"), (59.96, "1 min"), (152, "2 min 32 s"), (3600, "1 h")],
)
def test_durations(seconds: float, text: str) -> None:
    assert EN.duration(seconds).replace("\u00a0", " ") == text


def test_quantities_keep_their_unit() -> None:
    assert (EN.quantity(0.0082, ""), EN.quantity(119_040.0, ""), EN.quantity(None, "%")) == ("0.0082", "119,040", "–")
    assert ES.quantity(88.27, "%") == "88,27\u00a0%"


def test_memory() -> None:
    assert (EN.memory(640_000), ES.memory(1_480_000_000), EN.memory(None)) == ("640\u00a0kB", "1,48\u00a0GB", "–")
