"""Passes through a network of branches, forward and back."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vitral import ops
from vitral.config import floatx
from vitral.core.symbolic import Arguments, KerasTensor, Node
from vitral.core.tree import flatten, pack
from vitral.layers.graphs.chain import Chain
from vitral.layers.layer import Layer
from vitral.typing import Array, Cache


@dataclass
class Stage:
    """A stretch of the network without branches: what it is called on, its layers, and its last call."""

    arguments: Arguments
    chain: Chain
    last: Node

    @property
    def sources(self) -> list[KerasTensor]:
        """The values that it takes."""
        return flatten(self.arguments.inputs)

    @property
    def results(self) -> list[KerasTensor]:
        """The values that it gives."""
        return self.last.outputs


class Passes:
    """The way from the inputs of a network to its outputs, and back.

    A value that is used in several places gets the sum of the gradients that come from them.
    """

    def __init__(self, inputs: list[KerasTensor], outputs: list[KerasTensor], nodes: Sequence[Node]) -> None:
        self._inputs, self._outputs = inputs, outputs
        uses = Counter(tensor for node in nodes for tensor in node.inputs)
        uses.update(outputs)
        self._stages = _stages([node for node in nodes if not node.is_input], uses, set(outputs))
        makers = {stage.results[0]: stage for stage in self._stages if len(stage.results) == 1}
        self.output_layers: list[Layer | None] = [
            makers[tensor].chain.layers[-1] if tensor in makers and uses[tensor] == 1 else None for tensor in outputs
        ]
        """The layer that makes an output; None where its activation cannot be left out for the others who use it."""

    def forward(self, xs: Sequence[Array], training: bool | None, behind: Sequence[bool]) -> tuple[list[Array], Cache]:
        """The outputs, and what `backward` will need; those that are not `behind` come from before their activation."""
        values: dict[KerasTensor, Any] = dict(zip(self._inputs, xs, strict=True))
        before = {tensor for tensor, is_behind in zip(self._outputs, behind, strict=True) if not is_behind}
        caches: list[tuple[Cache, list[tuple[int, ...]]]] = []
        for stage in self._stages:
            x = pack(stage.arguments.inputs, [values[tensor] for tensor in stage.sources])
            its_training = training if stage.arguments.training is None else stage.arguments.training
            y, cache = stage.chain.forward(x, its_training, stage.results[0] not in before)
            ys = flatten(y)
            values.update(zip(stage.results, ys, strict=True))
            caches.append((cache, [value.shape for value in ys]))
        return [values[tensor] for tensor in self._outputs], caches

    def backward(
        self, dys: Sequence[Array | None], caches: Cache, behind: Sequence[bool], input_gradient: bool
    ) -> list[Array | None]:
        """Add the variables' gradients to them; returns those of the inputs, None where nothing depends on one.

        An output without a gradient has no say. Without `input_gradient` it only goes back to where something learns.
        """
        gradients: dict[KerasTensor, Any] = {}
        for tensor, dy in zip(self._outputs, dys, strict=True):
            _add(gradients, tensor, dy)
        before = {tensor for tensor, is_behind in zip(self._outputs, behind, strict=True) if not is_behind}
        wanted = self._wanted(input_gradient)
        for stage, (cache, shapes) in zip(reversed(self._stages), reversed(caches), strict=True):
            dys_here = [gradients.pop(tensor, None) for tensor in stage.results]
            is_silent = all(dy is None for dy in dys_here) and not stage.chain.penalizes
            if stage.results[0] not in wanted or is_silent:
                continue
            dx = stage.chain.backward(
                pack(stage.last.result, _complete(dys_here, shapes)),
                cache,
                input_gradient=any(tensor in wanted for tensor in stage.sources),
                through_activation=stage.results[0] not in before,
            )
            if dx is not None:
                for tensor, gradient in zip(stage.sources, flatten(dx), strict=True):
                    _add(gradients, tensor, gradient)
        return [gradients.get(tensor) for tensor in self._inputs]

    def mixed_targets(self, targets: Array, caches: Cache) -> Array:
        """The targets of the samples as the layers mixed them."""
        for stage, (cache, _) in zip(self._stages, caches, strict=True):
            targets = stage.chain.mixed_targets(targets, cache)
        return targets

    @property
    def may_penalize(self) -> bool:
        """Whether `activity_penalty` can be other than 0."""
        return any(stage.chain.may_penalize for stage in self._stages)

    @property
    def may_mix(self) -> bool:
        """Whether `mixed_targets` can return other targets."""
        return any(stage.chain.may_mix for stage in self._stages)

    def activity_penalty(self, caches: Cache) -> float:
        """What the layers' outputs add to the loss."""
        return sum(stage.chain.activity_penalty(cache) for stage, (cache, _) in zip(self._stages, caches, strict=True))

    def _wanted(self, input_gradient: bool) -> set[KerasTensor]:
        """The values that depend on something that learns, whose gradients are needed."""
        wanted = set(self._inputs) if input_gradient else set()
        for stage in self._stages:
            if any(tensor in wanted for tensor in stage.sources) or stage.chain.learns:
                wanted.update(stage.results)
        return wanted


def _stages(nodes: list[Node], uses: Counter[KerasTensor], outputs: set[KerasTensor]) -> list[Stage]:
    """Join each call to the one before as long as nobody else uses what is between them."""
    open_ends: dict[KerasTensor, Stage] = {}
    stages: list[Stage] = []
    for node in nodes:
        arguments = node.arguments
        assert arguments is not None, "inputs are not called on anything"
        source = node.inputs[0]
        before = open_ends.get(source) if arguments.inputs is source else None
        if before is not None and arguments.training == before.arguments.training:
            del open_ends[source]
            stage = before
            stage.chain.layers.append(node.operation)
            stage.last = node
        else:
            stage = Stage(arguments, Chain([node.operation]), node)
            stages.append(stage)
        if isinstance(node.result, KerasTensor) and uses[node.result] == 1 and node.result not in outputs:
            open_ends[node.result] = stage
    for stage in stages:
        stage.chain.last_alone = stage.results[0] in outputs
    return stages


def _complete(dys: list[Array | None], shapes: list[tuple[int, ...]]) -> list[Array]:
    """The gradients of a stage's results, zero where nothing depends on one."""
    dtype = next((dy.dtype for dy in dys if dy is not None), floatx())
    return [np.zeros(shape, dtype) if dy is None else dy for dy, shape in zip(dys, shapes, strict=True)]


def _add(gradients: dict[KerasTensor, Array], tensor: KerasTensor, gradient: Array | None) -> None:
    if gradient is not None:
        there = gradients.get(tensor)
        gradients[tensor] = gradient if there is None else ops.add(there, gradient)[0]
