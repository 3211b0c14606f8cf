"""No test here touches the user's cache or the network."""

from pathlib import Path

import numpy as np
import pytest

from vitral.datasets.base import Desk
from vitral.datasets.progress import Progress


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, cache and working folder."""
    home = tmp_path / "home"
    home.mkdir()
    for name in ("VITRAL_DATA", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.setenv("KERAS_HOME", str(home / ".keras"))
    monkeypatch.setenv("VITRAL_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(home)
    return home


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    folder = tmp_path / "desk"
    folder.mkdir()
    return Desk(folder, Progress(enabled=False))


@pytest.fixture
def small_set() -> tuple[np.ndarray, np.ndarray]:
    """Six images of 3 x 3 grey pixels and their labels."""
    generator = np.random.Generator(np.random.Philox(1))
    return generator.integers(0, 256, (6, 3, 3), dtype=np.uint8), np.array([0, 1, 2, 0, 1, 2], dtype=np.uint8)
