"""Random choices by the kernels: bit by bit those of NumPy's generator."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("vitral._native", reason="the kernels were not compiled")

from tests.native.common import assert_same_for_any_number_of_threads
from vitral.core.rng import generator
from vitral.ops.native import random as native
from vitral.ops.reference import random as reference


@settings(max_examples=100, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.lists(st.integers(0, 40), max_size=3),
    st.one_of(st.floats(0, 1, exclude_max=True), st.sampled_from([0.0, 0.1, 0.5, 1 - 2**-24, 2**-24, 2**-25])),
)
def test_agrees_with_the_reference(seed, shape, rate) -> None:
    found = native.keep_mask(generator(seed, 1), shape=shape, rate=rate)
    expected = reference.keep_mask(generator(seed, 1), shape=shape, rate=rate)
    assert found.dtype == np.bool_
    np.testing.assert_array_equal(found, expected)


def test_long_ones_agree_and_do_not_depend_on_threads() -> None:
    def compute():
        return (native.keep_mask(generator(3), shape=(100_003,), rate=0.3),)

    assert_same_for_any_number_of_threads(compute)
    np.testing.assert_array_equal(compute()[0], generator(3).random(100_003, np.float32) >= 0.3)


def test_other_and_used_generators_go_to_the_reference() -> None:
    found = native.keep_mask(np.random.default_rng(1), shape=(50,), rate=0.5)
    np.testing.assert_array_equal(found, np.random.default_rng(1).random(50, np.float32) >= 0.5)
    used, same = generator(3), generator(3)
    used.random(), same.random()
    found = native.keep_mask(used, shape=(50,), rate=0.5)
    np.testing.assert_array_equal(found, same.random(50, np.float32) >= 0.5)
