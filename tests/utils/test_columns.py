"""Batches of inputs, targets and weights; the values are those of Keras 3.15.1."""

from typing import Any

import pytest

import vitral as keras
from vitral import utils
from vitral.errors import ConfigError


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [((1,), 1), (([1],), ([1],)), (((1,),), ((1,),)), ((1, None, 2), 1), ((1, 2), (1, 2)), ((1, 2, 3), (1, 2, 3))],
)
def test_packing(arguments: tuple[Any, ...], expected: Any) -> None:
    assert utils.pack_x_y_sample_weight(*arguments) == expected


def test_unpacking() -> None:
    assert utils.unpack_x_y_sample_weight({"a": 1}) == ({"a": 1}, None, None)
    assert utils.unpack_x_y_sample_weight([1]) == (1, None, None)
    assert utils.unpack_x_y_sample_weight((1,)) == (1, None, None)
    assert utils.unpack_x_y_sample_weight((1, 2, 3)) == (1, 2, 3)
    with pytest.raises(ConfigError, match="the data has 4 parts; expected x"):
        utils.unpack_x_y_sample_weight((1, 2, 3, 4))


def test_symbolic_tensors_are_known() -> None:
    assert utils.is_keras_tensor(keras.Input((2,)))
    assert not utils.is_keras_tensor([keras.Input((2,))])
    assert not keras.backend.is_keras_tensor(1.0)
