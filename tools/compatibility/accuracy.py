"""Run the examples for Keras under Vitral and under Keras, and write what they reach to accuracy.json.

python -m tools.compatibility.accuracy --python /a/venv/bin/python    # that Python has Keras and TensorFlow
"""

import argparse
import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from tools.compatibility.run_example import SETS
from vitral import datasets

ROOT = Path(__file__).parents[2]
FILE = Path(__file__).with_name("accuracy.json")

ALL = 60_000
EXAMPLES = {
    "examples/keras/functional_resnet.py": ALL,
    "examples/keras/augmentation.py": ALL,
    "examples/keras/transfer.py": ALL,
    "examples/keras/callback.py": ALL,
    "examples/keras/class_weights.py": ALL,
    "examples/keras/two_networks.py": ALL,
    "examples/cifar10_keras_style.py": 2_000,
}
"""The scripts, and how many training and test images each gets; the first six take a part of all by themselves."""

ONE_THREAD = {
    "KERAS_BACKEND": "tensorflow",
    "MPLBACKEND": "Agg",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "VITRAL_NUM_THREADS": "1",
}


def save_arrays(folder: Path) -> None:
    """The data sets, as Vitral has them in its cache, for both libraries."""
    for name in SETS:
        (x_train, y_train), (x_test, y_test) = getattr(datasets, name).load_data()
        np.savez(folder / f"{name}.npz", x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)


def reached(python: str, script: str, library: str, seed: int, folder: Path) -> dict[str, float]:
    """The accuracies of one run, in a process of its own."""
    module = "tools.compatibility.run_example"
    command = [python, "-m", module, script, library, str(seed), str(folder), str(EXAMPLES[script])]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | ONE_THREAD, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stderr}")
    accuracies: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return accuracies


def main() -> None:
    """Run all, seed by seed, and write the file after each script."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", default=sys.executable, help="a Python that has Keras and TensorFlow")
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    versions = "import keras, tensorflow; print(f'Keras {keras.__version__} on TensorFlow {tensorflow.__version__}')"
    peer = subprocess.run(
        [options.python, "-c", versions], env=os.environ | ONE_THREAD, capture_output=True, text=True, check=True
    ).stdout.strip()
    record: dict[str, object] = {
        "date": dt.date.today().isoformat(),
        "peer": peer,
        "command": f"python -m tools.compatibility.accuracy --seeds {options.seeds}",
        "seeds": options.seeds,
    }
    runs: dict[str, dict[str, dict[str, list[float]]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        save_arrays(Path(folder))
        for seed in range(1, options.seeds + 1):
            for script in EXAMPLES:
                pythons = {"vitral": sys.executable, "keras": options.python}
                with ThreadPoolExecutor(len(pythons)) as pool:
                    begun = {
                        library: pool.submit(reached, python, script, library, seed, Path(folder))
                        for library, python in pythons.items()
                    }
                for library, run in begun.items():
                    of_script = runs.setdefault(script, {}).setdefault(library, {})
                    for name, accuracy in run.result().items():
                        of_script.setdefault(name, []).append(round(accuracy, 4))
                sys.stderr.write(f"seed {seed}: {script}\n")
                FILE.write_text(json.dumps(record | {"runs": runs}, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
