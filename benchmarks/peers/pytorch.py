"""PyTorch: eager or compiled, images channels-first or channels-last in memory."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from benchmarks.arithmetic import costs
from benchmarks.data import Array, batches, images
from benchmarks.peers.task import Task, Way
from benchmarks.workloads import Conv, Dense, Flatten, Layer, Net, Norm, Pool, Workload

_Step: TypeAlias = Callable[[torch.Tensor, torch.Tensor], None]


def prepare(workload: Workload, *, channels_last: bool = False, compiled: bool = False) -> Task:
    """A loop as users write it, with the quicker choices: fused optimizers, ReLU in place, the loss from logits."""
    layout = torch.channels_last if channels_last else torch.contiguous_format
    model = _model(workload.net)
    if channels_last:
        model = model.to(memory_format=layout)
    count = sum(weight.numel() for weight in model.parameters())
    if workload.kind == "infer":
        return Task(count, {"inference_mode": _infer(model, workload, channels_last, compiled)})
    step = _train_step(model, workload.net, compiled)
    if workload.kind == "fit":
        return Task(count, {"loop": _fit(step, workload, layout)})
    return Task(count, {"loop": _train(step, workload, channels_last)})


def _train(step: _Step, workload: Workload, channels_last: bool) -> Way:
    data = [(_for_torch(x, channels_last), y) for x, y in batches(workload)]

    def run(steps: int) -> None:
        for number in range(steps):
            x, y = data[number % len(data)]
            step(_tensor(x, channels_last), torch.from_numpy(y))

    return run


def _fit(step: _Step, workload: Workload, layout: torch.memory_format) -> Way:
    """Batches are gathered by index, which is quicker than a DataLoader where the images are in memory."""
    images_, labels = images(workload)
    x, y = torch.from_numpy(images_).permute(0, 3, 1, 2).contiguous(memory_format=layout), torch.from_numpy(labels)

    def run(fits: int) -> None:
        for _ in range(fits * workload.epochs):
            for rows in torch.randperm(len(x)).split(workload.batch):
                step(x[rows].to(torch.float32, memory_format=layout).div_(255), y[rows])

    return run


def _infer(model: nn.Module, workload: Workload, channels_last: bool, compiled: bool) -> Way:
    inputs = [_for_torch(x, channels_last) for x, _ in batches(workload)]
    if workload.net.output.activation == "softmax":
        model = nn.Sequential(model, nn.Softmax(dim=1))
    model.eval()
    forward: Any = torch.compile(model) if compiled else model

    def run(steps: int) -> None:
        with torch.inference_mode():
            for number in range(steps):
                forward(_tensor(inputs[number % len(inputs)], channels_last)).numpy()

    return run


def _for_torch(x: Array, channels_last: bool) -> Array:
    """Images (n, h, w, c) as this mode wants them in memory, made once: (n, c, h, w), or as they are."""
    return x if channels_last or x.ndim == 2 else np.ascontiguousarray(x.transpose(0, 3, 1, 2))


def _tensor(x: Array, channels_last: bool) -> torch.Tensor:
    tensor = torch.from_numpy(x)
    return tensor.permute(0, 3, 1, 2) if channels_last else tensor


def _train_step(model: nn.Module, net: Net, compiled: bool) -> _Step:
    loss = functional.binary_cross_entropy_with_logits if net.output.activation == "sigmoid" else nn.CrossEntropyLoss()

    def loss_of(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return loss(model(x), y)

    forward: Any = torch.compile(loss_of) if compiled else loss_of
    optimizer = _optimizer(model, net)

    def step(x: torch.Tensor, y: torch.Tensor) -> None:
        optimizer.zero_grad()
        forward(x, y).backward()
        optimizer.step()

    return step


def _optimizer(model: nn.Module, net: Net) -> torch.optim.Optimizer:
    if net.optimizer == "adam":
        return torch.optim.Adam(model.parameters(), net.learning_rate, eps=1e-7, fused=True)
    nesterov = net.momentum > 0
    return torch.optim.SGD(model.parameters(), net.learning_rate, net.momentum, nesterov=nesterov, fused=True)


def _model(net: Net) -> nn.Sequential:
    """The network up to its logits."""
    shape, parts = net.input_shape, []
    for layer, cost in zip(net.layers, costs(net), strict=True):
        parts += _parts(layer, shape[-1], layer is net.output)
        shape = cost.output_shape
    return nn.Sequential(*parts)


def _parts(layer: Layer, channels: int, last: bool) -> list[nn.Module]:
    match layer:
        case Conv():
            # A stride of 2 pads both sides where Keras pads one: the output has the same size.
            padding = layer.kernel // 2 if layer.padding == "same" else 0
            convolution = nn.Conv2d(channels, layer.filters, layer.kernel, layer.stride, padding, bias=layer.bias)
            return [convolution, *_activation(layer.activation)]
        case Pool():
            return [nn.MaxPool2d(layer.size)]
        case Norm():
            return [nn.BatchNorm2d(channels, eps=0.001, momentum=0.01), nn.ReLU(inplace=True)]
        case Flatten():
            return [nn.Flatten()]
        case Dense():
            return [nn.Linear(channels, layer.units), *(() if last else _activation(layer.activation))]


def _activation(name: str) -> list[nn.Module]:
    return {"relu": [nn.ReLU(inplace=True)], "sigmoid": [nn.Sigmoid()], "linear": []}[name]
