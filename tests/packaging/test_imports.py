"""`import vitral` stays light, and every public name exists."""

import subprocess
import sys

import vitral

LAB_PACKAGES = ("h5py", "sklearn", "matplotlib", "PIL", "jinja2", "scipy")


def loaded_after(statement: str) -> set[str]:
    """Top-level packages in a fresh process after a statement."""
    program = f"{statement}\nimport sys\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    result = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    return set(result.stdout.split())


def test_import_vitral_loads_no_lab_package() -> None:
    assert loaded_after("import vitral").isdisjoint(LAB_PACKAGES)


def test_training_loads_no_lab_package() -> None:
    statement = """
import numpy as np, vitral
model = vitral.Sequential([vitral.layers.Dense(2, activation="softmax")])
model.compile(loss="sparse_categorical_crossentropy")
model.fit(np.zeros((4, 3), np.float32), np.array([0, 1, 0, 1]), verbose=0)
"""
    assert loaded_after(statement).isdisjoint(LAB_PACKAGES)


def test_training_loads_nothing_for_the_net() -> None:
    statement = "from vitral import Sequential, callbacks, layers, losses, optimizers"
    assert loaded_after(statement).isdisjoint({"email", "http", "ssl"})


def test_help_loads_neither_numpy_nor_a_lab_package() -> None:
    statement = """
from vitral.cli.app import cli
import contextlib, io
with contextlib.redirect_stdout(io.StringIO()):
    cli.main(["--help"], standalone_mode=False)
"""
    assert loaded_after(statement).isdisjoint({*LAB_PACKAGES, "numpy"})


def test_public_names_resolve() -> None:
    assert vitral.__all__
    assert [name for name in vitral.__all__ if not hasattr(vitral, name)] == []
    assert set(vitral.__all__) <= set(dir(vitral))
