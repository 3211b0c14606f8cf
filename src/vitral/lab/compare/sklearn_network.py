"""A recipe's network as scikit-learn's MLPClassifier."""

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from vitral import layers, losses, optimizers
from vitral.errors import MissingExtraError, RecipeError
from vitral.lab.build import find_class
from vitral.lab.recipe import Recipe
from vitral.models import Sequential
from vitral.typing import Array

if TYPE_CHECKING:
    from sklearn.neural_network import MLPClassifier

_ACTIVATIONS = {"relu": "relu", "tanh": "tanh", "sigmoid": "logistic", "linear": "identity"}


def sklearn_arguments(recipe: Recipe, model: Sequential, classes: int) -> dict[str, Any]:
    """The constructor arguments of the MLPClassifier that is the recipe's network and update rule.

    Raises RecipeError, naming the part that MLPClassifier does not have.
    """
    if classes < 3:
        raise RecipeError(f"{recipe.name}: {classes} classes; MLPClassifier ends in softmax only for three or more")
    dense = [layer for layer in model.layers if not isinstance(layer, layers.Flatten)]
    for layer in dense:
        if not isinstance(layer, layers.Dense):
            raise RecipeError(f"{recipe.name}: MLPClassifier has no {type(layer).__name__} layer, only dense ones")
    *hidden, last = [str(layer.activation.name) for layer in dense if isinstance(layer, layers.Dense)]
    if last != "softmax" or len(set(hidden)) != 1 or hidden[0] not in _ACTIVATIONS:
        raise RecipeError(
            f"{recipe.name}: activations {', '.join([*hidden, last])}; MLPClassifier has one of "
            f"{', '.join(_ACTIVATIONS)} for all hidden layers, and softmax at the end"
        )
    loss = find_class(losses, losses.Loss, recipe.loss["type"], "loss")
    if loss not in (losses.CategoricalCrossentropy, losses.SparseCategoricalCrossentropy) or len(recipe.loss) > 1:
        raise RecipeError(f"{recipe.name}: MLPClassifier trains on plain categorical cross-entropy only")
    if recipe.callbacks or recipe.training.class_weight:
        raise RecipeError(f"{recipe.name}: MLPClassifier has no callbacks and no class weights")
    return {
        "hidden_layer_sizes": tuple(int(layer.output_shape[-1] or 0) for layer in dense[:-1]),
        "activation": _ACTIVATIONS[hidden[0]],
        **_solver(recipe, model),
    }


def _solver(recipe: Recipe, model: Sequential) -> dict[str, Any]:
    config = model.optimizer.get_config()
    odd = (
        "weight_decay",
        "clipnorm",
        "clipvalue",
        "global_clipnorm",
        "learning_rate_multipliers",
        "amsgrad",
        "use_ema",
        "gradient_accumulation_steps",
    )
    for key in odd:
        if config.get(key):
            raise RecipeError(f"{recipe.name}: MLPClassifier has no {key}")
    if not isinstance(config["learning_rate"], float):
        raise RecipeError(f"{recipe.name}: MLPClassifier has no such learning rate schedule")
    rate = {"learning_rate_init": config["learning_rate"]}
    if type(model.optimizer) is optimizers.SGD:
        return {
            "solver": "sgd",
            "momentum": config["momentum"],
            "nesterovs_momentum": bool(config["nesterov"]),
            **rate,
        }
    if type(model.optimizer) is optimizers.Adam:
        moments = {key: config[key] for key in ("beta_1", "beta_2", "epsilon")}
        return {"solver": "adam", **moments, **rate}
    raise RecipeError(f"{recipe.name}: MLPClassifier has no {type(model.optimizer).__name__}, only SGD and Adam")


def new_classifier(**arguments: Any) -> "MLPClassifier":
    """An MLPClassifier; raises MissingExtraError without scikit-learn."""
    try:
        from sklearn.neural_network import MLPClassifier
    except ImportError as error:
        raise MissingExtraError("scikit-learn", needed_for="this comparison") from error
    return MLPClassifier(**arguments)


def sklearn_version() -> str:
    """The installed scikit-learn."""
    import sklearn

    return str(sklearn.__version__)


def classifier_at_start(
    arguments: dict[str, Any], weights: Sequence[Array], x: Array, y: Array, batch_size: int
) -> "MLPClassifier":
    """An MLPClassifier that stands where the network stood before training, ready for `partial_fit`.

    `partial_fit` on a batch is one gradient step on that batch, in the order in which it comes (`shuffle` is off):
    the batches can be fed in Vitral's order. What cannot be given is the start: MLPClassifier draws its own weights at
    the first call, and takes a step with them. So one batch goes through it, then its weights are put to Vitral's, and
    the optimizer that took the step is forgotten. alpha is 0 since the network has no L2 penalty.
    """
    classifier = new_classifier(**arguments, alpha=0.0, shuffle=False, batch_size=batch_size)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        classifier.partial_fit(x[:batch_size], y[:batch_size], classes=sorted(set(y.tolist())))
    classifier.coefs_ = [weight.copy() for weight in weights[0::2]]
    classifier.intercepts_ = [weight.copy() for weight in weights[1::2]]
    # scikit-learn makes a new optimizer, without momentum, where there is none.
    vars(classifier).pop("_optimizer", None)
    return classifier
