"""Everything about a recipe that can be wrong before any image is read."""

import re
from collections.abc import Iterator

import numpy as np

from vitral import datasets
from vitral.core.registry import unknown_name
from vitral.errors import RecipeError, VitralError
from vitral.lab.build import build_callbacks, build_model
from vitral.lab.data import known_image_shape
from vitral.lab.figures import is_known_metric
from vitral.lab.loading import variant_recipe
from vitral.lab.prepare import input_shape, targets
from vitral.lab.recipe import DataRecipe, Recipe
from vitral.models import Sequential
from vitral.training.checks import check_targets

_FOLDER_NAME = re.compile(r"\w[\w.-]*")


def check_recipe(recipe: Recipe) -> None:
    """Raise RecipeError, in one line, for what the types alone do not catch.

    For a built-in data set the network is built, so that an impossible shape shows before the data is loaded; for a
    user's file that happens once the file is read. A study is checked variant by variant.
    """
    for complaint in _complaints(recipe):
        raise RecipeError(f"{recipe.name}: {complaint}")
    if recipe.is_study:
        for variant in recipe.variants:
            check_recipe(variant_recipe(recipe, variant.name))
        return
    image_shape = known_image_shape(recipe.data)
    try:
        build_callbacks(recipe)
        if image_shape is not None and recipe.data.dataset is not None:
            model = build_model(recipe, input_shape(recipe.data, image_shape))
            check_output(recipe, model, datasets.get(recipe.data.dataset).num_classes)
    except RecipeError as error:
        raise RecipeError(f"{recipe.name}: {error}") from error


def check_output(recipe: Recipe, model: Sequential, classes: int) -> None:
    """Raise RecipeError unless the network's output and the loss fit labels of that many classes."""
    for label in recipe.training.class_weight or {}:
        if int(label) >= classes:
            raise RecipeError(f"[training] class_weight has the key {label}; expected class numbers 0 to {classes - 1}")
    labels = targets(recipe.data, np.arange(classes), classes)
    try:
        check_targets(model.require_loss("check"), model.output_layers[0], model.output_shape, labels)
    except VitralError as error:
        raise RecipeError(f"[loss] {error}") from error


def check_singles(recipe: Recipe, test_size: int) -> None:
    """Raise RecipeError if the report is to show a test image that there is not."""
    for index in recipe.report.single:
        if index >= test_size:
            raise RecipeError(f"[report] single names test image {index}; expected 0 to {test_size - 1}")


def check_data(data: DataRecipe) -> None:
    """Raise RecipeError unless the data are named so that they can be read, split or not."""
    for complaint in _source_complaints(data):
        raise RecipeError(complaint)


def _complaints(recipe: Recipe) -> Iterator[str]:
    training = recipe.training
    if not 0 <= recipe.seed < 2**32:
        yield f"seed = {recipe.seed}; expected 0 to {2**32 - 1}"
    for what, name in [("name", recipe.name), *(("variant", variant.name) for variant in recipe.variants)]:
        if not _FOLDER_NAME.fullmatch(name):
            yield f"{what} = {name!r}; expected letters, digits and - _ . as it names a folder"
    if not recipe.layers:
        yield "there are no [[layers]]"
    if training.epochs < 1:
        yield f"[training] epochs = {training.epochs}; expected 1 or more"
    if isinstance(training.batch_size, int) and training.batch_size < 1:
        yield f'[training] batch_size = {training.batch_size}; expected 1 or more, or "full"'
    if training.measurements is not None and training.measurements < 1:
        yield f"[training] measurements = {training.measurements}; expected 1 or more"
    for label in training.class_weight or {}:
        if not label.isdecimal():
            yield f"[training] class_weight has the key {label!r}; expected class numbers"
    yield from _source_complaints(recipe.data)
    yield from _split_complaints(recipe.data)
    if recipe.report.samples < 1:
        yield f"[report] samples = {recipe.report.samples}; expected 1 or more"
    for number in recipe.report.single:
        if number < 0:
            yield f"[report] single has {number}; expected positions in the test set, from 0"
    for entry in recipe.published:
        if not is_known_metric(entry.metric):
            yield f"[[published]] metric {entry.metric!r} is not known; expected for example test_accuracy"
    names = [variant.name for variant in recipe.variants]
    for name in names:
        if names.count(name) > 1:
            yield f"two variants are called {name!r}"


def _source_complaints(data: DataRecipe) -> Iterator[str]:
    if (data.dataset is None) == (data.path is None):
        yield "[data] needs either dataset, a built-in set, or path, a file of yours"
    if data.dataset is not None:
        try:
            datasets.get(data.dataset)
        except VitralError:
            yield f"[data] {unknown_name('data set', data.dataset, datasets.names())}"
        if data.test_path or data.format or data.reader:
            yield "[data] test_path, format and reader belong to path, not to a built-in data set"
    if data.first is not None and data.first < 1:
        yield f"[data] first = {data.first}; expected 1 or more"


def _split_complaints(data: DataRecipe) -> Iterator[str]:
    if data.path is not None and data.split == "given" and data.test_path is None:
        yield '[data] path needs a test_path, or split = "stratified" and a test_size'
    if data.split != "given" and data.test_size is None:
        yield f'[data] split = "{data.split}" needs a test_size'
    for key, size in (("train_size", data.train_size), ("test_size", data.test_size)):
        if size is not None and (size <= 0 or (isinstance(size, float) and size >= 1)):
            yield f"[data] {key} = {size}; expected a count of 1 or more, or a fraction below 1"
    if isinstance(data.validation, float) and not 0 < data.validation < 1:
        yield f'[data] validation = {data.validation}; expected a fraction below 1, "test" or "none"'
