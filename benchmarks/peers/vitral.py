"""Vitral."""

from collections.abc import Callable

import numpy as np

import vitral
from benchmarks.data import Array, batches
from benchmarks.peers.keras_like import build, on_batches, parameters, whole_fit
from benchmarks.peers.task import Task, Way
from benchmarks.workloads import Workload


def prepare(workload: Workload) -> Task:
    """`train_on_batch` and `fit`, or a call of the model and `predict_on_batch`."""
    model = build(vitral, workload)
    if workload.kind == "fit":
        return Task(parameters(model), {"fit": whole_fit(model, workload)})
    if workload.kind == "train":
        # The batches are views of the whole, so that no data counts twice in the peak memory.
        x, y = (np.concatenate(part) for part in zip(*batches(workload), strict=True))
        data = list(zip(*(np.split(whole, workload.batches) for whole in (x, y)), strict=True))
        fit = _by_fit(model, x, y, workload.batch)
        return Task(parameters(model), {"train_on_batch": on_batches(model, data), "fit": fit})
    inputs = [x for x, _ in batches(workload)]

    def each(call: Callable[[Array], Array]) -> Way:
        return lambda steps: [call(inputs[step % len(inputs)]) for step in range(steps)]

    return Task(parameters(model), {"model(x)": each(model), "predict_on_batch": each(model.predict_on_batch)})


def _by_fit(model: vitral.Model, x: Array, y: Array, batch: int) -> Way:
    def fit(batches: int, epochs: int) -> None:
        rows = slice(batches * batch)
        model.fit(x[rows], y[rows], batch_size=batch, epochs=epochs, shuffle=False, verbose=0)

    def run(steps: int) -> None:
        epochs, rest = divmod(steps, len(x) // batch)
        if epochs:
            fit(len(x) // batch, epochs)
        if rest:
            fit(rest, 1)

    return run
