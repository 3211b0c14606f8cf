"""Cells one on top of the other."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np

from vitral.errors import ConfigError
from vitral.layers.composite import Composite
from vitral.layers.layer import Layer, registry
from vitral.layers.recurrent.cell import Cell, Drops, States
from vitral.typing import Array, Cache, Config, Shape


@registry.register("StackedRNNCells")
class StackedRNNCells(Composite, Cell):
    """Cells of which each gets the output of the one below in the same step; the states are those of all, in order.

    Raises ConfigError for what is no cell.
    """

    input_rank = 2

    def __init__(self, cells: Sequence[Any], **options: Any) -> None:
        super().__init__(**options)
        self.cells: list[Any] = list(cells)
        for cell in self.cells:
            if not isinstance(cell, Cell):
                raise ConfigError(f"StackedRNNCells: cells holds {cell!r}; expected cells, such as LSTMCell(32)")
        if not self.cells:
            raise ConfigError("StackedRNNCells: cells is empty; expected one cell or more")

    @property
    def parts(self) -> Mapping[str, Layer]:
        return {f"cells/{name}": cell for name, cell in zip(_stored_names(self.cells), self.cells, strict=True)}

    @property
    def state_sizes(self) -> list[int]:
        return [size for cell in self.cells for size in cell.state_sizes]

    @property
    def output_size(self) -> int:
        return int(self.cells[-1].output_size)

    def build(self, input_shape: Shape) -> None:
        shape = input_shape
        for cell in self.cells:
            if not cell.built:
                cell.build(shape)
            shape = (None, cell.output_size)

    def draw_drops(self, batch: int, inputs: int, training: bool) -> Drops:
        sizes = [inputs, *(cell.output_size for cell in self.cells)]
        return [cell.draw_drops(batch, size, training) for cell, size in zip(self.cells, sizes, strict=False)]

    def step(self, p: Array, states: States, drops: Drops) -> tuple[Array, States, Cache]:
        remaining = iter(states)
        new: States = []
        caches: list[Cache] = []
        for cell, its_drops in zip(self.cells, drops, strict=True):
            own = [next(remaining) for _ in cell.state_sizes]
            projection, projected = cell.project(p[np.newaxis], its_drops)
            p, its_new, stepped = cell.step(projection[0], own, its_drops)
            new += its_new
            caches.append((projected, stepped))
        return p, new, caches

    def step_backward(self, dy: Array, dstates: States, cache: Cache) -> tuple[Array, States]:
        dbefore: States = []
        end = len(dstates)
        for cell, (projected, stepped) in zip(reversed(self.cells), reversed(cache), strict=True):
            start = end - len(cell.state_sizes)
            dp, its_dstates = cell.step_backward(dy, dstates[start:end], stepped)
            dx = cell.project_backward(dp[np.newaxis], projected)
            assert dx is not None, "it was asked for"
            dy = dx[0]
            dbefore = its_dstates + dbefore
            end = start
        return dy, dbefore

    def get_config(self) -> Config:
        return {**super().get_config(), "cells": [registry.serialize(cell) for cell in self.cells]}

    @classmethod
    def from_config(cls, config: Config) -> Self:
        config = dict(config)
        cells = config.pop("cells")
        return cls([cell if isinstance(cell, Layer) else registry.deserialize(cell) for cell in cells], **config)


def _stored_names(cells: Sequence[Layer]) -> list[str]:
    from vitral.core.naming import snake_case

    stems = [snake_case(type(cell).__name__) for cell in cells]
    return [stem if stem not in stems[:at] else f"{stem}_{stems[:at].count(stem)}" for at, stem in enumerate(stems)]
