"""Sending the logs of every epoch to a server."""

import json
import warnings
from collections.abc import Mapping

import numpy as np

from vitral.callbacks.callback import Callback
from vitral.errors import ConfigError
from vitral.typing import Logs

_SECONDS = 10
"""How long a server may take to answer before the training goes on."""


class RemoteMonitor(Callback):
    """Posts the number of the epoch and its logs, as JSON, to `root` + `path`.

    The JSON is sent in the form field `field`, or with `send_as_json` as the body itself; `headers` are sent with it. A
    server that cannot be reached, or refuses, is warned of; the training goes on. Raises ConfigError unless `root` is
    an http or https address.
    """

    def __init__(
        self,
        root: str = "http://localhost:9000",
        path: str = "/publish/epoch/end/",
        field: str = "data",
        headers: Mapping[str, str] | None = None,
        send_as_json: bool = False,
    ) -> None:
        super().__init__()
        if not root.startswith(("http://", "https://")):
            raise ConfigError(f"RemoteMonitor: root is {root!r}; expected an address such as http://localhost:9000")
        self.root = root
        self.path = path
        self.field = field
        self.headers = headers
        self.send_as_json = send_as_json

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        # HTTP, mail and encryption come with these: a tenth of the time that importing Vitral takes.
        from urllib.parse import urlencode
        from urllib.request import Request, urlopen

        values = {name: np.asarray(value).tolist() for name, value in (logs or {}).items()}
        text = json.dumps({"epoch": epoch, **values})
        body = text if self.send_as_json else urlencode({self.field: text})
        request = Request(self.root + self.path, body.encode(), dict(self.headers or {}))
        if self.send_as_json:
            request.add_header("Content-Type", "application/json")
        try:
            urlopen(request, timeout=_SECONDS).close()
        except OSError as error:
            warnings.warn(f"Could not reach RemoteMonitor root server at {self.root} ({error})", stacklevel=2)
