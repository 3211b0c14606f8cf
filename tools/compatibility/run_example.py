"""Run one example under one library: the text of the script, with its import line changed, on arrays from a folder.

    python -m tools.compatibility.run_example SCRIPT vitral|keras SEED FOLDER IMAGES

FOLDER holds mnist.npz, fashion_mnist.npz and cifar10.npz, so that nothing is fetched; IMAGES is how many of the
training images the script gets at most, and of the test images. The last line written is the script's accuracies as
JSON: the variable `accuracies` if it has one, else `test_accuracy`.
"""

import importlib
import json
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np

SETS = ("cifar10", "fashion_mnist", "mnist")


def under(text: str, library: str) -> str:
    """The script, with `vitral` in its import lines replaced."""
    if library == "keras":
        text = text.replace("import vitral as keras\n", "import keras\n")
    return re.sub(r"^from vitral import", f"from {library} import", text, flags=re.MULTILINE)


def feed(library: Any, folder: Path, images: int) -> None:
    """Let the library's data sets come from the folder."""
    for name in SETS:
        path = folder / f"{name}.npz"

        def load_data(path: Path = path) -> tuple[Any, Any]:
            with np.load(path) as arrays:
                train, test = [
                    (arrays[f"x_{part}"][:images], arrays[f"y_{part}"][:images]) for part in ("train", "test")
                ]
            return train, test

        getattr(library.datasets, name).load_data = load_data


def set_seed(library: Any, seed: int) -> None:
    """First weights and draws from a seed.

    TensorFlow gets none: with one, Keras visits the images in the same order in every epoch. The scripts set no seed,
    so whoever runs them sees a new order in each, as Vitral always draws it.
    """
    library.utils.set_random_seed(seed)
    if library.__name__ == "keras":
        importlib.import_module("tensorflow").random.set_seed(None)


def main(script: str, library: str, seed: str, folder: str, images: str) -> None:
    """Run it and write what it reached."""
    module = importlib.import_module(library)
    feed(module, Path(folder), int(images))
    set_seed(module, int(seed))
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(under(Path(script).read_text("utf-8"), library), script, "exec"), names)
    accuracies = names.get("accuracies", {"": names["test_accuracy"]})
    sys.stdout.write("\n" + json.dumps({name: float(value) for name, value in accuracies.items()}) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
