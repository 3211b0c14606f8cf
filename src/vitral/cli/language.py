"""The language of what the commands print: English or Spanish."""

import os
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

_Command = TypeVar("_Command", bound=Callable[..., Any])


def default_language(environment: Mapping[str, str] = os.environ) -> str:
    """The language of the user's locale, "es" or "en".

    >>> default_language({"LANG": "es_MX.UTF-8"}), default_language({"LC_ALL": "C", "LANG": "es_ES"})
    ('es', 'en')
    """
    names = (environment.get(key) for key in ("LC_ALL", "LC_MESSAGES", "LANG"))
    locale = next((name for name in names if name), "")
    return "es" if locale.split("_")[0].split(".")[0].lower() == "es" else "en"


def language_option(command: _Command) -> _Command:
    """Add `--lang es|en` to a command."""
    return click.option(
        "--lang",
        type=click.Choice(["es", "en"]),
        default=default_language,
        help="Language of the output; by default that of your locale.",
    )(command)
