"""The digits that come with scikit-learn: 1,797 images of 8 x 8, ready without a network."""

import numpy as np

from vitral._sampling import stratified_indices
from vitral.datasets.base import Dataset, Split
from vitral.errors import MissingExtraError

_TEST_SIZE = 360
_SPLIT_SEED = 0


def load_data() -> Split:
    """(x_train, y_train), (x_test, y_test) as uint8: images (1437, 8, 8) and (360, 8, 8), pixels 0 to 16, labels (n,).

    scikit-learn gives no division, so there is one of ours: stratified, with a fixed seed, always the same.
    Raises MissingExtraError if scikit-learn is not installed.
    """
    try:
        from sklearn.datasets import load_digits
    except ImportError:
        raise MissingExtraError("scikit-learn", needed_for="the digits data set") from None
    bundle = load_digits()
    images = bundle.images.astype(np.uint8)
    labels = bundle.target.astype(np.uint8)
    train, test = stratified_indices(labels, _TEST_SIZE, _SPLIT_SEED)
    return (images[train], labels[train]), (images[test], labels[test])


DATASET = Dataset(
    name="digits",
    title="Digits (scikit-learn)",
    description="Handwritten digits of 43 people, reduced to 8 x 8 pixels; comes with scikit-learn.",
    citation="E. Alpaydin, C. Kaynak: Optical recognition of handwritten digits. UCI Machine Learning "
    "Repository, 1998.",
    license="CC BY 4.0 (UCI Machine Learning Repository).",
    input_shape=(8, 8),
    train_size=1437,
    test_size=_TEST_SIZE,
    names_en=tuple("0123456789"),
    names_es=tuple("0123456789"),
    load=load_data,
    max_value=16,
)
