"""Downloads from a server on this machine that behaves well or badly."""

import gzip
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.datasets.stubs import CONTENT, FILES
from vitral.datasets.base import Desk
from vitral.datasets.progress import Progress
from vitral.datasets.sources.download import download
from vitral.datasets.sources.url import Url
from vitral.errors import DataError

BODY = bytes(range(256)) * 1000
QUIET = Progress(enabled=False)


class Server(ThreadingHTTPServer):
    """Serves `files`; breaks off after `cut_at` bytes of an answer for the first `cuts` requests."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files: dict[str, bytes] = {"/body": BODY}
        self.ranges = True
        self.cuts = 0
        self.cut_at = 100_000
        self.asked: list[str | None] = []
        self.base = f"http://127.0.0.1:{self.server_address[1]}/"


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        wanted = self.headers.get("Range")
        self.server.asked.append(wanted)
        body = self.server.files.get(self.path)
        if body is None:
            self.send_error(404)
            return
        start = int(wanted[len("bytes=") : -1]) if wanted and self.server.ranges else 0
        if start >= len(body):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body) - start))
        self.end_headers()
        body = body[start:]
        if self.server.cuts:
            self.server.cuts -= 1
            body = body[: self.server.cut_at]
            self.close_connection = True
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return tmp_path / "body.part"


def test_a_whole_file(server: Server, part: Path) -> None:
    assert download(server.base + "body", part, QUIET) is False
    assert part.read_bytes() == BODY
    assert server.asked == [None]


def test_a_broken_connection_is_continued_where_it_broke(server: Server, part: Path) -> None:
    server.cuts = 2
    download(server.base + "body", part, QUIET)
    assert part.read_bytes() == BODY
    assert server.asked == [None, "bytes=100000-", "bytes=200000-"]


def test_an_earlier_try_is_continued(server: Server, part: Path) -> None:
    part.write_bytes(BODY[:1234])
    assert download(server.base + "body", part, QUIET) is True
    assert part.read_bytes() == BODY
    assert server.asked == ["bytes=1234-"]


def test_a_server_without_ranges_sends_all_again(server: Server, part: Path) -> None:
    server.ranges = False
    part.write_bytes(b"x" * (len(BODY) + 10))
    download(server.base + "body", part, QUIET)
    assert part.read_bytes() == BODY


def test_a_file_that_is_whole_already_is_kept(server: Server, part: Path) -> None:
    part.write_bytes(BODY)
    assert download(server.base + "body", part, QUIET) is True
    assert part.read_bytes() == BODY


def test_what_came_is_kept_when_the_server_keeps_breaking_off(server: Server, part: Path) -> None:
    server.cuts, server.cut_at = 99, 10
    with pytest.raises(DataError, match=f"the connection ended after 40 of {len(BODY)} bytes"):
        download(server.base + "body", part, QUIET)
    assert part.read_bytes() == BODY[:40]


def test_a_missing_file_is_named_with_the_answer(server: Server, part: Path) -> None:
    with pytest.raises(DataError, match=r"/none: 404 Not Found"):
        download(server.base + "none", part, QUIET)


def test_a_closed_port_is_refused_at_once(part: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with pytest.raises(DataError, match="refused"):
        download(f"http://127.0.0.1:{port}/x", part, QUIET)


def test_a_silent_server_is_given_up(part: Path) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        port = silent.getsockname()[1]
        with pytest.raises(DataError, match="timed out"):
            download(f"http://127.0.0.1:{port}/x", part, QUIET, silence=0.1)


def test_the_bar_goes_to_stderr(server: Server, part: Path, capsys: pytest.CaptureFixture[str]) -> None:
    download(server.base + "body", part, Progress())
    said = capsys.readouterr()
    assert said.out == ""
    assert "body" in said.err


@pytest.fixture
def served(server: Server) -> Server:
    server.files = {f"/{name}.gz": gzip.compress(content) for name, content in CONTENT.items()}
    return server


def test_an_address_gives_the_unpacked_files_and_leaves_nothing_behind(served: Server, desk: Desk) -> None:
    assert dict(Url("here", served.base).read(FILES, desk)) == CONTENT
    assert list(desk.folder.iterdir()) == []


def test_a_part_of_another_version_of_the_file_is_thrown_away(served: Server, desk: Desk) -> None:
    (desk.folder / "images.gz.part").write_bytes(b"from an older file")
    assert dict(Url("here", served.base).read(FILES[:1], desk)) == {"images": CONTENT["images"]}


def test_wrong_content_is_refused_and_not_continued_later(served: Server, desk: Desk) -> None:
    served.files["/images.gz"] = gzip.compress(b"something else")
    with pytest.raises(DataError, match="images has 14 bytes; expected 8000"):
        list(Url("here", served.base).read(FILES, desk))
    assert list(desk.folder.iterdir()) == []


def test_a_login_page_instead_of_the_file_is_refused(served: Server, desk: Desk) -> None:
    served.files["/images.gz"] = b"<html>please log in</html>"
    with pytest.raises(DataError, match="damaged: Not a gzipped file"):
        list(Url("here", served.base).read(FILES, desk))
