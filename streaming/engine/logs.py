"""What the engine writes to its console: one sentence and its values per line."""

import asyncio
import logging
from typing import Any

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}
_CHATTY = ("aioice", "aiortc", "aiohttp", "asyncio", "libav")

log = logging.getLogger(__name__)


class SentenceFormatter(logging.Formatter):
    """The sentence, then the record's extras as name=value."""

    def format(self, record: logging.LogRecord) -> str:
        extras = [
            f"{name}={value}"
            for name, value in vars(record).items()
            if name not in _STANDARD
        ]
        return " ".join([super().format(record), *extras])


def set_up_logging(level: str) -> None:
    """Log to standard error; of the libraries, warnings only."""
    handler = logging.StreamHandler()
    handler.setFormatter(
        SentenceFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    )
    logging.basicConfig(level=level.upper(), handlers=[handler])
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


def report_stray_errors(
    loop: asyncio.AbstractEventLoop, context: dict[str, Any]
) -> None:
    """A handler for the loop: errors that no code of ours awaited.

    aiortc connects in tasks that it holds itself; a viewer who leaves in the middle
    makes them fail, and that is no news. Named by type, since messages may hold SDP.
    """
    exc = context.get("exception")
    if isinstance(exc, ConnectionError):
        return
    log.warning(
        "An error was left over.",
        extra={"why": type(exc).__name__, "at": context.get("message", "")},
    )
