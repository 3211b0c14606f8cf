"""What the kernels take."""

import pickle

import numpy as np

from vitral.ops.native import dense
from vitral.ops.native.fused import Affine
from vitral.ops.native.module import float32, gradient


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
