"""Writing a resolved recipe back as TOML."""

from vitral.errors import MissingExtraError
from vitral.lab.loading import plain
from vitral.lab.recipe import Recipe


def recipe_to_toml(recipe: Recipe) -> str:
    """The whole recipe, defaults included, as TOML that `load_recipe` reads back to an equal recipe.

    Raises MissingExtraError without tomli-w.
    """
    try:
        import tomli_w
    except ImportError as error:
        raise MissingExtraError("tomli-w", needed_for="writing a run's recipe") from error
    return tomli_w.dumps(plain(recipe), multiline_strings=True)
