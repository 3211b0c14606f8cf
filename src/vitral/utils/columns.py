"""What a data set hands out for a batch: inputs, targets, weights."""

from typing import Any

from vitral.errors import ConfigError


def pack_x_y_sample_weight(x: Any, y: Any = None, sample_weight: Any = None) -> Any:
    """What `fit` takes for a batch: x alone, (x, y) or (x, y, sample_weight); a list or tuple alone becomes (x,).

    >>> pack_x_y_sample_weight(1), pack_x_y_sample_weight([1]), pack_x_y_sample_weight(1, 2)
    (1, ([1],), (1, 2))
    """
    if y is None:
        return (x,) if isinstance(x, (list, tuple)) else x
    return (x, y) if sample_weight is None else (x, y, sample_weight)


def unpack_x_y_sample_weight(data: Any) -> tuple[Any, Any, Any]:
    """The three of them, None for what is missing, from a tuple or a list; raises ConfigError if there are more.

    >>> unpack_x_y_sample_weight((1, 2)), unpack_x_y_sample_weight("x")
    ((1, 2, None), ('x', None, None))
    """
    parts = data if isinstance(data, (tuple, list)) else (data,)
    if not 1 <= len(parts) <= 3:
        raise ConfigError(f"the data has {len(parts)} parts; expected x, (x,), (x, y) or (x, y, sample_weight)")
    x, y, sample_weight = (*parts, None, None)[:3]
    return x, y, sample_weight
