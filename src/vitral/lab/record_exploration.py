"""exploration.json and exploration.npz: what `vitral explore` finds in a data set before any training."""

from msgspec import Struct, field

from vitral.lab.record import Localized, PerLanguage


class ClassBalance(Struct):
    """How many images of one class there are; the test count is None for a set without a test part."""

    label: int
    train: int
    test: int | None


class ColumnRecord(Struct):
    """A group of columns of the table that the images make: the label, or the pixels of one channel."""

    name: str
    """The label's or the pixels' column names, for example "label" or "1x1 ... 28x28"."""
    count: int
    dtype: str
    minimum: float
    maximum: float
    mean: float
    distinct: int


class Outlier(Struct):
    """A training image far from the mean image of its own class.

    `score` says how many interquartile ranges the distance lies above the third quartile of its class.
    """

    index: int
    label: int
    distance: float
    score: float


class DuplicateGroup(Struct):
    """Images with the same pixels: positions in the training and in the test set, and their labels."""

    train: list[int]
    test: list[int]
    labels: list[int]


class Duplicates(Struct):
    """Exact duplicates, found by hashing the pixels; `groups` are the first few."""

    within_train: int
    """Training images that repeat an earlier training image."""
    within_test: int
    across: int
    """Test images that are also in the training set: they make the test accuracy too good."""
    conflicting_labels: int
    """Groups whose images do not all have the same label."""
    groups: list[DuplicateGroup] = field(default_factory=list)


class Exploration(Struct):
    """Everything but the arrays. exploration.npz holds, beside it:

    constant (h, w, c) bool, correlation (h, w, c) float64 with NaN where a pixel never varies,
    mean_images (classes, h, w, c) float64 in the images' units, mean_image (h, w, c),
    sample_images (25, ...), sample_labels, outlier_images, duplicate_images (first image of each group).
    """

    name: str
    title: Localized
    source: str
    train_size: int
    test_size: int
    image_shape: list[int]
    """(height, width, channels)."""
    class_names: PerLanguage
    columns: list[ColumnRecord]
    classes: list[ClassBalance]
    imbalance: float | None
    """Images of the most frequent class for one of the rarest; None if a class has no images."""
    constant_pixels: int
    undefined_correlations: int
    strongest_correlation: float | None
    """The largest |correlation| of a pixel with the label; None if no pixel varies."""
    strongest_pixel: list[int]
    """(row, column, channel), counted from 0."""
    outlier_rule: Localized
    outlier_count: int
    outliers: list[Outlier]
    duplicates: Duplicates
    majority_baseline: float
    """Accuracy of always naming the most frequent class: what a network must beat."""
    nearest_mean_accuracy: float | None
    """Test accuracy of the nearest class mean: whether the task is feasible from the pixels at all."""
    verdict: Localized
    """The analysis in two or three sentences."""
