"""From what a user gives as `model` to a model that can be trained."""

import copy
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from vitral.errors import ConfigError
from vitral.losses import Loss
from vitral.models import Model
from vitral.typing import Shape


def new_model(given: Any, arguments: Mapping[str, Any], offered: Mapping[str, Any]) -> Model:
    """A copy of a model with its weights, or what a function makes of the arguments.

    The function also gets those of the `offered` arguments that its signature names. Raises ConfigError for anything
    else, for arguments that the function does not have, and for a model with arguments.
    """
    if isinstance(given, Model):
        if arguments:
            raise ConfigError(
                f"model is a {type(given).__name__}; {', '.join(arguments)} need a function that makes one"
            )
        return copy.deepcopy(given)
    if not callable(given):
        raise ConfigError(f"model is {given!r}; expected a Vitral model, or a function that makes one")
    known = inspect.signature(given).parameters
    takes_any = any(parameter.kind is parameter.VAR_KEYWORD for parameter in known.values())
    unknown = [name for name in arguments if name not in known and not takes_any]
    if unknown:
        raise ConfigError(
            f"model__{unknown[0]} is given, but the model's function takes {', '.join(known) or 'nothing'}"
        )
    made = given(**{name: value for name, value in offered.items() if name in known} | dict(arguments))
    if not isinstance(made, Model):
        raise ConfigError(f"the model's function returned {made!r}; expected a Vitral model")
    return made


def compile_model(
    model: Model, sample_shape: Shape, optimizer: Any, loss: Any, metrics: Any, default_loss: Callable[[Model], Loss]
) -> None:
    """Build the model for these samples, and compile it unless it comes compiled.

    Raises ConfigError if it comes compiled and is to be compiled otherwise, or if it has several inputs or outputs.
    """
    model.build_for((None, *sample_shape))
    if isinstance(model.output_shape, list) or isinstance(model.input_shape, list):
        raise ConfigError("the model has several inputs or outputs, which scikit-learn has no place for")
    if not model.compiled:
        chosen = default_loss(model) if loss is None else loss
        # The estimator's parameters stay as they are: an optimizer and metrics keep a state.
        model.compile(copy.deepcopy(optimizer) or "rmsprop", chosen, metrics=copy.deepcopy(metrics))
        return
    given = [
        name for name, value in (("optimizer", optimizer), ("loss", loss), ("metrics", metrics)) if value is not None
    ]
    if given:
        raise ConfigError(
            f"the model comes compiled, so {given[0]} has no use: leave it out, or do not compile the model"
        )
    model.require_loss("fit")
