"""What is measured: networks, batch sizes and optimizers, in words that belong to no library."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

Activation = Literal["linear", "relu", "sigmoid", "softmax"]


@dataclass(frozen=True)
class Conv:
    """A square convolution with as many kernels as `filters`."""

    filters: int
    kernel: int = 3
    stride: int = 1
    padding: Literal["same", "valid"] = "same"
    activation: Activation = "relu"
    bias: bool = True


@dataclass(frozen=True)
class Pool:
    """Max-pooling of windows that do not overlap."""

    size: int = 2


@dataclass(frozen=True)
class Norm:
    """Batch normalization with a learned scale and offset, epsilon 0.001, momentum 0.99; then ReLU."""


@dataclass(frozen=True)
class Flatten:
    """An image becomes a row."""


@dataclass(frozen=True)
class Dense:
    """A fully connected layer."""

    units: int
    activation: Activation = "relu"


Layer: TypeAlias = Conv | Pool | Norm | Flatten | Dense


@dataclass(frozen=True)
class Net:
    """A network and its optimizer.

    Its last activation tells the loss: after a sigmoid binary cross-entropy, the mean over outputs and samples; else
    cross-entropy of class numbers, from logits where the last activation is linear. `momentum` is Nesterov's.
    """

    input_shape: tuple[int, ...]
    layers: tuple[Layer, ...]
    optimizer: Literal["sgd", "adam"] = "adam"
    learning_rate: float = 0.001
    momentum: float = 0.0

    @property
    def output(self) -> Dense:
        """The last layer."""
        last = self.layers[-1]
        assert isinstance(last, Dense), "every network here ends in a dense layer"
        return last

    @property
    def is_dense(self) -> bool:
        """Whether there are fully connected layers alone."""
        return all(isinstance(layer, Dense) for layer in self.layers)


@dataclass(frozen=True)
class Workload:
    """A network and what is done with it.

    "train": a step is forward, loss, backward and update on a fresh batch. "infer": a step is a forward pass, from a
    NumPy array to a NumPy array. "fit": a step is a whole `fit` of `images` images of bytes for `epochs` epochs,
    shuffling and scaling included.
    """

    name: str
    title: str
    net: Net
    batch: int
    kind: Literal["train", "infer", "fit"] = "train"
    batches: int = 8
    """How many different batches are taken in turn."""
    images: int = 0
    epochs: int = 0

    @property
    def images_per_step(self) -> int:
        """Images that go through the network in a step, every epoch counted."""
        return self.images * self.epochs if self.kind == "fit" else self.batch

    def smoke(self) -> "Workload":
        """The same with less to do where a single step is long: to see that everything works."""
        return replace(self, images=300, epochs=1) if self.kind == "fit" else self


def _dense(*units: int, activation: Activation, output: Activation) -> tuple[Dense, ...]:
    return (*(Dense(width, activation) for width in units[:-1]), Dense(units[-1], output))


def _block(filters: int) -> tuple[Layer, ...]:
    first, second = Conv(filters, activation="linear", bias=False), Conv(filters, activation="linear", bias=False)
    return (first, Pool(), Norm(), second, Norm())


_NET_1 = (Conv(32), Conv(64), Pool(), Flatten(), Dense(128), Dense(10, "softmax"))
_NET_2 = (Conv(32), Conv(64, stride=2), Flatten(), Dense(128), Dense(10, "softmax"))

L1 = Net((784,), _dense(300, 100, 10, activation="sigmoid", output="sigmoid"), "sgd", learning_rate=0.1)
L2 = Net(
    (28, 28, 1),
    (Conv(8, padding="valid"), Pool(), Flatten(), *_dense(128, 64, 32, 10, activation="relu", output="softmax")),
)
L3 = Net((784,), _dense(128, 64, 64, 32, 32, 10, activation="relu", output="softmax"), "sgd", learning_rate=0.01)
NET_1 = Net((28, 28, 1), _NET_1)
NET_1_COLOR = Net((32, 32, 3), _NET_1)
NET_2 = Net((28, 28, 1), _NET_2)
L5 = Net(
    (32, 32, 3),
    (
        *(Conv(32, padding="valid"), Pool(), Conv(64, padding="valid"), Pool(), Conv(64, padding="valid")),
        *(Flatten(), Dense(60), Dense(20, "linear")),
    ),
)
CIFAR_NORM = Net(
    (32, 32, 3),
    (
        Conv(24, kernel=2, padding="valid"),
        *(*_block(64), *_block(256), *_block(256)),
        *(Pool(3), Flatten(), Dense(10, "linear")),
    ),
    "sgd",
    learning_rate=0.01,
    momentum=0.9,
)
"""The layers of airbench94 (Jordan, "94% on CIFAR-10 in 3.29 seconds", 2024), with ReLU instead of GELU."""

WORKLOADS = (
    Workload("W1", "784-300-100-10 sigmoid, full batch 900, SGD", L1, 900),
    Workload("W2", "784-128-64-64-32-32-10 ReLU, batch 128, SGD", L3, 128),
    Workload("W3-128", "conv 8, dense 128-64-32, batch 128, Adam", L2, 128),
    Workload("W3-10000", "conv 8, dense 128-64-32, full batch 10,000, Adam", L2, 10_000, batches=2),
    Workload("W4", "net_1 on 28x28x1, batch 128, Adam", NET_1, 128),
    Workload("W5", "net_2 on 28x28x1 (stride 2), batch 128, Adam", NET_2, 128),
    Workload("W6", "net_1 on 32x32x3, batch 128, Adam", NET_1_COLOR, 128),
    Workload("W7", "three convolutions on 32x32x3, batch 32, Adam", L5, 32),
    Workload("W8", "64/256/256 with batch norm on 32x32x3, batch 512, SGD Nesterov", CIFAR_NORM, 512, batches=4),
    Workload("I4-1", "inference: net_1 on 28x28x1, batch 1", NET_1, 1, "infer"),
    Workload("I4-256", "inference: net_1 on 28x28x1, batch 256", NET_1, 256, "infer"),
    Workload("I7-1", "inference: three convolutions on 32x32x3, batch 1", L5, 1, "infer"),
    Workload("I7-256", "inference: three convolutions on 32x32x3, batch 256", L5, 256, "infer"),
    Workload("F4", "fit: net_1, 10,000 images of bytes, 2 epochs", NET_1, 128, "fit", images=10_000, epochs=2),
)


def by_name(name: str, *, smoke: bool = False) -> Workload:
    """The workload of that name; its short form if `smoke`."""
    (found,) = (workload for workload in WORKLOADS if workload.name == name)
    return found.smoke() if smoke else found


def select(names: Sequence[str], wanted: str, what: str) -> list[str]:
    """The names that a comma-separated list asks for: by name, or by what stands before a hyphen.

    "W3" means W3-128 and W3-10000. Raises ValueError, naming the known ones, for a part that matches nothing.
    """
    chosen: set[str] = set()
    for part in (part.strip() for part in wanted.split(",")):
        found = {name for name in names if name == part or name.startswith(f"{part}-")}
        if not part or not found:
            raise ValueError(f"unknown {what} {part!r}; expected some of {', '.join(names)}, separated by commas")
        chosen |= found
    return [name for name in names if name in chosen]
