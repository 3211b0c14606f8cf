"""The report's optional packages, asked for before any page is begun."""

from importlib.util import find_spec

from vitral.errors import MissingExtraError

_PACKAGES = {"jinja2": "jinja2", "matplotlib": "matplotlib", "PIL": "pillow"}


def require_extras() -> None:
    """Raise MissingExtraError in one line where a package that the report draws with is not installed."""
    for module, package in _PACKAGES.items():
        if find_spec(module) is None:
            raise MissingExtraError(package, needed_for="writing a report")
