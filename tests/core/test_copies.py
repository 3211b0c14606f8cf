"""Models that are copied or pickled go on to the same bits."""

import copy
import pickle
from collections.abc import Callable

import numpy as np
import pytest

import vitral
from vitral import activations, layers, optimizers
from vitral.core.arrays import own_dtype
from vitral.core.variable import Variable

X = np.random.default_rng(0).random((32, 6, 6, 1), np.float32)
Y = np.arange(32) % 3
COPIES = pytest.mark.parametrize(
    "duplicate", [copy.deepcopy, lambda thing: pickle.loads(pickle.dumps(thing))], ids=["deepcopy", "pickle"]
)


def trained(optimizer: object) -> vitral.Sequential:
    model = vitral.Sequential(
        [
            layers.Input((6, 6, 1)),
            layers.Conv2D(2, 3, activation="relu"),
            layers.BatchNormalization(),
            layers.Flatten(),
            layers.Dropout(0.2),
            layers.Dense(3, activation="softmax", kernel_regularizer="l2"),
        ]
    )
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])  # type: ignore[arg-type]
    model.fit(X, Y, epochs=2, verbose=0)
    return model


@COPIES
@pytest.mark.parametrize(
    "make",
    [lambda: optimizers.Adam(weight_decay=0.1, global_clipnorm=1.0), lambda: optimizers.SGD(0.1, momentum=0.9)],
)
def test_a_copy_trains_on_to_the_same_bits(
    duplicate: Callable[..., vitral.Sequential], make: Callable[[], object]
) -> None:
    model = trained(make())
    twin = duplicate(model)
    before = model.get_weights()
    twin.fit(X, Y, epochs=4, initial_epoch=2, verbose=0)
    np.testing.assert_array_equal(model.get_weights()[0], before[0])  # they share no memory
    model.fit(X, Y, epochs=4, initial_epoch=2, verbose=0)
    assert not np.array_equal(model.get_weights()[0], before[0])
    for own, other in zip(model.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_array_equal(own, other)


@COPIES
def test_an_exclusion_from_weight_decay_is_copied(duplicate: Callable[..., tuple[optimizers.SGD, Variable]]) -> None:
    weight = Variable(np.ones(1), name="weight")
    optimizer = optimizers.SGD(0.5, weight_decay=0.5)
    optimizer.exclude_from_weight_decay([weight])
    optimizer.build([weight])
    copied, its_weight = duplicate((optimizer, weight))
    copied.apply_gradients([(np.zeros(1), its_weight)])
    assert (its_weight.value.item(), weight.value.item()) == (1.0, 1.0)  # 1 - 0.5 * 0.5 if it decayed


@COPIES
def test_an_activation_stays_the_one_of_its_name(duplicate: Callable[..., object]) -> None:
    assert duplicate(activations.relu) is activations.relu
    assert duplicate(activations.softmax) is activations.softmax


def test_unpickled_weights_are_known_to_the_kernels() -> None:
    array = pickle.loads(pickle.dumps(np.ones(2, np.float32)))
    variable = pickle.loads(pickle.dumps(Variable(np.ones(2, np.float32), name="w")))
    assert variable.value.dtype is own_dtype(array).dtype is np.dtype(np.float32)


def test_a_gradient_is_not_copied() -> None:
    variable = Variable(np.ones(2), name="w")
    variable.add_grad(np.ones(2))
    assert copy.deepcopy(variable).grad is None
    assert variable.grad is not None
