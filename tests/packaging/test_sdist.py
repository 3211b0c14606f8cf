"""The source distribution holds all that an install compiles, and nothing that work leaves behind."""

import subprocess
import sys
import tarfile
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).parents[2]

LEFT_BEHIND = {".git", ".venv", ".hypothesis", "__pycache__", "build", "dist", "runs"}


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> set[PurePosixPath]:
    """The files of a source distribution of this checkout, relative to its root."""
    folder = tmp_path_factory.mktemp("sdist")
    program = f"from scikit_build_core.build import build_sdist; build_sdist({str(folder)!r})"
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True)
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as content:
        return {PurePosixPath(*PurePosixPath(name).parts[1:]) for name in content.getnames()}


def test_sdist_holds_all_sources(paths: set[PurePosixPath]) -> None:
    expected = {
        PurePosixPath(path.relative_to(ROOT).as_posix())
        for room in ("native", "src/vitral")
        for path in (ROOT / room).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".so"
    }
    assert any(path.suffix == ".cpp" for path in expected)
    assert expected <= paths
    assert {PurePosixPath(name) for name in ("CMakeLists.txt", "pyproject.toml", "README.md", "LICENSE")} <= paths


def test_sdist_holds_nothing_that_was_built_or_cached(paths: set[PurePosixPath]) -> None:
    assert [path for path in paths if LEFT_BEHIND & set(path.parts[:-1])] == []
    assert [path for path in paths if path.suffix in {".so", ".o", ".pyc", ".npz", ".gz"}] == []
    assert [path for path in paths if any(part.endswith(("_cache", ".egg-info")) for part in path.parts)] == []
