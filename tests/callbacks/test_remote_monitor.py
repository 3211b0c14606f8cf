"""Logs that are posted to a server."""

import json
import threading
import urllib.parse
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import numpy as np
import pytest

from vitral.callbacks import RemoteMonitor
from vitral.errors import ConfigError


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.server.received.append((self.path, self.headers, body))  # type: ignore[attr-defined]
            self.send_response(403 if self.path == "/no/" else 200)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.received = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_epochs_are_posted(server: HTTPServer) -> None:
    root = f"http://127.0.0.1:{server.server_port}"
    RemoteMonitor(root).on_epoch_end(2, {"loss": np.float32(0.5), "each": np.array([1.0, 2.0])})
    RemoteMonitor(root, "/other/", headers={"X-Key": "1"}, send_as_json=True).on_epoch_end(3, {"loss": 0.25})
    form, body = server.received  # type: ignore[attr-defined]
    assert form[0] == "/publish/epoch/end/"
    sent = urllib.parse.parse_qs(form[2])["data"][0]
    assert json.loads(sent) == {"epoch": 2, "loss": 0.5, "each": [1.0, 2.0]}
    assert (body[0], body[1]["X-Key"], body[1]["Content-Type"]) == ("/other/", "1", "application/json")
    assert json.loads(body[2]) == {"epoch": 3, "loss": 0.25}


def test_a_server_that_does_not_answer_is_warned_of(server: HTTPServer) -> None:
    root = f"http://127.0.0.1:{server.server_port}"
    with pytest.warns(UserWarning, match="Could not reach RemoteMonitor root server at .*403"):
        RemoteMonitor(root, "/no/").on_epoch_end(0)
    with pytest.warns(UserWarning, match="Could not reach RemoteMonitor root server at http://127.0.0.1:1"):
        RemoteMonitor("http://127.0.0.1:1").on_epoch_end(0)
    with pytest.raises(ConfigError, match="root is 'localhost'"):
        RemoteMonitor("localhost")
