"""Structures of inputs and outputs: a single thing, or lists, tuples and dictionaries of things, as deep as need be.

Things are counted in order; those of a dictionary in the order of its sorted keys, as Keras counts them.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from vitral.typing import Shape


def flatten(structure: Any) -> list[Any]:
    """The things in a structure.

    >>> flatten({"b": 1, "a": [2, (3, 4)]}), flatten(5)
    ([2, 3, 4, 1], [5])
    """
    if isinstance(structure, dict):
        return [thing for key in sorted(structure) for thing in flatten(structure[key])]
    if isinstance(structure, (list, tuple)):
        return [thing for part in structure for thing in flatten(part)]
    return [structure]


def pack(structure: Any, things: Sequence[Any]) -> Any:
    """Other things in the same structure.

    >>> pack({"b": 1, "a": [2, (3, 4)]}, "wxyz")
    {'b': 'z', 'a': ['w', ('x', 'y')]}
    """
    return _take(structure, iter(things))


def map_structure(function: Callable[[Any], Any], structure: Any) -> Any:
    """What a function makes of each thing, in the same structure.

    >>> map_structure(abs, [-1, {"a": -2}])
    [1, {'a': 2}]
    """
    return pack(structure, [function(thing) for thing in flatten(structure)])


def along(structure: Any, given: Any) -> list[Any] | None:
    """What is given in the place of each thing in a structure; None if that is of another structure.

    >>> along(["a", {"c": "d", "b": "e"}], [[1, 2], {"b": 3, "c": [4], "f": 5}]), along(["a", ["b"]], [1, 2])
    ([[1, 2], 3, [4]], None)
    """
    if isinstance(structure, dict):
        fits = isinstance(given, dict) and set(structure) <= set(given)
        pairs = [(structure[key], given[key]) for key in sorted(structure)] if fits else None
    elif isinstance(structure, (list, tuple)):
        fits = isinstance(given, (list, tuple)) and len(given) == len(structure)
        pairs = list(zip(structure, given, strict=True)) if fits else None
    else:
        return [given]
    parts = [along(*pair) for pair in pairs or ()]
    return None if pairs is None or None in parts else [thing for part in parts for thing in part or ()]


def paths(structure: Any, names: Sequence[str]) -> list[str]:
    """Where each thing is found, as Keras calls it: its keys and numbers, but its own name at the end of a list.

    >>> paths({"b": "x", "a": ["y", "z"]}, ["y", "z", "x"]), paths(["y", "z"], ["y", "z"])
    (['a/y', 'a/z', 'b'], ['y', 'z'])
    """
    named = iter(names)

    def below(part: Any, prefix: str, own: bool) -> list[str]:
        if isinstance(part, dict):
            return [path for key in sorted(part) for path in below(part[key], f"{prefix}{key}/", True)]
        if isinstance(part, (list, tuple)):
            return [path for i, one in enumerate(part) for path in below(one, f"{prefix}{i}/", False)]
        name = next(named)
        return [prefix[:-1] if own else f"{prefix[:-1].rpartition('/')[0]}/{name}".removeprefix("/")]

    return below(structure, "", False)


def is_nested(structure: Any) -> bool:
    """Whether there is a structure in the structure.

    >>> is_nested([1, [2]]), is_nested({"a": 1})
    (True, False)
    """
    parts = structure.values() if isinstance(structure, dict) else structure
    return isinstance(structure, (list, tuple, dict)) and any(isinstance(part, (list, tuple, dict)) for part in parts)


def is_shape(value: Any) -> bool:
    """Whether this is one shape, and not a structure of shapes.

    >>> is_shape((None, 3)), is_shape([(None, 3), (None, 3)])
    (True, False)
    """
    return isinstance(value, (list, tuple)) and not any(isinstance(axis, (list, tuple, dict)) for axis in value)


def flatten_shapes(shapes: Any) -> list[Shape]:
    """The shapes in a structure of shapes.

    >>> flatten_shapes([[None, 3], {"a": (None, 4)}]), flatten_shapes((None, 3))
    ([(None, 3), (None, 4)], [(None, 3)])
    """
    if is_shape(shapes):
        return [tuple(shapes)]
    parts = [shapes[key] for key in sorted(shapes)] if isinstance(shapes, dict) else shapes
    return [shape for part in parts for shape in flatten_shapes(part)]


def as_shapes(given: Any) -> Any:
    """A shape as a tuple; several as a list or a dictionary of tuples.

    >>> as_shapes([None, 3]), as_shapes(((None, 3), [None, 4]))
    ((None, 3), [(None, 3), (None, 4)])
    """
    if isinstance(given, dict):
        return {key: as_shapes(part) for key, part in given.items()}
    return tuple(given) if is_shape(given) else [as_shapes(part) for part in given]


def _take(structure: Any, things: Iterator[Any]) -> Any:
    if isinstance(structure, dict):
        taken = {key: _take(structure[key], things) for key in sorted(structure)}
        return {key: taken[key] for key in structure}
    if isinstance(structure, (list, tuple)):
        parts = [_take(part, things) for part in structure]
        return parts if isinstance(structure, list) else tuple(parts)
    return next(things)
