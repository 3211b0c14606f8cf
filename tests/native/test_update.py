"""Updates of the kernels against the reference in double precision."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("vitral._native", reason="the kernels were not compiled")

from tests.native.common import threads
from tests.native.compare import assert_same_bits_on_any_threads, in_double
from vitral.errors import ShapeError
from vitral.ops.native import update as native
from vitral.ops.reference import update as reference
from vitral.typing import Array

RMS = {"learning_rate": 0.01, "rho": 0.9, "momentum": 0.5, "epsilon": 1e-7}
ADAM = {"step": 3, "learning_rate": 0.01, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7}
# Name, the arguments behind the variable (None: not kept), options.
CASES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "weight decay": ("weight_decay_update", "", {"rate": 0.01}),
    "sgd": ("sgd_update", "g", {"learning_rate": 0.1}),
    "momentum": ("momentum_update", "g s", {"learning_rate": 0.1, "momentum": 0.9, "nesterov": False}),
    "nesterov": ("momentum_update", "g s", {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True}),
    "adagrad": ("adagrad_update", "g +", {"learning_rate": 0.01, "epsilon": 1e-7}),
    "rmsprop": ("rmsprop_update", "g + None None", RMS),
    "rmsprop with momentum": ("rmsprop_update", "g + s None", RMS),
    "rmsprop centered": ("rmsprop_update", "g + None small", RMS),
    "rmsprop with both": ("rmsprop_update", "g + s small", RMS),
    "adadelta": ("adadelta_update", "g + +", {"learning_rate": 0.5, "rho": 0.95, "epsilon": 1e-7}),
    "adam": ("adam_update", "g s + None", ADAM),
    "amsgrad": ("adam_update", "g s + +", ADAM),
}


def arrays(kinds: str, shape: tuple[int, ...], seed: int) -> list[Array | None]:
    """A variable and what is behind it: g and s of either sign, + above 0, small ones whose square is below that."""
    random = np.random.default_rng(seed)
    made: list[Array | None] = [random.normal(size=shape).astype(np.float32)]
    for kind in kinds.split():
        sign = random.normal(size=shape)
        values = {"g": sign, "s": sign, "+": random.uniform(0.5, 2, shape), "small": sign.clip(-1, 1) / 2}
        made.append(None if kind == "None" else values[kind].astype(np.float32))
    return made


def updated(module: Any, name: str, arguments: list[Array | None], options: dict[str, Any]) -> list[Array]:
    """The variable, the gradient and the state after a step on copies of them."""
    copies = [None if array is None else array.copy() for array in arguments]
    getattr(module, name)(*copies, **options)
    return [array for array in copies if array is not None]


@given(st.sampled_from(sorted(CASES)), st.lists(st.integers(1, 12), min_size=1, max_size=3), st.integers(0, 2**32))
@settings(max_examples=200, deadline=None)
def test_agrees_with_the_reference(case: str, shape: list[int], seed: int) -> None:
    """Every array within 4 roundings of the largest number that went into it."""
    name, kinds, options = CASES[case]
    arguments = arrays(kinds, tuple(shape), seed)
    exact = updated(reference, name, in_double(arguments), options)
    largest = max(float(np.abs(array).max()) for array in (*arguments, *exact) if array is not None)
    for one, two in zip(updated(native, name, arguments, options), exact, strict=True):
        assert one.dtype == np.float32
        np.testing.assert_allclose(one, two, rtol=0, atol=4 * 2.0**-24 * max(1, largest))


@pytest.mark.parametrize("case", CASES)
def test_many_values(case: str) -> None:
    """More than one block, and a rest."""
    name, kinds, options = CASES[case]
    arguments = arrays(kinds, (3, 16391), 0)
    exact = updated(reference, name, in_double(arguments), options)
    for one, two in zip(updated(native, name, arguments, options), exact, strict=True):
        np.testing.assert_allclose(one, two, rtol=0, atol=1e-6)


@pytest.mark.parametrize("case", [case for case in CASES if case != "weight decay"])
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_gradient_that_is_no_number_reaches_its_own_value_only(case: str, bad: float) -> None:
    name, kinds, options = CASES[case]
    arguments = arrays(kinds, (20,), 0)
    assert arguments[1] is not None
    arguments[1][3] = bad
    variable = updated(native, name, arguments, options)[0]
    with np.errstate(invalid="ignore"):
        expected = updated(reference, name, arguments, options)[0]
    np.testing.assert_array_equal(np.isnan(variable), np.isnan(expected))
    assert np.isfinite(np.delete(variable, 3)).all()


@pytest.mark.parametrize("case", CASES)
def test_gradients_of_any_size(case: str) -> None:
    name, kinds, options = CASES[case]
    for scale in (0.0, 1e-44, 1e-22, 1e4, 1e18):
        arguments = arrays(kinds, (50,), 0)
        if len(arguments) > 1:
            assert arguments[1] is not None
            arguments[1] *= np.float32(scale)
        results = updated(native, name, arguments, options)
        for one, two in zip(results, updated(reference, name, in_double(arguments), options), strict=True):
            np.testing.assert_allclose(one, two, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("module", [native, reference])
@pytest.mark.parametrize("case", CASES)
def test_a_list_of_variables_moves_as_each_by_itself(case: str, module: Any) -> None:
    """In particular one that fills a block, those that share the next, and one that is spread over several."""
    name, kinds, options = CASES[case]
    shapes = [(64, 256), (3,), (1, 1), (40_001,), (64,)]
    variables = [arrays(kinds, shape, seed) for seed, shape in enumerate(shapes)]
    expected = [updated(module, name, arguments, options) for arguments in variables]
    getattr(module, name)(
        *(None if many[0] is None else list(many) for many in zip(*variables, strict=True)), **options
    )
    for arguments, alone in zip(variables, expected, strict=True):
        for one, two in zip((array for array in arguments if array is not None), alone, strict=True):
            np.testing.assert_array_equal(one, two)


def test_a_list_with_a_variable_in_double_precision_is_updated() -> None:
    single, double = np.ones(3, np.float32), np.ones(2)
    native.sgd_update([single, double], [single.copy(), double.copy()], learning_rate=0.25)
    np.testing.assert_array_equal(np.concatenate([single, double]), np.full(5, 0.75))


def test_lists_of_unequal_length_are_refused() -> None:
    one, two = np.zeros(3, np.float32), np.zeros(3, np.float32)
    with pytest.raises(ShapeError, match="gradient has 1 arrays; expected 2, one for each variable"):
        native.sgd_update([one, two], [one], learning_rate=0.1)


@pytest.mark.parametrize("case", CASES)
def test_double_precision_is_the_reference(case: str) -> None:
    name, kinds, options = CASES[case]
    arguments = in_double(arrays(kinds, (5, 7), 0))
    expected = updated(reference, name, arguments, options)
    for one, two in zip(updated(native, name, arguments, options), expected, strict=True):
        np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("case", [case for case in CASES if case != "weight decay"])
def test_a_gradient_need_not_lie_in_a_row(case: str) -> None:
    name, kinds, options = CASES[case]
    arguments = arrays(kinds, (6, 10), 0)
    expected = updated(native, name, arguments, options)
    assert arguments[1] is not None
    scattered = np.zeros((10, 12), np.float32)
    scattered[:, ::2] = arguments[1].T
    copies = [None if array is None else array.copy() for array in arguments]
    copies[1] = scattered[:, ::2].T
    getattr(native, name)(*copies, **options)
    np.testing.assert_array_equal(copies[0], expected[0])


@pytest.mark.parametrize("case", [case for case in CASES if case != "weight decay"])
def test_arrays_of_other_sizes_are_refused(case: str) -> None:
    name, kinds, options = CASES[case]
    arguments = arrays(kinds, (6,), 0)
    for index in range(1, len(arguments)):
        if arguments[index] is None:
            continue
        wrong = list(arguments)
        wrong[index] = np.zeros(7, np.float32)
        with pytest.raises(ShapeError, match=r"has the shape \(7,\), 7 values; expected 6"):
            getattr(native, name)(*wrong, **options)


@pytest.mark.parametrize("case", CASES)
def test_the_number_of_threads_changes_no_bit(case: str) -> None:
    name, kinds, options = CASES[case]
    arguments = arrays(kinds, (300_007,), 0)
    assert_same_bits_on_any_threads(lambda: updated(native, name, arguments, options))


def test_the_number_of_threads_changes_no_bit_of_several_variables() -> None:
    sizes = (100_001, 17, 1, 90_000, 300)
    values, gradients, velocities = (
        [np.random.default_rng(seed).normal(size=size).astype(np.float32) for size in sizes] for seed in range(3)
    )

    def moved() -> list[Array]:
        copies, states = [value.copy() for value in values], [value.copy() for value in velocities]
        native.momentum_update(copies, gradients, states, learning_rate=0.1, momentum=0.9, nesterov=True)
        return copies + states

    assert_same_bits_on_any_threads(moved)


@pytest.mark.parametrize("size", [5, 1 << 20])
def test_a_momentum_that_fades_never_becomes_a_subnormal_number(size):
    # Such numbers made a step take twice as long after 700 steps. 1.3e-38 is normal, 0.9 of it is not.
    variable, gradient, m, v = (np.full(size, value, np.float32) for value in (1, 0, 1.3e-38, 1))
    with threads(2):
        native.adam_update(variable, gradient, m, v, None, **ADAM)
    assert np.all((m == 0) | (m >= np.finfo(np.float32).tiny))
    assert np.float32(1.3e-38) * np.float32(0.9) > 0, "outside the kernels the mode stays as it was"
