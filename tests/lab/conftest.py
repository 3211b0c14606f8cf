"""A small recipe with everything that a resume must restore: dropout, augmentation, Adam's moments, shuffling."""

from pathlib import Path

import pytest

from vitral.lab.folder import RunFolder
from vitral.lab.loading import load_recipe
from vitral.lab.run import run_recipe

RESUMABLE = """
name = "resumable"
seed = 3
title = { en = "Resumable", es = "Reanudable" }

[data]
dataset = "digits"
validation = "test"

[[layers]]
type = "RandomTranslation"
height_factor = 0.125
width_factor = [-0.125, 0.0]
fill_mode = "constant"

[[layers]]
type = "RandomErasing"
value_range = [0, 1]

[[layers]]
type = "Flatten"

[[layers]]
type = "Dense"
units = 24
activation = "relu"

[[layers]]
type = "BatchNormalization"

[[layers]]
type = "Dropout"
rate = 0.3

[[layers]]
type = "Dense"
units = 10
activation = "softmax"

[loss]
type = "SparseCategoricalCrossentropy"

[optimizer]
type = "Adam"
learning_rate = 0.003

[training]
epochs = 4
batch_size = 64
measurements = 9

[[callbacks]]
type = "ReduceLROnPlateau"
monitor = "loss"
min_delta = 1.0
patience = 1
factor = 0.5

[report]
samples = 4
single = [5]
"""


@pytest.fixture(scope="session")
def recipe_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The recipe as a user's own file."""
    path = tmp_path_factory.mktemp("recipe") / "resumable.toml"
    path.write_text(RESUMABLE)
    return path


@pytest.fixture(scope="session")
def finished(recipe_file: Path, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A run of it that nothing interrupted; tests only read it."""
    return run_recipe(load_recipe(recipe_file), tmp_path_factory.mktemp("runs"), command=["test"], verbose=0)
