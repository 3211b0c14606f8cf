"""scikit-learn's MLPClassifier."""

import numpy as np
from sklearn.neural_network import MLPClassifier

from benchmarks.arithmetic import costs
from benchmarks.data import batches
from benchmarks.peers.task import Task
from benchmarks.workloads import Workload


def prepare(workload: Workload) -> Task:
    """`partial_fit` on single batches of float32, without its L2 penalty.

    Its binary cross-entropy is the sum over the outputs where the others take the mean; the rate makes up for it.
    """
    net = workload.net
    hidden = [cost.output_shape[0] for cost in costs(net)[:-1]]
    data = batches(workload)
    binary = net.output.activation == "sigmoid"
    network = MLPClassifier(
        hidden,
        activation="logistic" if binary else "relu",
        solver=net.optimizer,
        alpha=0.0,
        batch_size=workload.batch,
        learning_rate_init=net.learning_rate / (net.output.units if binary else 1),
        momentum=net.momentum,
        nesterovs_momentum=net.momentum > 0,
    )
    network.partial_fit(*data[0], classes=np.arange(net.output.units))

    def run(steps: int) -> None:
        for step in range(steps):
            network.partial_fit(*data[step % len(data)])

    count = sum(array.size for array in (*network.coefs_, *network.intercepts_))
    return Task(count, {"partial_fit": run})
