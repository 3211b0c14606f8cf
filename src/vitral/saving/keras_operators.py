"""Operations on symbolic tensors that Keras writes down by themselves: x / 255, and functions of activation."""

from collections.abc import Mapping
from numbers import Real
from typing import Any

from vitral.activations import BY_NAME
from vitral.core.naming import snake_case
from vitral.typing import Config

_MODULE = "keras.src.ops.numpy"
_MODULES = (_MODULE, "keras.src.ops.nn")
_DEFAULTS = {"approximate": False, "axis": -1}
_LAYERS = {"elu": ("ELU", "alpha"), "leaky_relu": ("LeakyReLU", "negative_slope")}


def as_activation(description: Mapping[str, Any]) -> Config | None:
    """The layer that does what a function of activation does; None for everything else.

    >>> described = {"module": "keras.src.ops.nn", "class_name": "HardSigmoid", "config": {"name": "h"}}
    >>> as_activation(described)["config"]
    {'name': 'h', 'activation': 'hard_sigmoid'}
    """
    function, config = snake_case(str(description.get("class_name"))), description.get("config") or {}
    if description.get("module") not in _MODULES or function not in BY_NAME:
        return None
    arguments = {key: value for key, value in config.items() if key != "name"}
    if function in _LAYERS and set(arguments) <= {_LAYERS[function][1]}:
        layer, arguments = _LAYERS[function][0], dict(arguments)
    elif all(_DEFAULTS.get(key, ...) == value for key, value in arguments.items()):
        layer, arguments = "Activation", {"activation": function}
    else:
        return None
    return {
        **description,
        "module": "keras.layers",
        "class_name": layer,
        "registered_name": None,
        "config": {"name": config.get("name"), **arguments},
    }


def as_rescaling(description: Mapping[str, Any]) -> Config | None:
    """The same as a Rescaling, which it is; None for everything else.

    >>> x = {"class_name": "__keras_tensor__", "config": {"keras_history": ["x", 0, 0]}}
    >>> one_minus = {"module": _MODULE, "class_name": "Subtract", "config": {"name": "subtract"}}
    >>> as_rescaling({**one_minus, "inbound_nodes": [{"args": [1.0, x], "kwargs": {}}]})["config"]
    {'name': 'subtract', 'scale': -1.0, 'offset': 1.0}
    """
    if description.get("module") != _MODULE:
        return None
    calls: Any = description.get("inbound_nodes")
    if not isinstance(calls, list) or len(calls) != 1 or not isinstance(calls[0], Mapping) or calls[0].get("kwargs"):
        return None
    args: Any = calls[0].get("args")
    tensors = [part for part in args if isinstance(part, Mapping)] if isinstance(args, list) else []
    if len(tensors) != 1:
        return None
    numbers = [float(part) for part in args if isinstance(part, Real)]
    if len(numbers) != len(args) - 1:
        return None
    rescaled = _scale_and_offset(str(description.get("class_name")), numbers, tensor_first=args[0] is tensors[0])
    if rescaled is None:
        return None
    name = (description.get("config") or {}).get("name")
    return {
        **description,
        "module": "keras.layers",
        "class_name": "Rescaling",
        "registered_name": None,
        "config": {"name": name, "scale": rescaled[0], "offset": rescaled[1]},
        "inbound_nodes": [{"args": tensors, "kwargs": {}}],
    }


def _scale_and_offset(operator: str, numbers: list[float], tensor_first: bool) -> tuple[float, float] | None:
    """What the tensor is multiplied by, and what is added; None if the operator is no such thing."""
    if operator == "Negative" and not numbers:
        return -1.0, 0.0
    if len(numbers) != 1:
        return None
    (number,) = numbers
    if operator == "Add":
        return 1.0, number
    if operator == "Multiply":
        return number, 0.0
    if operator == "Subtract":
        return (1.0, -number) if tensor_first else (-1.0, number)
    if operator in ("Divide", "TrueDivide") and tensor_first and number:
        return 1 / number, 0.0
    return None
