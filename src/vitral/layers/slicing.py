"""Parts of symbolic tensors, as x[:, 0] and x[:, 1:] take them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from vitral import ops
from vitral.core.symbolic import OPERATORS
from vitral.errors import ConfigError, ShapeError
from vitral.layers.layer import Layer, registry
from vitral.typing import Array, Cache, Config, Shape

_WHOLE = slice(None)


@registry.register()
class GetItem(Layer):
    """x[key], where the batch axis stays whole: whole numbers, slices, one `...`, and None for a new axis of length 1.

    A model says it by brackets: `x[:, 0]` is the first step, or the class token of a vision transformer. `key` may be
    in the form of Keras' files. Raises ConfigError for a key of anything else, or one that cuts the batch; ShapeError
    where the input has no such place.

    >>> GetItem((slice(None), 0)).compute_output_shape((None, 17, 8))
    (None, 8)
    """

    def __init__(self, key: Any = (), **options: Any) -> None:
        super().__init__(**options)
        self.key = _read(key)

    def build(self, input_shape: Shape) -> None:
        self.compute_output_shape(input_shape)

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        return ops.get_item(x, key=self.key)

    def backward(self, dy: Array, cache: Cache) -> Array:
        return ops.get_item_backward(dy, cache)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        shape: list[int | None] = []
        axes = iter(input_shape)
        for part in complete(self.key, len(input_shape), self.name):
            if part is None:
                shape.append(1)
                continue
            size = next(axes)
            if isinstance(part, slice):
                shape.append(_length(part, size))
            elif size is not None and not -size <= part < size:
                raise ShapeError(
                    f'layer "{self.name}" takes number {part} of an axis of length {size}, of the shape {input_shape}'
                )
        return tuple(shape)

    def get_config(self) -> Config:
        return {**super().get_config(), "key": self.written_key}

    @property
    def written_key(self) -> list[Any]:
        """The key as Keras' files have it."""
        return [_written(part) for part in self.key]


def complete(key: Sequence[Any], rank: int, name: str) -> list[Any]:
    """The key with a part for each axis of an input of this rank, batch axis included, and for each new one.

    >>> complete((Ellipsis, 0), 3, "part")
    [slice(None, None, None), slice(None, None, None), 0]
    """
    named = sum(part is not None and part is not Ellipsis for part in key)
    missing = [_WHOLE] * (rank - named)
    if named > rank:
        raise ShapeError(f'layer "{name}" takes a part along {named} axes; the input has {rank}, the batch included')
    at = next((place for place, part in enumerate(key) if part is Ellipsis), len(key))
    return [*key[:at], *missing, *key[at + 1 :]]


def _read(key: Any) -> tuple[Any, ...]:
    """The parts of a key; raises ConfigError for what is none, or cuts the batch."""
    parts = tuple(_part(part) for part in (key if isinstance(key, (tuple, list)) else (key,)))
    if sum(part is Ellipsis for part in parts) > 1:
        raise ConfigError(f"x[...] received {key!r}; expected one '...' at most")
    if parts and not (parts[0] is Ellipsis or parts[0] == _WHOLE):
        raise ConfigError(f"x[...] received {key!r}, which cuts the batch; expected ':' in front, as in x[:, 0]")
    return parts


def _part(part: Any) -> Any:
    if isinstance(part, Mapping):
        if part.get("class_name") == "__ellipsis__":
            return Ellipsis
        if part.get("class_name") == "__slice__":
            bounds: Mapping[str, Any] = part["config"]
            part = slice(bounds["start"], bounds["stop"], bounds["step"])
    if part is None or part is Ellipsis:
        return part
    numbers = [part.start, part.stop, part.step] if isinstance(part, slice) else [part]
    whole = all(isinstance(n, (int, np.integer)) and not isinstance(n, bool) for n in numbers if n is not None)
    if not whole or (isinstance(part, slice) and part.step == 0):
        raise ConfigError(f"x[...] received {part!r}; expected whole numbers, slices, '...' or None")
    return slice(*[None if n is None else int(n) for n in numbers]) if isinstance(part, slice) else int(part)


def _written(part: Any) -> Any:
    if part is Ellipsis:
        return {"class_name": "__ellipsis__", "config": {}}
    if isinstance(part, slice):
        return {
            "class_name": "__slice__",
            "config": {"start": part.start, "stop": part.stop, "step": part.step},
        }
    return part


def _length(part: slice, size: int | None) -> int | None:
    if size is None:
        return None
    return len(range(*part.indices(size)))


def _get_item(x: Any, key: Any) -> Any:
    return GetItem(key)(x)


OPERATORS["get_item"] = _get_item
