"""The words of the reports: one TOML file a language, with the same keys."""

import tomllib
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import get_args

from vitral.errors import ConfigError
from vitral.report.numbers import Language, Numbers


@dataclass(frozen=True)
class Texts:
    """Looks words up by "section.key" and fills in their values.

    >>> load_texts("es")("mistakes.predicted", name="gato")
    'predicha: gato'
    """

    lang: Language
    words: dict[str, dict[str, str]]

    def __call__(self, key: str, **values: object) -> str:
        section, _, name = key.partition(".")
        return self.words[section][name].format(**values)

    @property
    def numbers(self) -> Numbers:
        """Numbers in the same language."""
        return Numbers(self.lang)

    def moment(self, started: str) -> str:
        """An ISO 8601 time as people write it; a text that is none comes back as it is."""
        try:
            time = datetime.fromisoformat(started)
        except ValueError:
            return started
        month = self("page.months").split()[time.month - 1]
        return self("page.date", day=time.day, month=month, year=time.year, time=f"{time:%H:%M}")


@cache
def load_texts(lang: str) -> Texts:
    """The texts of a language; ConfigError for any but "en" and "es"."""
    for known in get_args(Language):
        if lang == known:
            content = (files("vitral.report.texts") / f"{lang}.toml").read_text(encoding="utf-8")
            return Texts(known, tomllib.loads(content))
    raise ConfigError(f'lang is {lang!r}; expected "en" or "es"')
