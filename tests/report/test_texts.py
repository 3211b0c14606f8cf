"""The words: complete in both languages, with the same blanks to fill in."""

import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files

import pytest

from vitral.errors import ConfigError
from vitral.report.texts import load_texts


def _words(lang: str) -> dict[str, str]:
    content = tomllib.loads((files("vitral.report.texts") / f"{lang}.toml").read_text(encoding="utf-8"))
    return {f"{section}.{key}": text for section, words in content.items() for key, text in words.items()}


def _sources() -> Iterator[str]:
    folders = [files("vitral.report")]
    while folders:
        for entry in folders.pop().iterdir():
            if entry.is_dir():
                folders.append(entry)
            elif entry.name.endswith((".py", ".j2")):
                yield entry.read_text(encoding="utf-8")


def test_both_languages_have_the_same_keys_and_blanks() -> None:
    english, spanish = _words("en"), _words("es")
    assert list(english) == list(spanish)
    for key, text in english.items():
        assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", spanish[key])), key
        assert text.strip()
        assert spanish[key].strip()


def test_every_word_asked_for_exists() -> None:
    pattern = re.compile(r"""\bt\(\s*["']([a-z_]+\.[a-z_0-9]+)["']""")
    asked = {key for source in _sources() for key in pattern.findall(source)}
    assert len(asked) > 80
    assert asked <= set(_words("en"))


def test_unknown_language() -> None:
    with pytest.raises(ConfigError, match='lang is \'fr\'; expected "en" or "es"'):
        load_texts("fr")


def test_moments() -> None:
    assert load_texts("en").moment("2026-03-01T09:05:00+00:00") == "March 1, 2026, 09:05"
    assert load_texts("es").moment("2026-03-01T09:05:00+00:00") == "1 de marzo de 2026, 09:05"
    assert load_texts("es").moment("yesterday") == "yesterday"
