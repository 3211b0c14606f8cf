"""Images that are there twice, within a part or in training and test alike."""

import hashlib
from collections import defaultdict

import numpy as np

from vitral.lab.data import Images
from vitral.lab.record_exploration import DuplicateGroup, Duplicates
from vitral.typing import Array

_GROUPS = 25


def find_duplicates(images: Images) -> Duplicates:
    """Images with exactly the same pixels, found by hashing them; the first groups are listed, test ones first."""
    places: dict[bytes, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for part, x in enumerate((images.x_train, images.x_test)):
        for index, key in enumerate(_hashes(x)):
            places[key][part].append(index)
    groups = [_group(train, test, images) for train, test in places.values() if len(train) + len(test) > 1]
    groups.sort(key=lambda group: (not (group.train and group.test), group.train, group.test))
    return Duplicates(
        within_train=sum(len(group.train) - 1 for group in groups if group.train),
        within_test=sum(len(group.test) - 1 for group in groups if group.test),
        across=sum(len(group.test) for group in groups if group.train),
        conflicting_labels=sum(len(set(group.labels)) > 1 for group in groups),
        groups=groups[:_GROUPS],
    )


def _group(train: list[int], test: list[int], images: Images) -> DuplicateGroup:
    labels = [*images.y_train[train], *images.y_test[test]]
    return DuplicateGroup(train, test, [int(label) for label in labels])


def _hashes(x: Array) -> list[bytes]:
    return [hashlib.blake2b(image.data, digest_size=16).digest() for image in np.ascontiguousarray(x)]
