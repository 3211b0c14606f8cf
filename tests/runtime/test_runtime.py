"""Threads, memory and instruction sets of the kernels, seen from a training."""

import gc
import os
import subprocess
import sys
import threading

import numpy as np
import pytest

pytest.importorskip("vitral._native", reason="the kernels are not compiled")


import vitral
from tests.native.common import threads
from vitral import _native, layers

_ISAS = ["baseline", "avx2", "avx512"]


def _data():
    from sklearn.datasets import load_digits

    digits = load_digits()
    return (digits.images[:700, :, :, np.newaxis] / 16).astype(np.float32), digits.target[:700]


def _model(seed=3):
    vitral.set_seed(seed)
    model = vitral.Sequential(
        [
            layers.Input((8, 8, 1)),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(16, 3, use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Flatten(),
            layers.Dropout(0.2, seed=1),
            layers.Dense(32, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def _trained(epochs=2, batch_size=64):
    x, y = _data()
    model = _model()
    history = model.fit(x, y, epochs=epochs, batch_size=batch_size, verbose=0)
    return model.get_weights(), history.history


def _bits(weights):
    return [weight.tobytes() for weight in weights]


def test_a_training_has_the_same_bits_for_any_number_of_threads():
    with threads(1):
        expected = _bits(_trained()[0])
    for count in (2, 3, 8):
        with threads(count):
            assert _bits(_trained()[0]) == expected, f"{count} threads"


def _in_process(program, **environment):
    return subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


_TRAIN = "from tests.runtime.test_runtime import _trained; w, h = _trained(3); print(*h['loss'], h['accuracy'][-1])"


def test_a_training_agrees_with_the_reference_under_every_instruction_set():
    """Rounding differs, and Adam magnifies it: the losses of three epochs agree to 0.5 %."""
    expected = np.array(_in_process(_TRAIN, VITRAL_BACKEND="reference").stdout.split(), float)
    assert expected[-1] > 0.7
    for isa in _ISAS:
        result = _in_process(_TRAIN, VITRAL_ISA=isa)
        if "as far as this processor has it" in result.stderr:
            continue
        np.testing.assert_allclose(np.array(result.stdout.split(), float)[:3], expected[:3], rtol=5e-3, err_msg=isa)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("VITRAL_ISA", "mmx", "VITRAL_ISA is 'mmx'; expected 'baseline', 'avx2' or 'avx512'"),
        ("VITRAL_BACKEND", "gpu", "VITRAL_BACKEND is 'gpu'; expected 'native' or 'reference'"),
        ("VITRAL_NUM_THREADS", "many", "VITRAL_NUM_THREADS is 'many'; expected a whole number from 1 on"),
    ],
)
def test_settings_that_cannot_be_met_are_named(name, value, message):
    program = "import numpy as np; from vitral import ops; ops.relu(np.zeros((1, 1), np.float32))"
    result = _in_process(program, **{name: value})
    assert result.returncode == 1
    assert message in result.stderr


def test_the_number_of_threads_is_taken_from_the_environment():
    program = "from vitral import ops, _native; ops.relu.backend; print(_native.threads())"
    assert _in_process(program, VITRAL_NUM_THREADS="3").stdout.strip() == "3"


def test_set_num_threads():
    with threads(2):
        vitral.set_num_threads(5)
        assert _native.threads() == 5
    with pytest.raises(vitral.errors.ConfigError, match="the number of threads is 0; expected a whole number from 1"):
        vitral.set_num_threads(0)


def test_steady_training_asks_the_system_for_no_memory():
    x, y = _data()
    model = _model()
    # With more threads, how many work areas are in use at once varies, up to the number of threads.
    gc.collect()
    vitral.clear_cache()
    with threads(1):
        model.fit(x, y, epochs=2, batch_size=64, verbose=0)
        before = _native.memory_use()[2]
        model.fit(x, y, epochs=3, batch_size=64, verbose=0)
        assert _native.memory_use()[2] == before


def test_the_cache_can_be_cleared_while_arrays_live():
    y = vitral.ops.relu(np.full((64, 1000), 2, np.float32))[0]
    vitral.clear_cache()
    in_use, cached, _ = _native.memory_use()
    assert cached == 0
    assert in_use >= y.nbytes
    assert (y == 2).all()
    del y
    assert _native.memory_use()[1] > 0


def test_clearing_the_cache_forgets_what_was_made_of_weights():
    """A transformed kernel has 36 values for each channel and filter."""
    image, kernel = np.ones((1, 12, 12, 32), np.float32), np.ones((3, 3, 32, 48), np.float32)
    vitral.ops.conv2d(image, kernel, None, padding="same")
    before = _native.memory_use()[0]
    vitral.clear_cache()
    assert before - _native.memory_use()[0] >= 36 * 32 * 48 * 4


def test_two_models_can_be_trained_in_two_threads_at_once():
    expected = _bits(_trained()[0])
    x, y = _data()
    models = [_model() for _ in range(2)]
    failed = []

    def train(model):
        try:
            # As _trained does: its seed for shuffling is the first that is drawn after the model's.
            model.fit(x, y, epochs=2, batch_size=64, verbose=0)
        except BaseException as error:
            failed.append(error)

    seeds = _shuffle_seed()
    for model in models:
        model.shuffle_seed = seeds
    with threads(2):
        workers = [threading.Thread(target=train, args=[model]) for model in models]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert not failed
    assert [_bits(model.get_weights()) for model in models] == [expected, expected]


def _shuffle_seed():
    x, y = _data()
    model = _model()
    model.fit(x[:64], y[:64], batch_size=32, verbose=0)
    return model.shuffle_seed


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_computes_too():
    program = """
import os, sys, warnings
import numpy as np
import vitral
from vitral import _native, ops
vitral.set_num_threads(3)
x, w = np.ones((512, 600), np.float32), np.ones((600, 512), np.float32)
assert (ops.dense(x, w, None)[0] == 600).all()
warnings.simplefilter("ignore")  # Python warns of forking with threads
child = os.fork()
if child == 0:
    os._exit(0 if all((ops.dense(x, w, None)[0] == 600).all() for _ in range(5)) else 1)
assert (ops.dense(x, w, None)[0] == 600).all()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    result = _in_process(program)
    assert result.returncode == 0, result.stderr


def test_batch_size_weights_and_trainable_flags_may_change_between_steps():
    """Nothing that a kernel prepared for one step may be used in another."""
    x, y = _data()
    model, other = _model(), _model()
    model.train_on_batch(x[:64], y[:64])
    model.predict(x[:5], verbose=0)
    model.set_weights(other.get_weights())
    np.testing.assert_array_equal(model.predict(x[:33], verbose=0), other.predict(x[:33], verbose=0))
    frozen = [model.layers[1].get_weights(), model.layers[3].get_weights()]
    model.layers[1].trainable = model.layers[3].trainable = False
    for size in (32, 7, 1):
        model.train_on_batch(x[:size], y[:size])
    for before, layer in zip(frozen, (model.layers[1], model.layers[3]), strict=True):
        for array, weight in zip(before, layer.get_weights(), strict=True):
            np.testing.assert_array_equal(array, weight)
    assert not np.array_equal(model.layers[0].get_weights()[0], other.layers[0].get_weights()[0])
