"""A model may change between two steps: the next step must see it as a new model with the same weights does."""

from collections.abc import Callable

import numpy as np
import pytest

from vitral import Model, Sequential, layers, losses, optimizers, regularizers
from vitral.layers import Layer

X = np.cos(np.arange(8 * 36)).reshape(8, 6, 6, 1).astype("float32")
Y = np.arange(8) % 3


def parts() -> list[Layer]:
    return [
        layers.Conv2D(3, 3, activation="relu", name="conv"),
        layers.MaxPooling2D(name="pool"),
        layers.Flatten(name="flatten"),
        layers.Dense(4, activation="sigmoid", name="hidden"),
        layers.Dense(3, activation="softmax", name="scores"),
    ]


def compiled(model: Model) -> Model:
    model.compile(optimizers.SGD(0.5), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def stacked() -> Model:
    return compiled(Sequential([layers.Input((6, 6, 1)), *parts()]))


def nested() -> Model:
    conv, pool, *rest = parts()
    return compiled(Sequential([layers.Input((6, 6, 1)), Sequential([conv, pool]), *rest]))


def find(model: Model, name: str) -> Layer:
    """A layer of the model or of one inside it."""
    for one in model.layers:
        if one.name == name:
            return one
        if isinstance(one, Model) and any(inner.name == name for inner in one.layers):
            return find(one, name)
    raise KeyError(name)


def freeze_first(model: Model) -> None:
    find(model, "conv").trainable = False


def freeze_a_variable(model: Model) -> None:
    find(model, "hidden").kernel.trainable = False


def freeze_all_but_the_last(model: Model) -> None:
    for one in model.layers[:-1]:
        one.trainable = False


def penalize_a_kernel(model: Model) -> None:
    find(model, "hidden").kernel.regularizer = regularizers.L2(0.1)


def penalize_an_output(model: Model) -> None:
    find(model, "conv").activity_regularizer = regularizers.L2(0.1)


def penalize_the_last_output(model: Model) -> None:
    model.layers[-1].activity_regularizer = regularizers.L2(0.1)


def leave_the_activation_out(model: Model) -> None:
    from vitral import activations

    model.layers[-1].activation = activations.get("linear")
    model.compile(optimizers.SGD(0.5), losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])


def other_hidden_activation(model: Model) -> None:
    from vitral import activations

    find(model, "hidden").activation = activations.get("relu")


def other_windows(model: Model) -> None:
    find(model, "pool").pool_size = (1, 1)
    find(model, "pool").strides = (2, 2)


CHANGES: list[Callable[[Model], None]] = [
    freeze_first,
    freeze_a_variable,
    freeze_all_but_the_last,
    penalize_a_kernel,
    penalize_an_output,
    penalize_the_last_output,
    leave_the_activation_out,
    other_hidden_activation,
    other_windows,
]


@pytest.mark.parametrize("make", [stacked, nested])
@pytest.mark.parametrize("change", CHANGES)
def test_a_step_after_a_change_is_that_of_a_model_made_so(make: Callable[[], Model], change: Callable) -> None:
    model, fresh = make(), make()
    model.fit(X, Y, batch_size=4, epochs=2, shuffle=False, verbose=0)
    model.evaluate(X, Y, verbose=0)
    fresh.set_weights(model.get_weights())
    before = model.get_weights()
    change(model)
    change(fresh)
    assert model.train_on_batch(X, Y) == fresh.train_on_batch(X, Y)
    np.testing.assert_array_equal(model.predict(X, verbose=0), fresh.predict(X, verbose=0))
    for one, other in zip(model.get_weights(), fresh.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    moved = {v.path for v, old in zip(model.weights, before, strict=True) if not np.array_equal(v.value, old)}
    assert moved == {variable.path for variable in model.trainable_weights}


@pytest.mark.parametrize("make", [stacked, nested])
@pytest.mark.parametrize("change", [freeze_first, freeze_a_variable, penalize_a_kernel, penalize_an_output])
def test_a_change_that_is_taken_back_leaves_no_trace(make: Callable[[], Model], change: Callable) -> None:
    model, plain = make(), make()
    plain.set_weights(model.get_weights())
    change(model)
    model.fit(X, Y, batch_size=4, epochs=1, verbose=0)
    model.set_weights(plain.get_weights())
    for one in model.layers:
        one.trainable = True
    for name in ("conv", "hidden"):
        find(model, name).activity_regularizer = find(model, name).kernel.regularizer = None
        find(model, name).kernel.trainable = True
    for both in (model, plain):
        compiled(both).fit(X, Y, batch_size=4, epochs=2, shuffle=False, verbose=0)
    for one, other in zip(model.get_weights(), plain.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_model_may_grow_and_shrink_between_steps() -> None:
    model = stacked()
    model.train_on_batch(X, Y)
    scores = model.pop()
    model.add(layers.Dense(4, activation="relu", name="more"))
    model.add(scores)
    compiled(model)
    grown = compiled(
        Sequential([layers.Input((6, 6, 1)), *parts()[:-1], layers.Dense(4, activation="relu"), parts()[-1]])
    )
    grown.set_weights(model.get_weights())
    for both in (model, grown):
        both.train_on_batch(X, Y)
    for one, other in zip(model.get_weights(), grown.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_callback_may_freeze_a_layer_in_the_middle_of_an_epoch() -> None:
    from vitral.callbacks import LambdaCallback

    model = stacked()
    kernels = []

    def freeze(batch: int, logs: object) -> None:
        find(model, "conv").trainable = batch < 1
        kernels.append(find(model, "conv").kernel.numpy())

    model.fit(X, Y, batch_size=2, verbose=0, callbacks=[LambdaCallback(on_train_batch_end=freeze)])
    assert not np.array_equal(kernels[0], kernels[1])
    np.testing.assert_array_equal(kernels[1], kernels[3])
