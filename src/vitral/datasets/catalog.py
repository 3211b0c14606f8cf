"""The data sets by name."""

import difflib

from vitral.datasets import cifar10, digits, fashion_mnist, mnist
from vitral.datasets.base import Dataset
from vitral.errors import DataError

_EACH: tuple[Dataset, ...] = (mnist.DATASET, fashion_mnist.DATASET, cifar10.DATASET, digits.DATASET)
_ALL = {dataset.name: dataset for dataset in _EACH}


def names() -> list[str]:
    """The names that `get` knows.

    >>> names()
    ['mnist', 'fashion_mnist', 'cifar10', 'digits']
    """
    return list(_ALL)


def get(name: str) -> Dataset:
    """The data set of that name; a hyphen may stand for the underscore.

    Raises DataError, with a suggestion, for an unknown name.

    >>> get("fashion-mnist").title
    'Fashion-MNIST'
    """
    found = _ALL.get(name.lower().replace("-", "_"))
    if found is None:
        close = difflib.get_close_matches(name.lower(), _ALL, n=1)
        hint = f"did you mean {close[0]!r}? " if close else ""
        raise DataError(f"unknown data set {name!r}; {hint}known: {', '.join(_ALL)}")
    return found
