"""Keras' interface, which Vitral has too: one script for both."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks.data import Array, images
from benchmarks.peers.task import Way
from benchmarks.workloads import Conv, Dense, Flatten, Layer, Net, Norm, Pool, Workload


def build(keras: Any, workload: Workload) -> Any:
    """A compiled model; one that is to be fitted scales its bytes itself."""
    net = workload.net
    model = keras.Sequential([keras.layers.Input(shape=net.input_shape)])
    if workload.kind == "fit":
        model.add(keras.layers.Rescaling(1 / 255))
    for layer in net.layers:
        for part in _layers(keras.layers, layer):
            model.add(part)
    model.compile(optimizer=_optimizer(keras.optimizers, net), loss=_loss(keras.losses, net))
    return model


def parameters(model: Any) -> int:
    """Trained values of a model."""
    return sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)


def on_batches(model: Any, data: Sequence[tuple[Array, Array]]) -> Way:
    """Training by `train_on_batch` on these batches in turn."""

    def run(steps: int) -> None:
        for step in range(steps):
            model.train_on_batch(*data[step % len(data)])

    return run


def whole_fit(model: Any, workload: Workload) -> Way:
    """Training by `fit` from bytes in memory."""
    x, y = images(workload)

    def run(fits: int) -> None:
        for _ in range(fits):
            model.fit(x, y, batch_size=workload.batch, epochs=workload.epochs, verbose=0)

    return run


def _layers(layers: Any, layer: Layer) -> list[Any]:
    match layer:
        case Conv():
            return [
                layers.Conv2D(
                    layer.filters,
                    layer.kernel,
                    strides=layer.stride,
                    padding=layer.padding,
                    activation=layer.activation,
                    use_bias=layer.bias,
                )
            ]
        case Pool():
            return [layers.MaxPooling2D(layer.size)]
        case Norm():
            return [layers.BatchNormalization(momentum=0.99, epsilon=0.001), layers.ReLU()]
        case Flatten():
            return [layers.Flatten()]
        case Dense():
            return [layers.Dense(layer.units, activation=layer.activation)]


def _optimizer(optimizers: Any, net: Net) -> Any:
    if net.optimizer == "adam":
        return optimizers.Adam(net.learning_rate)
    return optimizers.SGD(net.learning_rate, momentum=net.momentum, nesterov=net.momentum > 0)


def _loss(losses: Any, net: Net) -> Any:
    if net.output.activation == "sigmoid":
        return losses.BinaryCrossentropy()
    return losses.SparseCategoricalCrossentropy(from_logits=net.output.activation == "linear")
