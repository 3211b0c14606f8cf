"""The shipped recipes: all of them build, with the parameter counts that the reports published."""

import tomllib

import pytest

from vitral.lab.build import build_model
from vitral.lab.check import check_recipe
from vitral.lab.data import known_image_shape
from vitral.lab.loading import convert, list_recipes, load_recipe, variant_recipe
from vitral.lab.prepare import input_shape
from vitral.lab.recipe import Recipe
from vitral.lab.toml import recipe_to_toml
from vitral.models import Sequential


def _built(recipe: Recipe) -> Sequential:
    shape = known_image_shape(recipe.data)
    assert shape is not None
    return build_model(recipe, input_shape(recipe.data, shape))


@pytest.mark.parametrize("name", list_recipes())
def test_every_recipe_passes_its_check_without_any_data(name: str) -> None:
    recipe = load_recipe(name)
    check_recipe(recipe)
    assert recipe.name == name
    assert recipe.notes is not None


@pytest.mark.parametrize("name", list_recipes())
def test_a_resolved_recipe_is_read_back_unchanged(name: str) -> None:
    recipe = load_recipe(name)
    assert convert(tomllib.loads(recipe_to_toml(recipe)), name) == recipe


@pytest.mark.parametrize("name", list_recipes())
def test_sisters_know_each_other(name: str) -> None:
    recipe = load_recipe(name)
    if recipe.sister is not None:
        sister = load_recipe(recipe.sister)
        assert {recipe.kind, sister.kind} == {"published", "improved"}
        assert sister.sister is not None
        assert load_recipe(sister.sister).label in (recipe.label, sister.label)


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("mnist-mlp-sigmoid", 266_610),
        ("mnist-cnn", 1_625_866),
        ("mnist-cnn-strided", 1_625_866),
        ("cifar10-optimizers", 2_117_962),
        ("cifar10-cnn", 119_040),
    ],
)
def test_parameter_counts_are_the_published_ones(name: str, count: int) -> None:
    assert _built(load_recipe(name)).count_params() == count


def test_layers_of_net_1_have_the_published_counts() -> None:
    counts = [layer.count_params() for layer in _built(load_recipe("mnist-cnn")).layers]
    assert counts == [320, 18_496, 0, 0, 1_605_760, 1_290]


def test_convolutions_of_l5_end_in_4x4x64_after_56320_parameters() -> None:
    layers = _built(load_recipe("cifar10-cnn")).layers[:5]
    assert sum(layer.count_params() for layer in layers) == 56_320
    assert layers[-1].output_shape == (None, 4, 4, 64)


@pytest.mark.parametrize(
    ("published", "improved"),
    [
        ("cifar10-cnn", "cifar10-cnn-improved"),
        ("cifar10-optimizers", "cifar10-cnn-augmented"),
        ("mnist-cnn", "mnist-cnn-improved"),
    ],
)
def test_improved_recipe_multiplies_no_more_than_the_published_one(published: str, improved: str) -> None:
    def work(name: str) -> int:
        recipe = load_recipe(name)
        return recipe.training.epochs * sum(layer.multiply_adds(layer.input_shape) for layer in _built(recipe).layers)

    assert work(improved) <= work(published)


def test_the_study_of_l2_has_the_eight_published_runs() -> None:
    study = load_recipe("fashion-cnn-study")
    assert len(study.variants) == 8
    resolved = [variant_recipe(study, variant.name) for variant in study.variants]
    assert [recipe.training.epochs for recipe in resolved] == [3000, 100, 100, 100, 2000, 2000, 500, 100]
    assert [recipe.optimizer["learning_rate"] for recipe in resolved][:4] == [0.001, 0.001, 0.00001, 0.1]
    assert [len(recipe.layers) for recipe in resolved] == [7] * 7 + [5]


def test_momentum_in_ema_form_is_the_usual_one_with_a_tenth_of_the_rate() -> None:
    momentum = variant_recipe(load_recipe("fashion-cnn-optimizers"), "momentum").optimizer
    assert momentum == {"type": "SGD", "learning_rate": pytest.approx(0.001 * (1 - 0.9)), "momentum": 0.9}


def test_the_biases_of_l1_get_the_mean_where_the_weights_get_the_sum() -> None:
    optimizer = load_recipe("mnist-mlp-sigmoid").optimizer
    # BinaryCrossentropy is a mean over 900 images and 10 outputs; the report's rate is 0.001.
    assert optimizer["learning_rate"] == pytest.approx(0.001 * 900 * 10)
    assert optimizer["learning_rate_multipliers"]["bias"] * 900 == pytest.approx(1.0)
