"""Keras, on the backend that KERAS_BACKEND names."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import keras

from benchmarks.data import Array, batches
from benchmarks.peers.keras_like import build, on_batches, parameters, whole_fit
from benchmarks.peers.task import Task, Way
from benchmarks.workloads import Workload


def prepare(workload: Workload) -> Task:
    """`train_on_batch` and `fit`, or a call of the model and `predict_on_batch`; compiled where Keras does so."""
    model = build(keras, workload)
    if workload.kind == "fit":
        return Task(parameters(model), {"fit": whole_fit(model, workload)})
    if workload.kind == "train":
        data = batches(workload)
        return Task(parameters(model), {"train_on_batch": on_batches(model, data), "fit": _by_fit(model, data)})
    return Task(
        parameters(model),
        {
            "model(x)": _each(lambda x: keras.ops.convert_to_numpy(model(x, training=False)), workload),
            "predict_on_batch": _each(model.predict_on_batch, workload),
        },
    )


def _by_fit(model: Any, data: Sequence[tuple[Array, Array]]) -> Way:
    def endless() -> Iterator[tuple[Array, Array]]:
        while True:
            yield from data

    return lambda steps: model.fit(endless(), steps_per_epoch=steps, epochs=1, shuffle=False, verbose=0)


def _each(call: Callable[[Array], Array], workload: Workload) -> Way:
    inputs = [x for x, _ in batches(workload)]
    return lambda steps: [call(inputs[step % len(inputs)]) for step in range(steps)]
