"""Images far from the mean image of their own class."""

import numpy as np

from vitral.lab.record import Localized
from vitral.lab.record_exploration import Outlier
from vitral.typing import Array

_FENCES = 3.0

OUTLIER_RULE = Localized(
    en=(
        "An image is an outlier if its Euclidean distance to the mean image of its class lies more than 3 "
        "interquartile ranges above the third quartile of its class (Tukey's outer fence). Outliers are shown, not "
        "removed: unusual handwriting is still handwriting."
    ),
    es=(
        "Una imagen es atípica si su distancia euclídea a la imagen media de su clase queda más de 3 rangos "
        "intercuartílicos por encima del tercer cuartil de su clase (valla exterior de Tukey). Las atípicas se "
        "muestran, no se eliminan: una letra rara sigue siendo letra."
    ),
)


def find_outliers(x: Array, y: Array, means: Array) -> list[Outlier]:
    """The outliers among images (n, h, w, c) by OUTLIER_RULE, the most extreme first.

    `score` is the distance above the third quartile in interquartile ranges.
    """
    found: list[Outlier] = []
    for label in np.unique(y):
        positions = np.flatnonzero(y == label)
        difference = x[positions].reshape(len(positions), -1) - means[label].ravel()
        distance = np.sqrt(np.einsum("ij,ij->i", difference, difference))
        low, high = np.quantile(distance, [0.25, 0.75])
        if high == low:
            continue
        score = (distance - high) / (high - low)
        found += [
            Outlier(int(positions[at]), int(label), float(distance[at]), float(score[at]))
            for at in np.flatnonzero(score > _FENCES)
        ]
    return sorted(found, key=lambda outlier: -outlier.score)
