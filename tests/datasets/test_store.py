"""The cache: order of sources, digests, repair, and several processes at once."""

import multiprocessing
import os
import sys
from pathlib import Path

import pytest

from tests.datasets.stubs import CONTENT, FILES, StubSource, dataset
from vitral.datasets.base import AbsentError
from vitral.datasets.store import bad_files, cache_dir, ensure, folder_of, missing_files
from vitral.errors import DataError


def held(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_first_source_that_works_is_the_last_that_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    closed = StubSource("closed", {}, DataError("no route"))
    works = StubSource("works", CONTENT)
    spare = StubSource("spare", CONTENT)
    folder = ensure(dataset(closed, works, spare))
    assert held(folder) == CONTENT
    assert (closed.asked, works.asked, spare.asked) == (1, 1, 0)
    said = capsys.readouterr()
    assert said.out == ""
    assert "images from works, digest matches" in said.err
    assert "no route" not in said.err


def test_what_the_cache_holds_is_not_fetched_again() -> None:
    source = StubSource("works", CONTENT)
    for _ in range(2):
        ensure(dataset(source), progress=False)
    assert source.asked == 1


def test_two_sources_can_complete_each_other() -> None:
    half = StubSource("half", {"labels": CONTENT["labels"]}, DataError("broke off"))
    rest = StubSource("rest", {"images": CONTENT["images"]})
    assert held(ensure(dataset(half, rest), progress=False)) == CONTENT


def test_content_with_another_digest_never_enters_the_cache() -> None:
    forged = dict(CONTENT, images=CONTENT["images"][:-1] + b"X")
    with pytest.raises(DataError, match=r"images has MD5 [0-9a-f]{32}; expected " + FILES[0].md5):
        ensure(dataset(StubSource("forger", forged)), progress=False)
    assert missing_files(dataset()) == list(FILES)


def test_content_that_is_cut_off_never_enters_the_cache() -> None:
    short = dict(CONTENT, images=b"abc")
    with pytest.raises(DataError, match="images has 3 bytes; expected 8000"):
        ensure(dataset(StubSource("short", short)), progress=False)


def test_every_reason_is_shown_when_all_fail_and_real_failures_come_first() -> None:
    sources = [
        StubSource("$VITRAL_DATA", {}, AbsentError("not set")),
        StubSource("the address", {}, DataError("timed out")),
        StubSource("the package", {}, DataError("npm is not installed")),
    ]
    with pytest.raises(DataError) as caught:
        ensure(dataset(*sources), progress=False)
    assert str(caught.value).splitlines() == [
        "Stub could not be fetched, no source has it:",
        "  the address: timed out",
        "  the package: npm is not installed",
        "  $VITRAL_DATA: not set",
    ]


def test_a_damaged_file_is_found_and_repaired() -> None:
    entry = dataset(StubSource("works", CONTENT))
    folder = ensure(entry, progress=False)
    (folder / "images").write_bytes(b"X" + CONTENT["images"][1:])
    assert [file.name for file in bad_files(entry)] == ["images"]
    ensure(entry, progress=False, check_content=True)
    assert held(folder) == CONTENT


def test_damage_is_still_reported_when_no_source_can_repair_it() -> None:
    folder = ensure(dataset(StubSource("works", CONTENT)), progress=False)
    (folder / "images").write_bytes(b"X" + CONTENT["images"][1:])
    with pytest.raises(DataError, match="closed"):
        ensure(dataset(StubSource("far", {}, DataError("closed"))), progress=False, check_content=True)


def test_what_a_killed_process_left_is_swept_but_its_download_is_kept() -> None:
    left = cache_dir() / "partial" / "stub"
    (left / "working").mkdir(parents=True)
    (left / "working" / "package.tgz").write_bytes(b"x")
    (left / "images.gz.part").write_bytes(b"x")
    ensure(dataset(StubSource("works", CONTENT)), progress=False)
    assert [path.name for path in left.iterdir()] == ["images.gz.part"]


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("VITRAL_CACHE", str(blocked))
    with pytest.raises(DataError, match=r"the cache .*file cannot be used"):
        ensure(dataset(StubSource("works", CONTENT)), progress=False)


def test_the_cache_is_where_the_platform_keeps_caches(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VITRAL_CACHE")
    monkeypatch.setattr(sys, "platform", "linux")
    assert cache_dir() == home / ".cache" / "vitral"
    monkeypatch.setenv("XDG_CACHE_HOME", "/elsewhere")
    assert cache_dir() == Path("/elsewhere/vitral")
    monkeypatch.setattr(sys, "platform", "darwin")
    assert cache_dir() == home / "Library" / "Caches" / "vitral"
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", "/local")
    assert cache_dir() == Path("/local/vitral/Cache")


class _CountingSource(StubSource):
    """Leaves one line a call in a file, since processes share no memory."""

    def read(self, files, desk):  # type: ignore[no-untyped-def]
        with Path(os.environ["COUNT_FILE"]).open("a") as log:
            log.write("asked\n")
        return super().read(files, desk)


def _fetch_in_a_process(_: int) -> bool:
    folder = ensure(dataset(_CountingSource("works", CONTENT)), progress=False)
    return held(folder) == CONTENT


def test_processes_that_fetch_at_once_share_one_fetch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "count"
    monkeypatch.setenv("COUNT_FILE", str(log))
    with multiprocessing.get_context("fork").Pool(4) as pool:
        assert all(pool.map(_fetch_in_a_process, range(8), chunksize=1))
    assert log.read_text() == "asked\n"
    assert sorted(path.name for path in folder_of(dataset()).iterdir()) == ["images", "labels"]
