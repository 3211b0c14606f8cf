"""Gradients are checked in float64, where central differences are good to about 1e-9.

Weights are the same in every run: with others each time, now and then one lies where relu has its kink.
"""

from collections.abc import Iterator

import pytest

import vitral.config
from vitral import set_seed


@pytest.fixture(autouse=True)
def _double_precision() -> Iterator[None]:
    vitral.config.set_floatx("float64")
    set_seed(1)
    yield
    vitral.config.set_floatx("float32")
