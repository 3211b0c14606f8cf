"""Which rows go where: seeded, plain and stratified choices of indices.

Philox is used by name, because NumPy may change its default generator but not this one.
"""

from fractions import Fraction

import numpy as np

from vitral.errors import DataError
from vitral.typing import Array


def random_indices(count: int, test_count: int, seed: int) -> tuple[Array, Array]:
    """(train, test): the numbers 0 to count - 1, shuffled and cut, `test_count` of them in test."""
    order = np.random.Generator(np.random.Philox(seed)).permutation(count)
    return order[test_count:], order[:test_count]


def stratified_indices(labels: Array, test_count: int, seed: int) -> tuple[Array, Array]:
    """(train, test), shuffled, with every class in test in its own proportion, to within one.

    Places left over by rounding down go to the classes with the largest remainders, the smaller label first.
    Raises DataError if a class would be absent from either side.
    """
    generator = np.random.Generator(np.random.Philox(seed))
    classes, class_counts = np.unique(labels, return_counts=True)
    shares = [Fraction(int(count) * test_count, len(labels)) for count in class_counts]
    test_counts = [int(share) for share in shares]
    by_remainder = sorted(range(len(classes)), key=lambda place: (test_counts[place] - shares[place], place))
    for place in by_remainder[: test_count - sum(test_counts)]:
        test_counts[place] += 1
    train, test = [], []
    for label, count, in_test in zip(classes, class_counts, test_counts, strict=True):
        if not 0 < in_test < count:
            raise DataError(
                f"class {label} has {count} samples, of which {in_test} would be in test; "
                "a stratified split needs at least one on each side"
            )
        members = generator.permutation(np.flatnonzero(labels == label))
        train.append(members[in_test:])
        test.append(members[:in_test])
    return generator.permutation(np.concatenate(train)), generator.permutation(np.concatenate(test))
