"""Files that appear whole or not at all."""

import errno
import os
from pathlib import Path

import pytest

from vitral._files import atomic_path, atomic_write


def write_to_a_full_disk(path: Path) -> None:
    with atomic_path(path):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def write_half(path: Path) -> None:
    with atomic_path(path) as temporary:
        temporary.write_text("half")
        raise KeyboardInterrupt


def test_a_full_disk_leaves_the_old_file_and_is_reported_under_its_name(tmp_path: Path) -> None:
    path = tmp_path / "m.keras"
    path.write_text("old")
    with pytest.raises(OSError, match="No space left on device") as full:
        write_to_a_full_disk(path)
    assert full.value.filename == str(path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_in_the_way_is_reported_under_its_name(tmp_path: Path) -> None:
    path = tmp_path / "m.keras"
    path.mkdir()
    with pytest.raises(IsADirectoryError) as refused:
        atomic_write(path, "new")
    assert refused.value.filename == str(path)
    assert list(tmp_path.iterdir()) == [path]


def test_an_error_about_another_file_keeps_its_name(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as missing, atomic_path(tmp_path / "m.keras"):
        (tmp_path / "other.png").read_bytes()
    assert missing.value.filename == str(tmp_path / "other.png")


def test_an_interruption_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        write_half(tmp_path / "m.keras")
    assert list(tmp_path.iterdir()) == []
