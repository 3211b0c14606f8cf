"""How an ONNX node becomes layers: one small function per node, registered by its type.

A function gets the sketch and the node, and returns the value of the node's first result.
"""

from collections.abc import Callable
from typing import Any

from vitral.saving.onnx.sketch import Given, Sketch

Take = Callable[[Sketch, Any], Given]
TAKEN: dict[str, Take] = {}


def takes(*kinds: str) -> Callable[[Take], Take]:
    """Decorator: make layers of nodes of these types with the function."""

    def decorator(function: Take) -> Take:
        TAKEN.update(dict.fromkeys(kinds, function))
        return function

    return decorator
