"""First values of variables, under Keras' names."""

from vitral.initializers.constant import Constant, Ones, Zeros
from vitral.initializers.initializer import Initializer, compute_fans, registry
from vitral.initializers.random import RandomNormal, RandomUniform, TruncatedNormal
from vitral.initializers.variance_scaling import (
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
    Orthogonal,
    VarianceScaling,
)

get = registry.get
serialize = registry.serialize
deserialize = registry.deserialize

__all__ = [
    "Constant",
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "Initializer",
    "LecunNormal",
    "LecunUniform",
    "Ones",
    "Orthogonal",
    "RandomNormal",
    "RandomUniform",
    "TruncatedNormal",
    "VarianceScaling",
    "Zeros",
    "compute_fans",
    "deserialize",
    "get",
    "serialize",
]
