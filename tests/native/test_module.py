"""What the kernels take."""

import pickle

import numpy as np

from vitral._native import memory_use
from vitral.ops.native import dense
from vitral.ops.native.fused import Affine
from vitral.ops.native.module import empty, float32, gradient


def test_arrays_from_a_pickle_are_as_good_as_others():
    x = pickle.loads(pickle.dumps(np.ones((2, 3), np.float32)))
    assert x.dtype is not np.dtype(np.float32)
    assert float32(x)
    assert gradient(x) is x
    y, cache = dense.dense(x, np.ones((3, 1), np.float32), None)
    assert type(cache) is Affine
    assert (y == 3).all()


def test_other_types_are_left_to_the_reference():
    assert float32(np.ones(2, np.float32), None)
    assert not float32(np.ones(2, np.float32), np.ones(2))
    assert not float32(np.ones(2, np.dtype(">f4")))


def test_empty_arrays_are_of_the_shape_and_type_that_are_asked_for():
    for shape, dtype, given in (
        ((2, 3), np.float32, {}),
        ([4], np.uint8, {"dtype": np.dtype(np.uint8)}),
        ((), "f", {}),
    ):
        array = empty(shape, **given)
        assert (array.shape, array.dtype) == (tuple(shape), np.dtype(dtype))
        assert array.flags.writeable
        assert array.flags.c_contiguous


def test_empty_arrays_come_from_the_pool_and_go_back_with_their_last_view():
    before = memory_use()[0]
    view = empty((1000, 1000))[10:]
    assert memory_use()[0] - before >= 4_000_000
    del view
    assert memory_use()[0] == before
