"""Downloads one file over HTTP, continuing where an earlier try stopped."""

import http.client
import urllib.error
import urllib.request
from pathlib import Path

from vitral.datasets.progress import Progress
from vitral.errors import DataError

# Long enough for a slow line to answer, short enough to give up on a closed one; counts for every read, too.
SILENCE_SECONDS = 8.0
_CHUNK = 1 << 16
_TRIES = 4


class _InterruptedError(DataError):
    """The connection ended before the file did; what came is kept."""


def download(url: str, part: Path, progress: Progress, *, silence: float = SILENCE_SECONDS) -> bool:
    """Bring the whole file to `part`, continuing if it exists; whether an earlier try's bytes were used.

    Gives up when the server is silent for `silence` seconds, and raises DataError with the reason; the
    bytes that came are kept.
    """
    continued = _size(part) > 0
    for last in [False] * (_TRIES - 1) + [True]:
        before = _size(part)
        try:
            _continue(url, part, progress, silence)
        except _InterruptedError:
            if last or _size(part) <= before:
                raise
        else:
            return continued
    raise AssertionError("the last try returns or raises")


def _continue(url: str, part: Path, progress: Progress, silence: float) -> None:
    done = _size(part)
    request = urllib.request.Request(url, headers={"User-Agent": "vitral", "Accept-Encoding": "identity"})
    if done:
        request.add_header("Range", f"bytes={done}-")
    try:
        with urllib.request.urlopen(request, timeout=silence) as response:
            _receive(response, part, done if response.status == http.client.PARTIAL_CONTENT else 0, progress)
    except urllib.error.HTTPError as error:
        if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE and done:
            # Nothing follows what is there: it is whole, which the digest will tell.
            error.close()
            return
        error.close()
        raise DataError(f"{url}: {error.code} {error.reason}") from error
    except urllib.error.URLError as error:
        raise DataError(f"{url}: {error.reason}") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _InterruptedError(f"{url}: {error or type(error).__name__}") from error


def _receive(response: http.client.HTTPResponse, part: Path, done: int, progress: Progress) -> None:
    length = response.headers.get("Content-Length")
    total = done + int(length) if length else None
    name = response.url.rpartition("/")[2]
    with part.open("r+b" if done else "wb") as file, progress.bar(name, total, done) as advance:
        file.seek(done)
        while chunk := response.read(_CHUNK):
            file.write(chunk)
            done += len(chunk)
            advance(len(chunk))
    if total is not None and done < total:
        raise _InterruptedError(f"{response.url}: the connection ended after {done} of {total} bytes")


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
