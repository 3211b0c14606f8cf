"""Statistics of measured times, and how numbers are written."""

import pytest

from benchmarks.figures import median_of_ratios, ratio_of_bests, spread
from benchmarks.installed import required_names
from benchmarks.lines import number


def test_ratio_of_bests() -> None:
    assert ratio_of_bests([2.0, 1.0, 4.0], [3.0, 6.0, 2.5]) == 2.5


def test_median_of_ratios_compares_within_rounds() -> None:
    # The second round was slow for both: 3 / 1, 30 / 10, 2 / 2.
    assert median_of_ratios([1.0, 10.0, 2.0], [3.0, 30.0, 2.0]) == 3.0


def test_spread_is_the_distance_of_the_quartiles_in_medians() -> None:
    assert spread([10.0, 8.0, 12.0, 9.0, 11.0]) == pytest.approx((11 - 9) / 10)
    assert spread([3.0]) == 0.0


@pytest.mark.parametrize(
    ("value", "text"), [(0.01234, "0.0123"), (1.234, "1.23"), (12.34, "12.3"), (999.6, "1,000"), (12345.6, "12,346")]
)
def test_numbers_have_three_significant_digits(value: float, text: str) -> None:
    assert number(value) == text


def test_requirements_of_extras_are_not_counted() -> None:
    requirements = ["numpy>=2.0", "click (>=8)", 'torch; extra == "peers"', 'colorama; sys_platform == "win32"']
    assert required_names(requirements) == ["numpy", "click", "colorama"]
