"""Gradients are checked in float64, where central differences are good to about 1e-9."""

from collections.abc import Iterator

import pytest

import vitral.config


@pytest.fixture(autouse=True)
def _double_precision() -> Iterator[None]:
    vitral.config.set_floatx("float64")
    yield
    vitral.config.set_floatx("float32")
