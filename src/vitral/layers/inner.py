"""The layers that are attributes of a layer, or stand in lists and dictionaries that are, in the order of Keras."""

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

numbers = count()
"""For each layer its number among all that are made."""


def layers_among(attributes: Mapping[str, Any], kind: type, owner: int) -> list[Any]:
    """The layers in the order in which Keras hears of them: as attributes are set, and as lists grow.

    A list does not tell when a layer was appended; its number does, if it is larger than that of the `owner`, which is
    when the layer was made for it.
    """
    placed: list[tuple[int, Any]] = []
    latest = last_attribute = -1
    for value in attributes.values():
        for layer in _within(value, kind):
            place = max(last_attribute, layer._number) if layer._number > owner else latest
            placed.append((place, layer))
            latest = max(latest, place)
        if isinstance(value, kind):
            last_attribute = placed[-1][0]
    return list(dict.fromkeys(layer for _, layer in sorted(placed, key=lambda pair: pair[0])))


def _within(value: Any, kind: type) -> Iterator[Any]:
    if isinstance(value, kind):
        yield value
    elif isinstance(value, (list, tuple, dict)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _within(part, kind)
