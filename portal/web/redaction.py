"""What the framework's own logs may say: that something failed and where, never with which words.

Reflex logs whole events when one goes wrong, cookies and typed text included (measured), and Socket.IO
prints what it cannot read. Their records keep level, logger and place; the message, its arguments and the
exception's text stay out.
"""

import logging
import sys

from portal.logs import whereabouts

# All of Reflex's loggers are children of "reflex" (its packages are put under it when it loads).
FRAMEWORK_LOGGERS = ("reflex", "socketio", "engineio", "asyncio")


class WithholdDetails(logging.Filter):
    """Replace what a record says by where it was said."""

    def filter(self, record: logging.LogRecord) -> bool:
        place = f"{record.levelname.lower()} in {record.name}, {record.funcName}:{record.lineno}"
        error = record.exc_info[1] if record.exc_info else None
        cause = f"; {type(error).__name__} at {whereabouts(error)}" if error is not None else ""
        record.msg, record.args = f"{place}{cause} (details withheld)", ()
        record.exc_info = record.exc_text = record.stack_info = None
        return True


def withhold_framework_details(names: tuple[str, ...] = FRAMEWORK_LOGGERS) -> None:
    """Let the framework's loggers write through one handler that withholds details, and no other.

    A filter on a logger does not see what its children log, a filter on a handler does: hence the handler.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(WithholdDetails())
    handler.setFormatter(logging.Formatter("%(message)s"))
    for name in names:
        logger = logging.getLogger(name)
        logger.handlers[:] = [handler]
        logger.propagate = False
