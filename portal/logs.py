"""The portal's own log: one JSON line an occurrence, on the error output, without anyone's words.

An exception is written as its type and the places it went through. Its text and the values around it stay
out: they hold what people typed.
"""

import logging
import sys
import traceback
from contextlib import suppress
from pathlib import Path

import structlog
from structlog.typing import EventDict, WrappedLogger


class _Lines(structlog.PrintLogger):
    """Lines on an output that may be a file: a full disk costs the line, never what was being done."""

    def msg(self, message: str) -> None:
        with suppress(OSError):
            super().msg(message)

    log = debug = info = warn = warning = msg
    fatal = failure = err = error = critical = exception = msg


def configure() -> None:
    """Set the log up; called once by each process that runs the portal."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_words,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        # Asked at each line: what stands for the error output may be replaced, and closed, meanwhile.
        logger_factory=lambda *_: _Lines(sys.stderr),
        cache_logger_on_first_use=False,
    )


def whereabouts(error: BaseException) -> str:
    """Return the last places an exception went through, the innermost last, without its text."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    return " > ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames) or "unknown"


def _without_words(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    given = event.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        event["at"] = whereabouts(error)
    return event
