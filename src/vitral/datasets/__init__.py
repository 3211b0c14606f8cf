"""Data sets and readers: NumPy arrays in, NumPy arrays out.

>>> from vitral import datasets
>>> datasets.names()
['mnist', 'fashion_mnist', 'cifar10', 'digits']
"""

from vitral.datasets import cache, cifar10, digits, fashion_mnist, mnist, readers
from vitral.datasets.base import Dataset
from vitral.datasets.catalog import get, names

__all__ = ["Dataset", "cache", "cifar10", "digits", "fashion_mnist", "get", "mnist", "names", "readers"]
