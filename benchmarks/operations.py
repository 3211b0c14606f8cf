"""Single operations beside what the machine can do, for people who tune kernels: `python -m benchmarks.operations`.

Operations that compute are held against the fastest float32 matrix product, those that move memory against the fastest
copy. Fast algorithms that need fewer multiplications may exceed 100 %, and so may what fits into a cache.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any

import click
import numpy as np

from benchmarks.lines import number
from benchmarks.peak import best_time, copy_bandwidth, gemm_peak
from vitral import ops
from vitral.cli.output import note, table
from vitral.lab.environment import available_cores
from vitral.ops.geometry import Padding
from vitral.typing import Array

_SECONDS = 0.2
"""Each operation is repeated for so long; the best time counts."""
_FLOAT = 4
"""Bytes of a float32."""

_random = np.random.default_rng(0)


@dataclass(frozen=True)
class Conv:
    """A convolution with bias and ReLU: batch, height and width, channels, filters, and the square kernel."""

    batch: int
    size: int
    channels: int
    filters: int
    kernel: int = 3
    stride: int = 1
    padding: Padding = "same"
    groups: int = 1
    is_first: bool = False
    """The first layer of a network: nobody needs the gradient of its input."""

    def text(self) -> str:
        """As a row names it."""
        details = [self.padding] + [f"stride {self.stride}"] * (self.stride > 1)
        details += [f"{self.groups} groups"] * (self.groups > 1)
        image = f"{self.batch}x{self.size}x{self.size}x{self.channels}"
        return f"{image} -> {self.filters}, {self.kernel}x{self.kernel} {', '.join(details)}"


CONVOLUTIONS = (
    Conv(128, 28, 1, 32, is_first=True),
    Conv(128, 28, 1, 8, padding="valid", is_first=True),
    Conv(128, 32, 3, 32, is_first=True),
    Conv(128, 32, 3, 24, kernel=2, padding="valid", is_first=True),
    Conv(128, 28, 32, 64),
    Conv(128, 32, 32, 64),
    Conv(128, 28, 32, 64, stride=2),
    Conv(32, 15, 32, 64, padding="valid"),
    Conv(32, 6, 64, 64, padding="valid"),
    Conv(128, 31, 24, 64),
    Conv(128, 15, 64, 64),
    Conv(128, 15, 64, 256),
    Conv(128, 7, 256, 256),
    Conv(128, 3, 256, 256),
    Conv(128, 28, 64, 64, kernel=1),
    Conv(128, 28, 32, 64, kernel=5, stride=2),
    Conv(128, 28, 32, 32, groups=32),
)
DENSE = ((900, 784, 300), (900, 300, 100), (128, 784, 128), (128, 64, 64), (128, 12_544, 128), (128, 128, 10))
"""Batch, inputs, units."""
POOLED = ((128, 28, 28, 64), (128, 26, 26, 8), (32, 30, 30, 32))
NORMALIZED = ((128, 15, 15, 64), (128, 7, 7, 256))
LOGITS = ((128, 10), (10_000, 10))
UPDATED = (8_192, 1_605_632)
DROPPED = (128, 12_544)


@dataclass(frozen=True)
class Result:
    """How long an operation took, and what it had to do: floating-point operations, or else bytes to move."""

    title: str
    shape: str
    backend: str
    seconds: float
    flops: float = 0.0
    moved: float = 0.0


def main() -> None:
    """Measure everything and print the table."""
    threads = available_cores()
    gflops, source = gemm_peak(1.0)
    bandwidth = copy_bandwidth(1.0, threads)
    rows = []
    for result in chain(convolutions(), dense_layers(), pooling(), normalization(), losses(), updates(), dropout()):
        note(f"{result.title} {result.shape}")
        done, unit, most = (result.flops, "GFLOP/s", gflops) if result.flops else (result.moved, "GB/s", bandwidth)
        rate = done / result.seconds / 1e9
        milliseconds = number(1e3 * result.seconds)
        rows.append(
            [result.title, result.shape, result.backend, milliseconds, number(rate), unit, f"{rate / most:.0%}"]
        )
    click.echo(table(["Operation", "Shape", "By", "ms", "Rate", "", "Of peak"], rows, numeric=(3, 4, 6)))
    click.echo(f"  Peak: {number(gflops)} GFLOP/s ({source}), copying {number(bandwidth)} GB/s, {threads} cores")


def convolutions() -> Iterator[Result]:
    """Forward, gradient of the weights, and what the gradient of the input takes in addition."""
    for conv in CONVOLUTIONS:
        x = _array(conv.batch, conv.size, conv.size, conv.channels)
        kernel = _array(conv.kernel, conv.kernel, conv.channels // conv.groups, conv.filters)
        forward = partial(
            ops.conv2d,
            x,
            kernel,
            _array(conv.filters),
            strides=(conv.stride, conv.stride),
            padding=conv.padding,
            groups=conv.groups,
            activation="relu",
        )
        flops = 2.0 * forward()[0].size * kernel[..., 0].size
        yield from _passes(forward, ops.conv2d_backward, "convolution", conv.text(), flops, not conv.is_first)


def dense_layers() -> Iterator[Result]:
    """The same of dense layers with bias and ReLU."""
    for batch, inputs, units in DENSE:
        forward = partial(ops.dense, _array(batch, inputs), _array(inputs, units), _array(units), activation="relu")
        flops = 2.0 * batch * inputs * units
        yield from _passes(forward, ops.dense_backward, "dense", f"{batch}x{inputs} -> {units}", flops, True)


def pooling() -> Iterator[Result]:
    """Max-pooling of 2x2 windows: x is read, y written; then dy read and dx written."""
    for shape in POOLED:
        x = _array(*shape)
        forward = partial(ops.max_pool2d, x, pool_size=(2, 2), strides=(2, 2))
        y, cache = forward()
        moved = _FLOAT * (x.size + y.size)
        yield _moving(forward, ops.max_pool2d, "max-pool", shape, moved)
        yield _moving(
            partial(ops.max_pool2d_backward, y, cache), ops.max_pool2d_backward, "max-pool backward", shape, moved
        )


def normalization() -> Iterator[Result]:
    """Batch normalization: everything is read twice, as the sums must be known first, and one array is written."""
    for shape in NORMALIZED:
        x = _array(*shape)
        forward = partial(ops.batch_norm_training, x, _array(shape[-1]), _array(shape[-1]), epsilon=1e-3)
        y, _, _, cache = forward()
        backward = ops.batch_norm_training_backward
        yield _moving(forward, ops.batch_norm_training, "batch norm", shape, 3 * _FLOAT * x.size)
        yield _moving(partial(backward, y, cache), backward, "batch norm backward", shape, 5 * _FLOAT * x.size)


def losses() -> Iterator[Result]:
    """Softmax and cross-entropy: logits are read, their gradient is written."""
    for shape in LOGITS:
        labels = _random.integers(0, shape[-1], shape[0])
        operation = ops.sparse_softmax_cross_entropy
        call = partial(operation, _array(*shape), labels)
        yield _moving(call, operation, "softmax cross-entropy", shape, 2 * _FLOAT * shape[0] * shape[1])


def updates() -> Iterator[Result]:
    """Adam: weights, gradient and two states are read, all but the gradient written."""
    for size in UPDATED:
        variable, gradient, momentum = _array(size), _array(size), _array(size)
        settings: dict[str, Any] = {"step": 10, "learning_rate": 1e-3, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7}
        call = partial(ops.adam_update, variable, gradient, momentum, np.abs(_array(size)), None, **settings)
        yield _moving(call, ops.adam_update, "Adam", (size,), 7 * _FLOAT * size)


def dropout() -> Iterator[Result]:
    """Dropout: x and a byte for each value are read, y is written."""
    x = _array(*DROPPED)
    call = partial(ops.dropout, x, keep=_random.random(DROPPED) < 0.5, rate=0.5)
    yield _moving(call, ops.dropout, "dropout", DROPPED, (2 * _FLOAT + 1) * x.size)


def _passes(
    forward: Callable[[], Any], backward: Any, title: str, shape: str, flops: float, input_gradient: bool
) -> Iterator[Result]:
    name = backward.name.removesuffix("_backward")
    y, cache = forward()
    yield Result(title, shape, _short(ops.operations[name].backend), _best(forward), flops=flops)
    by = _short(backward.backend)
    weights = _best(partial(backward, y, cache, input_gradient=False))
    yield Result(f"{title} dW", shape, by, weights, flops=flops)
    if input_gradient:
        # No operation computes this one alone: it is what both together take longer.
        both = _best(partial(backward, y, cache))
        yield Result(f"{title} dW and dx", shape, by, both, flops=2 * flops)
        yield Result(f"{title} dx", shape, by, max(both - weights, 1e-9), flops=flops)


def _moving(call: Callable[[], Any], operation: Any, title: str, shape: tuple[int, ...], moved: float) -> Result:
    text = "x".join(str(size) for size in shape)
    return Result(title, text, _short(operation.backend), _best(call), moved=moved)


def _short(backend: str) -> str:
    return backend.rpartition(".")[2]


def _array(*shape: int) -> Array:
    return _random.standard_normal(shape, dtype=np.float32)


def _best(call: Callable[[], Any]) -> float:
    return best_time(call, _SECONDS)


if __name__ == "__main__":
    main()
