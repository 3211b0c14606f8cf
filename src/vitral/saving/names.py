"""A name for every weight of a model, for files that keep weights by name."""

from vitral.core.variable import Variable
from vitral.errors import ConfigError
from vitral.models import Model


def named_weights(model: Model) -> dict[str, Variable]:
    """The weights by "layer/weight", those of a model inside the model by "model/layer/weight".

    Raises ConfigError for a model that is not built.

    >>> from vitral import Sequential, layers
    >>> model = Sequential([layers.Input((4,)), layers.Dense(2, name="first"), layers.Dense(1, name="last")])
    >>> list(named_weights(model))
    ['first/kernel', 'first/bias', 'last/kernel', 'last/bias']
    """
    if not model.built:
        raise ConfigError("a model that is not built has no weights: call model.build(shape) or fit first")
    named: dict[str, Variable] = {}
    _collect(model, "", named)
    return named


def _collect(model: Model, prefix: str, named: dict[str, Variable]) -> None:
    for layer in model.layers:
        if isinstance(layer, Model):
            _collect(layer, f"{prefix}{layer.name}/", named)
            continue
        for variable in layer.weights:
            name = f"{prefix}{variable.path}"
            if named.setdefault(name, variable) is not variable:
                raise ConfigError(f"two weights are called {name!r}; give their layers different names")
