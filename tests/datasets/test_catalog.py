"""The data sets' names, shapes and class names."""

import pytest

from vitral import datasets
from vitral.errors import ConfigError, DataError


def test_names_and_sizes_are_those_of_keras() -> None:
    expected = {
        "mnist": ((28, 28), 60_000, 10_000, 255),
        "fashion_mnist": ((28, 28), 60_000, 10_000, 255),
        "cifar10": ((32, 32, 3), 50_000, 10_000, 255),
        "digits": ((8, 8), 1_437, 360, 16),
    }
    found = {
        name: (entry.input_shape, entry.train_size, entry.test_size, entry.max_value)
        for name in datasets.names()
        for entry in [datasets.get(name)]
    }
    assert found == expected


def test_class_names_of_the_reports() -> None:
    fashion = datasets.get("fashion_mnist")
    assert fashion.class_names("es") == [
        "camiseta/top",
        "pantalón",
        "jersey",
        "vestido",
        "abrigo",
        "sandalia",
        "camisa",
        "tenis deportivo",
        "bolso",
        "bota",
    ]
    assert fashion.class_names()[0] == "T-shirt/top"
    assert " ".join(datasets.get("cifar10").class_names("es")) == (
        "avión auto pájaro gato venado perro rana caballo barco camión"
    )


@pytest.mark.parametrize("name", datasets.names())
def test_every_set_names_its_classes_in_both_languages(name: str) -> None:
    entry = datasets.get(name)
    assert entry.num_classes == len(entry.class_names("en")) == len(set(entry.class_names("es"))) == 10
    assert entry.citation
    assert entry.license


def test_a_hyphen_may_stand_for_the_underscore() -> None:
    assert datasets.get("Fashion-MNIST") is datasets.get("fashion_mnist")


def test_an_unknown_name_is_answered_with_a_suggestion() -> None:
    with pytest.raises(DataError, match="unknown data set 'mnits'; did you mean 'mnist'\\?"):
        datasets.get("mnits")


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ConfigError, match="'fr'"):
        datasets.get("mnist").class_names("fr")
