"""Vitral: a neural-network library and lab for image classification in which nothing is hidden.

    import vitral as keras
    from vitral import datasets, layers, models

Rooms and names below are imported when they are first used, so that `import vitral` takes no time.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vitral import (
        activations,
        applications,
        backend,
        callbacks,
        config,
        constraints,
        datasets,
        errors,
        initializers,
        layers,
        losses,
        metrics,
        models,
        ops,
        optimizers,
        preprocessing,
        random,
        regularizers,
        saving,
        sklearn,
        utils,
    )
    from vitral.config import clear_cache, set_num_threads
    from vitral.core.rng import SeedGenerator, set_seed
    from vitral.core.symbolic import KerasTensor
    from vitral.core.variable import Variable
    from vitral.initializers import Initializer
    from vitral.layers import Input, InputLayer, InputSpec, Layer
    from vitral.losses import Loss
    from vitral.metrics import Metric
    from vitral.models import Model, Sequential
    from vitral.optimizers import Optimizer
    from vitral.regularizers import Regularizer

    __version__: str

__all__ = [
    "Initializer",
    "Input",
    "InputLayer",
    "InputSpec",
    "KerasTensor",
    "Layer",
    "Loss",
    "Metric",
    "Model",
    "Optimizer",
    "Regularizer",
    "SeedGenerator",
    "Sequential",
    "Variable",
    "__version__",
    "activations",
    "applications",
    "backend",
    "callbacks",
    "clear_cache",
    "config",
    "constraints",
    "datasets",
    "errors",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "models",
    "ops",
    "optimizers",
    "preprocessing",
    "random",
    "regularizers",
    "saving",
    "set_num_threads",
    "set_seed",
    "sklearn",
    "utils",
    "version",
]

_ROOM_OF = {
    "Initializer": "initializers",
    "Input": "layers",
    "InputLayer": "layers",
    "InputSpec": "layers",
    "KerasTensor": "core.symbolic",
    "Layer": "layers",
    "Loss": "losses",
    "Metric": "metrics",
    "Model": "models",
    "Optimizer": "optimizers",
    "Regularizer": "regularizers",
    "SeedGenerator": "core.rng",
    "Sequential": "models",
    "Variable": "core.variable",
    "clear_cache": "config",
    "set_num_threads": "config",
    "set_seed": "core.rng",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        value: Any = version("vitral")
    elif name in _ROOM_OF:
        value = getattr(import_module(f"vitral.{_ROOM_OF[name]}"), name)
    elif name in __all__:
        value = import_module(f"vitral.{name}")
    else:
        raise AttributeError(f"module 'vitral' has no attribute {name!r}")
    globals()[name] = value
    return value


def version() -> str:
    """Vitral's version, as `__version__`; Keras has this function too."""
    text: str = __getattr__("__version__")
    return text


def __dir__() -> list[str]:
    return __all__
