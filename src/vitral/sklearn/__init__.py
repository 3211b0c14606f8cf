"""scikit-learn estimators that train with Vitral.

    from vitral.sklearn import MLPClassifier

scikit-learn is imported with the first of these names, not before; raises MissingExtraError where it is not installed.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from vitral.errors import MissingExtraError

if TYPE_CHECKING:
    from vitral.sklearn.mlp_classifier import MLPClassifier
    from vitral.sklearn.mlp_regressor import MLPRegressor
    from vitral.sklearn.neural_net_classifier import NeuralNetClassifier
    from vitral.sklearn.neural_net_regressor import NeuralNetRegressor

__all__ = ["MLPClassifier", "MLPRegressor", "NeuralNetClassifier", "NeuralNetRegressor"]

_FILE_OF = {
    "MLPClassifier": "mlp_classifier",
    "MLPRegressor": "mlp_regressor",
    "NeuralNetClassifier": "neural_net_classifier",
    "NeuralNetRegressor": "neural_net_regressor",
}


def __getattr__(name: str) -> Any:
    if name not in _FILE_OF:
        raise AttributeError(f"module 'vitral.sklearn' has no attribute {name!r}")
    try:
        import sklearn  # noqa: F401  so that the error names the package, whatever of it is missing
    except ImportError:
        raise MissingExtraError("scikit-learn", needed_for=f"vitral.sklearn.{name}", extra="sklearn") from None
    value = getattr(import_module(f"vitral.sklearn.{_FILE_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
