"""scikit-learn's MLPClassifier and Vitral's on real images, each from its own random start: seconds and accuracy.

`python -m benchmarks.estimators '{"data": ..., "library": ..., "seed": ..., "epochs": ...}'` trains one of them.
"""

import json
import random
import sys
import time
import warnings
from collections.abc import Callable
from importlib import import_module

import numpy as np

from benchmarks.data import Array
from benchmarks.peers import VITRAL
from benchmarks.process import ChildFailedError, ask
from benchmarks.record import Estimator, Estimators, LeftOut

TITLES = {
    "E-digits": "MLPClassifier.fit, 64-100-10, scikit-learn's digits, 1,347 images, 100 epochs",
    "E-mnist": "MLPClassifier.fit, 784-100-10, 10,000 images of MNIST, 20 epochs",
}
EPOCHS = {"E-digits": 100, "E-mnist": 20}
_MODULES = {"vitral": "vitral.sklearn", "sklearn": "sklearn.neural_network"}


def compare(name: str, rounds: int, threads: int, *, smoke: bool) -> tuple[Estimators, list[LeftOut]]:
    """Both on one data set in turn, with a seed for each round; n rounds are n trainings of each."""
    found = {library: Estimator(library, [], []) for library in _MODULES}
    for seed in range(rounds):
        for library in random.Random(seed).sample(sorted(found), len(found)):
            order = {"data": name, "library": library, "seed": seed, "epochs": 1 if smoke else EPOCHS[name]}
            try:
                answer = ask(VITRAL, "benchmarks.estimators", order, threads)
            except ChildFailedError as error:
                return Estimators(name, TITLES[name], []), [LeftOut(library, name, str(error))]
            found[library].seconds.append(float(answer["seconds"]))
            found[library].accuracies.append(float(answer["accuracy"]))
    return Estimators(name, TITLES[name], list(found.values())), []


def digits() -> tuple[Array, Array, Array, Array]:
    """Training and test part of scikit-learn's digits, every fourth image for the test, pixels from 0 to 1."""
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    test = np.arange(len(x)) % 4 == 0
    x = (x / 16).astype(np.float32)
    return x[~test], y[~test], x[test], y[test]


def mnist() -> tuple[Array, Array, Array, Array]:
    """The first 10,000 training images of MNIST and all its test images, pixels from 0 to 1."""
    from vitral.datasets import mnist

    (x, y), (x_test, y_test) = mnist.load_data()
    flat = [(part.reshape(len(part), -1) / 255).astype(np.float32) for part in (x[:10_000], x_test)]
    return flat[0], y[:10_000], flat[1], y_test


DATA: dict[str, Callable[[], tuple[Array, Array, Array, Array]]] = {"E-digits": digits, "E-mnist": mnist}


def trained(data: str, library: str, seed: int, epochs: int) -> dict[str, float]:
    """Seconds of one fit, and the part of the test images that it has right."""
    x, y, x_test, y_test = DATA[data]()
    classifier = import_module(_MODULES[library]).MLPClassifier(max_iter=epochs, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that the epochs are too few to converge is known
        start = time.perf_counter()
        classifier.fit(x, y)
        seconds = time.perf_counter() - start
    return {"seconds": seconds, "accuracy": float(classifier.score(x_test, y_test))}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(trained(**json.loads(sys.argv[1]))) + "\n")
