"""Which of a state dictionary's modules belongs to which layer.

A layer may be several modules in PyTorch, such as an attention and its "out_proj". The modules of a layer are a
dictionary from their names inside the layer, "" for the layer itself, to their names in the state dictionary.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from vitral.errors import ConfigError, ModelFileError
from vitral.saving.pytorch.layouts import Weights

Names = Mapping[str, str | Sequence[str]]
"""The module, or modules, of each layer."""


def modules_of(
    state_dict: Mapping[str, Any], ours: Mapping[str, list[Weights]], names: Names | None
) -> dict[str, dict[str, str]]:
    """The modules of every layer: by `names`, or without it those of the state_dict in their order."""
    if names is not None:
        return named_modules(ours, names)
    theirs = list(dict.fromkeys(key.rpartition(".")[0] for key in state_dict))
    wanted = {name: list(inside(name, of_layer)) for name, of_layer in ours.items()}
    count = sum(map(len, wanted.values()))
    if len(theirs) != count:
        raise ModelFileError(
            f"the state_dict has {len(theirs)} modules with weights ({', '.join(theirs)}); "
            f"the model has {len(ours)} layers with weights ({', '.join(ours)})"
            + (f", which are {count} modules in PyTorch" if count != len(ours) else "")
        )
    remaining = iter(theirs)
    return {name: dict(zip(inner, remaining, strict=False)) for name, inner in wanted.items()}


def named_modules(ours: Mapping[str, list[Weights]], names: Names | None) -> dict[str, dict[str, str]]:
    """The modules that the user names, and for other layers those of the layer's own name."""
    unknown = [name for name in names or {} if name not in ours]
    if unknown:
        raise ConfigError(f"names has {', '.join(unknown)}; the layers with weights are {', '.join(ours)}")
    return {name: inside((names or {}).get(name, name), of_layer) for name, of_layer in ours.items()}


def inside(module: str | Sequence[str], of_layer: list[Weights]) -> dict[str, str]:
    """The modules of a layer that is this module in PyTorch, or these."""
    own = list(dict.fromkeys(key.rpartition(".")[0] for weights in of_layer for key in weights.names))
    if isinstance(module, str):
        return {inner: _joined(module, inner) for inner in own}
    if len(module) != len(own):
        raise ConfigError(f"names has the modules {list(module)} for one layer; PyTorch has {len(own)} in its place")
    return dict(zip(own, module, strict=True))


def key_of(modules: Mapping[str, str], name: str) -> str:
    """The whole name of a weight in the state_dict."""
    inner, _, leaf = name.rpartition(".")
    return _joined(modules[inner], leaf)


def _joined(*parts: str) -> str:
    return ".".join(part for part in parts if part)
