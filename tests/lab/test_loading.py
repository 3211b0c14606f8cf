"""A wrong recipe is refused in one line that names the key, what was found and what was expected."""

from pathlib import Path

import pytest

from vitral.errors import RecipeError
from vitral.lab.check import check_recipe
from vitral.lab.loading import load_recipe, variant_recipe

_WRONG = [
    (["optimizr.learning_rate=0.1"], "unknown key 'optimizr'; did you mean 'optimizer'?"),
    (["training.epoch=3"], "[training] unknown key 'epoch'; did you mean 'epochs'?"),
    (["published.0.nme=3"], "[published[0]] unknown key 'nme'; did you mean 'name'?"),
    (["training.epochs='many'"], "training.epochs: expected a whole number, got a text"),
    (["data.split=randm"], "data.split: invalid enum value 'randm'; expected 'given' or 'random' or 'stratified'"),
    (["layers.9.filters=3"], "'9' in 'layers.9.filters' is not one of the 6 entries, counted from 0"),
    (["seed.x=1"], None),
    (["title.en.x=1"], "leads into 'MNIST convolutional net with max-pooling (net_1)', which has no keys"),
    (["training.epochs"], "expected KEY=VALUE"),
    (["training.epochs=3x"], "'3x' is not a TOML value"),
    (["layers.0.type=Conv3D"], "[layers.0] unknown layer 'Conv3D'; did you mean 'Conv2D'?"),
    (["layers.0.filtrs=3"], "[layers.0] unknown argument of Conv2D 'filtrs'; did you mean 'filters'?"),
    (["layers.0.activation=rleu"], "[layers.0] unknown activation 'rleu'; did you mean 'relu'?"),
    (["layers.3={type='Dense'}"], "[layers.3] Dense: missing 1 required positional argument: 'units'"),
    (["layers.4={type='MaxPooling2D'}"], '[layers] layer "max_pooling2d_1"'),
    (["loss.type=CategoricalCross"], "[loss] unknown loss 'CategoricalCross'; did you mean 'CategoricalCrossentropy'?"),
    (["optimizer.type=Adamm"], "[optimizer] unknown optimizer 'Adamm'; did you mean 'Adam'?"),
    (["optimizer.learning_rate=fast"], "learning_rate is 'fast'; expected a number"),
    (["training.metrics=['acuracy']"], "unknown metric 'acuracy'; did you mean 'accuracy'?"),
    (["callbacks=[{type='EarlyStoping'}]"], "[callbacks.0] unknown callback 'EarlyStoping'"),
    (["data.dataset=mnits"], "[data] unknown data set 'mnits'; did you mean 'mnist'?"),
    (["data.path='x.csv'"], "either dataset, a built-in set, or path"),
    (["data.split=random"], 'split = "random" needs a test_size'),
    (["data.validation=1.5"], "validation = 1.5; expected a fraction below 1"),
    (["training.epochs=0"], "epochs = 0; expected 1 or more"),
    (["training.batch_size=0"], "batch_size = 0; expected 1 or more"),
    (["seed=-1"], "seed = -1; expected 0 to 4294967295"),
    (["published.0.metric=acc"], "metric 'acc' is not known"),
    (["layers.5.units=9"], "[loss] labels of shape (10, 10) do not fit"),
    (["data.one_hot=false"], "use sparse_categorical_crossentropy"),
]


@pytest.mark.parametrize(("overrides", "message"), _WRONG)
def test_mistake_is_named_in_one_line(overrides: list[str], message: str | None) -> None:
    with pytest.raises(RecipeError) as caught:
        check_recipe(load_recipe("mnist-cnn", overrides))
    assert "\n" not in str(caught.value)
    assert message is None or message in str(caught.value)


def test_unknown_recipe_gets_a_spelling_suggestion() -> None:
    with pytest.raises(RecipeError, match="unknown recipe 'mnist-cn'; did you mean 'mnist-cnn'"):
        load_recipe("mnist-cn")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"name = ", "not valid TOML"),
        (b"\xff", "not UTF-8 text at byte 0"),
        (b"name = 'x'", "the key 'title' is missing"),
    ],
)
def test_a_bad_file_of_the_users_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(content)
    with pytest.raises(RecipeError) as caught:
        load_recipe(path)
    assert str(path) in str(caught.value)
    assert message in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"nowhere\.toml: cannot be read"):
        load_recipe(tmp_path / "nowhere.toml")


def test_a_users_own_file_works_as_a_shipped_name_does(recipe_file: Path) -> None:
    check_recipe(load_recipe(recipe_file))
    assert load_recipe(recipe_file, ["layers.3.units=7"]).layers[3]["units"] == 7


def test_seed_and_epochs_win_over_everything() -> None:
    recipe = load_recipe("fashion-cnn-study", ["optimizer.learning_rate=0.5"], seed=9, epochs=2)
    assert {variant_recipe(recipe, variant.name).training.epochs for variant in recipe.variants} == {2}
    assert (recipe.seed, recipe.optimizer["learning_rate"]) == (9, 0.5)


def test_a_variant_is_named_with_a_suggestion() -> None:
    with pytest.raises(RecipeError, match="unknown variant 'adm'; did you mean 'adam'"):
        variant_recipe(load_recipe("cifar10-optimizers"), "adm")
