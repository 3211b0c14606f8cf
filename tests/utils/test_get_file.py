"""Files from an address: a server on this machine, archives made by hand."""

import hashlib
import io
import shutil
import stat
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from vitral.errors import ConfigError, DataError
from vitral.utils import extraction, get_file

BODY = b"0123456789" * 1000
MD5, SHA256 = hashlib.md5(BODY).hexdigest(), hashlib.sha256(BODY).hexdigest()


class Server(ThreadingHTTPServer):
    """Serves `files` and counts the requests."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files = {"/body.txt": BODY}
        self.asked = 0
        self.base = f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked += 1
        body = self.server.files.get(self.path.partition("?")[0])
        if body is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as made:
        thread = threading.Thread(target=made.serve_forever)
        thread.start()
        yield made
        made.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VITRAL_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_a_file_is_fetched_once(server: Server, cache: Path) -> None:
    address = f"{server.base}/body.txt?version=2"
    path = get_file(origin=address, file_hash=SHA256)
    assert path == str(cache / "datasets" / "body.txt")
    assert Path(path).read_bytes() == BODY
    assert get_file(origin=address) == get_file(origin=address, md5_hash=MD5.upper()) == path
    assert server.asked == 1
    get_file(origin=address, force_download=True)
    assert server.asked == 2
    elsewhere = get_file("named.bin", address, cache_subdir="a/b", cache_dir=cache / "mine")
    assert elsewhere == str(cache / "mine" / "a" / "b" / "named.bin")


def test_a_file_that_is_another_is_fetched_again_or_refused(server: Server, cache: Path) -> None:
    path = Path(get_file(origin=f"{server.base}/body.txt", file_hash=MD5))
    path.write_bytes(b"something else")
    get_file(origin=f"{server.base}/body.txt", file_hash=MD5)
    assert path.read_bytes() == BODY
    with pytest.raises(DataError, match=f"has SHA256 {SHA256}; expected {'0' * 64}"):
        get_file(origin=f"{server.base}/body.txt", file_hash="0" * 64)
    assert path.read_bytes() == BODY  # what was there stays
    with pytest.raises(DataError, match="404"):
        get_file(origin=f"{server.base}/nothing")
    (path.parent / "taken").mkdir()
    with pytest.raises(DataError, match="taken' cannot be used"):
        get_file("taken", f"{server.base}/body.txt")
    (path.parent / "taken").rmdir()
    assert sorted(each.name for each in path.parent.iterdir() if not each.name.startswith(".")) == ["body.txt"]


def test_arguments_that_cannot_work() -> None:
    with pytest.raises(ConfigError, match="no origin"):
        get_file("a.txt")
    with pytest.raises(ConfigError, match=r"the name is '\.\./a'"):
        get_file("../a", "http://example.org/a")
    with pytest.raises(ConfigError, match="the name is ''"):
        get_file(origin="http://example.org/")
    with pytest.raises(ConfigError, match="file_hash is 'abc'"):
        get_file(origin="http://example.org/a", file_hash="abc")
    with pytest.raises(ConfigError, match="hash_algorithm is 'crc'"):
        get_file(origin="http://example.org/a", hash_algorithm="crc")


def tar(members: list[tuple[tarfile.TarInfo, bytes]]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for info, content in members:
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return stream.getvalue()


def zipped(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


TAR = tar([(tarfile.TarInfo("flowers/a.txt"), b"rose"), (tarfile.TarInfo("flowers/b/c.txt"), b"")])
ZIP = zipped({"flowers/": b"", "flowers/a.txt": b"rose", "flowers/b/c.txt": b""})


@pytest.mark.parametrize(("name", "content"), [("flowers.tgz", TAR), ("flowers.zip", ZIP)])
def test_archives_are_unpacked(name: str, content: bytes, server: Server, cache: Path) -> None:
    server.files[f"/{name}"] = content
    folder = get_file(origin=f"{server.base}/{name}", extract=True)
    assert folder == str(cache / "datasets" / name)  # these names are Keras'
    assert (cache / "datasets" / f"{name}_archive").is_file()
    assert (Path(folder) / "flowers" / "a.txt").read_text() == "rose"
    assert (Path(folder) / "flowers" / "b" / "c.txt").read_text() == ""
    named = get_file(f"my_{name}", f"{server.base}/{name}", extract=True)
    assert named == str(cache / "datasets" / "my_flowers_extracted")
    assert get_file("flowers", f"{server.base}/{name}", extract=True) == str(cache / "datasets" / "flowers")
    shutil.rmtree(folder)
    assert get_file(origin=f"{server.base}/{name}", extract=True) == folder
    assert server.asked == 3
    assert (Path(folder) / "flowers" / "a.txt").is_file()


def link() -> bytes:
    info = tarfile.TarInfo("flowers/away")
    info.type, info.linkname = tarfile.SYMTYPE, "/etc"
    return tar([(tarfile.TarInfo("flowers/a.txt"), b"rose"), (info, b"")])


def zipped_link() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        info = zipfile.ZipInfo("away")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (tar([(tarfile.TarInfo("a"), b"1"), (tarfile.TarInfo("../out"), b"2")]), "'../out', which leads out"),
        (tar([(tarfile.TarInfo("/out"), b"2")]), "'/out', which leads out"),
        (zipped({"a": b"1", "b/../../out": b"2"}), "which leads out"),
        (zipped({"C:out": b"2"}), "which leads out"),
        (link(), "'flowers/away', a link or device"),
        (zipped_link(), "the link 'away'"),
        (b"no archive", "cannot be extracted; expected an archive: tar or zip"),
        (TAR[:-40], "is damaged"),
        (TAR[:8], "is damaged"),
        (ZIP.replace(b"rose", b"dust"), "is damaged"),
    ],
    # Not the bytes, which tell the time: workers that collect in different seconds would not agree on names.
    ids=[
        "tar_up",
        "tar_root",
        "zip_up",
        "zip_drive",
        "tar_link",
        "zip_link",
        "other",
        "tar_cut",
        "tar_stub",
        "zip_changed",
    ],
)
def test_hostile_archives_leave_nothing(content: bytes, message: str, server: Server, cache: Path) -> None:
    server.files["/x"] = content
    with pytest.raises(DataError, match=message):
        get_file(origin=f"{server.base}/x", extract=True)
    assert sorted(path.name for path in (cache / "datasets").iterdir()) == [".x_archive.lock", "x_archive"]
    assert not list(cache.parent.rglob("out"))


def test_an_archive_of_more_than_the_disk_holds_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = tmp_path / "bomb.zip"
    archive.write_bytes(zipped({"a": bytes(600), "b": bytes(600)}))
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(DataError, match="holds more than the 1,000 bytes that are free"):
        extraction.extract_archive(archive, tmp_path / "content")
    assert not (tmp_path / "content").exists()
    with pytest.raises(ConfigError, match="archive_format is 'rar'"):
        extraction.extract_archive(archive, tmp_path / "content", "rar")  # type: ignore[arg-type]
    with pytest.raises(DataError, match="expected an archive: tar"):
        extraction.extract_archive(archive, tmp_path / "content", "tar")
