"""From the arrays of a data set to the arrays that a network takes."""

from vitral.preprocessing.labels import one_hot, to_categorical
from vitral.preprocessing.scaling import Standardizer, scale_unit
from vitral.preprocessing.shape import add_channel_axis
from vitral.preprocessing.splits import Parts, split, stratified_split

__all__ = [
    "Parts",
    "Standardizer",
    "add_channel_axis",
    "one_hot",
    "scale_unit",
    "split",
    "stratified_split",
    "to_categorical",
]
