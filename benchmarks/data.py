"""Made-up images and labels: noise, since the time of a step does not depend on what is on the pictures."""

from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.workloads import Workload

Array = npt.NDArray[Any]


def batches(workload: Workload) -> list[tuple[Array, Array]]:
    """Different batches (x, y), to be taken in turn.

    x (batch, ...) float32 from 0 to 1, images channels-last; y (batch,) int64, or (batch, classes) float32 one-hot
    where the loss is binary cross-entropy.
    """
    random = np.random.default_rng(0)
    net = workload.net
    found = []
    for _ in range(workload.batches):
        x = random.random((workload.batch, *net.input_shape), dtype=np.float32)
        y: Array = random.integers(0, net.output.units, workload.batch)
        if net.output.activation == "sigmoid":
            y = np.eye(net.output.units, dtype=np.float32)[y]
        found.append((x, y))
    return found


def images(workload: Workload) -> tuple[Array, Array]:
    """The data of a fit: x (images, height, width, channels) uint8 from 0 to 255, y (images,) int64."""
    random = np.random.default_rng(0)
    x = random.integers(0, 256, (workload.images, *workload.net.input_shape), dtype=np.uint8)
    return x, random.integers(0, workload.net.output.units, workload.images)
