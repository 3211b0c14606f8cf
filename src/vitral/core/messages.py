"""Where the words of a training go."""

import logging
import sys
from typing import TextIO

from vitral.config import is_interactive_logging_enabled


def say(text: str, stream: TextIO | None = None) -> None:
    """Write text to a stream; without one to standard output, or to the logger "vitral" as the settings have it."""
    if stream is None and not is_interactive_logging_enabled():
        logging.getLogger("vitral").info("%s", text.strip("\n"))
        return
    stream = stream or sys.stdout
    stream.write(text)
    stream.flush()
