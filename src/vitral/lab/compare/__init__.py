"""The same network in another library, from the same start, on the same batches."""

from vitral.lab.compare.contest import compare_with_sklearn

__all__ = ["compare_with_sklearn"]
