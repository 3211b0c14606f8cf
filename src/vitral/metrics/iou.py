"""Intersection over union: how the pixels called a class overlap those that are, for segmentation."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from vitral.config import epsilon
from vitral.core.configurable import is_number
from vitral.core.targets import weights_for
from vitral.errors import ConfigError, ShapeError
from vitral.metrics.metric import Metric, registry
from vitral.typing import Config


@registry.register("iou")
class IoU(Metric):
    """tp / (tp + fp + fn) for each class, averaged over `target_class_ids`; classes that never occur are left out.

    y_true and y_pred are class numbers of one shape, or with `sparse_y_true` or `sparse_y_pred` False hold a value for
    each class on `axis`, of which the largest counts. Numbers that are no class, and pixels of `ignore_class`, are left
    out. Weights may be any numbers. Raises ConfigError for a target that is no class.

    >>> round(IoU(num_classes=2, target_class_ids=[0])([0, 0, 1, 1], [0, 1, 0, 1]), 6)
    0.333333
    """

    direction = "up"

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str | None = None,
        dtype: str | None = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        super().__init__(name, dtype)
        if not (isinstance(num_classes, int) and num_classes > 0):
            raise ConfigError(f"num_classes is {num_classes!r}; expected a whole number above 0")
        if np.ndim(target_class_ids) != 1 or not all(map(is_number, target_class_ids)):
            raise ConfigError(f"target_class_ids is {target_class_ids!r}; expected a list of class numbers")
        self.target_class_ids = list(target_class_ids)
        if not all(0 <= target < num_classes for target in self.target_class_ids):
            raise ConfigError(
                f"target_class_ids are {self.target_class_ids}; expected numbers from 0 to below {num_classes}"
            )
        self.num_classes = num_classes
        self.ignore_class = ignore_class
        self.sparse_y_true = sparse_y_true
        self.sparse_y_pred = sparse_y_pred
        self.axis = axis
        self._counts = self.add_variable(name="total_confusion_matrix", shape=(num_classes, num_classes))

    def update_state(
        self, y_true: npt.ArrayLike, y_pred: npt.ArrayLike, sample_weight: npt.ArrayLike | None = None
    ) -> None:
        truth = np.asarray(y_true) if self.sparse_y_true else np.argmax(y_true, axis=self.axis)
        called = np.asarray(y_pred) if self.sparse_y_pred else np.argmax(y_pred, axis=self.axis)
        if truth.size != called.size:
            raise ShapeError(
                f'"{self.name}" received {truth.shape} class numbers as y_true and {called.shape} as y_pred; '
                "expected one shape"
            )
        weights = np.ones(called.shape)
        if sample_weight is not None:
            weights *= weights_for(weights, sample_weight)
        truth, called = truth.reshape(-1).astype(np.intp), called.reshape(-1).astype(np.intp)
        known = (truth >= 0) & (truth < self.num_classes) & (called >= 0) & (called < self.num_classes)
        if self.ignore_class is not None:
            known &= truth != self.ignore_class
        place = truth[known] * self.num_classes + called[known]
        counts = np.bincount(place, weights.reshape(-1)[known], self.num_classes**2)
        self._counts.value += counts.reshape(self.num_classes, self.num_classes)

    def result(self) -> float:
        both = self._counts.value.diagonal()[self.target_class_ids]
        union = (self._counts.value.sum(axis=0) + self._counts.value.sum(axis=1))[self.target_class_ids] - both
        occurs = union > 1e-9
        # Keras adds epsilon to both denominators, which shows in the seventh digit.
        shares = np.where(occurs, both / (union + epsilon()), 0)
        return float(shares.sum() / (occurs.sum() + epsilon()))

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "num_classes": self.num_classes,
            "target_class_ids": self.target_class_ids,
            "ignore_class": self.ignore_class,
            "sparse_y_true": self.sparse_y_true,
            "sparse_y_pred": self.sparse_y_pred,
            "axis": self.axis,
        }


def _without(config: Config, *names: str) -> Config:
    return {name: value for name, value in config.items() if name not in names}


@registry.register("binary_iou")
class BinaryIoU(IoU):
    """IoU of the classes 0 and 1, where y_pred is 1 from `threshold` on.

    >>> round(BinaryIoU()([0, 1, 0, 1], [0.1, 0.2, 0.4, 0.7]), 6)
    0.583333
    """

    def __init__(
        self,
        target_class_ids: Sequence[int] = (0, 1),
        threshold: float = 0.5,
        name: str | None = None,
        dtype: str | None = None,
    ) -> None:
        super().__init__(2, target_class_ids, name, dtype)
        self.threshold = threshold

    def update_state(
        self, y_true: npt.ArrayLike, y_pred: npt.ArrayLike, sample_weight: npt.ArrayLike | None = None
    ) -> None:
        super().update_state(y_true, np.asarray(y_pred) >= self.threshold, sample_weight)

    def get_config(self) -> Config:
        config = _without(super().get_config(), "num_classes", "ignore_class", "sparse_y_true", "sparse_y_pred", "axis")
        return {**config, "threshold": self.threshold}


@registry.register("mean_iou")
class MeanIoU(IoU):
    """IoU averaged over all classes. Arguments as in `IoU`."""

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: str | None = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        super().__init__(num_classes, range(num_classes), name, dtype, ignore_class, sparse_y_true, sparse_y_pred, axis)

    def get_config(self) -> Config:
        return _without(super().get_config(), "target_class_ids")


@registry.register("one_hot_iou")
class OneHotIoU(IoU):
    """IoU of one-hot targets. Arguments as in `IoU`."""

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str | None = None,
        dtype: str | None = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(num_classes, target_class_ids, name, dtype, ignore_class, False, sparse_y_pred, axis)

    def get_config(self) -> Config:
        return _without(super().get_config(), "sparse_y_true")


@registry.register("one_hot_mean_iou")
class OneHotMeanIoU(MeanIoU):
    """IoU of one-hot targets averaged over all classes. Arguments as in `IoU`."""

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: str | None = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(num_classes, name, dtype, ignore_class, False, sparse_y_pred, axis)

    def get_config(self) -> Config:
        return _without(super().get_config(), "sparse_y_true")
