"""Log lines that know to which call and account they belong, as text or as JSON."""

import json
import logging
from collections.abc import Iterable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Literal

LogFormat = Literal["text", "json"]

_TEXT = "%(asctime)s %(levelname)s %(name)s: %(context)s%(message)s"

_call: ContextVar[tuple[str, str]] = ContextVar("call", default=("", ""))


def in_call(call_id: str, account_id: str | None = None) -> None:
    """Let all that this task, and the tasks that it starts from now on, log carry the call."""
    _call.set((call_id, account_id or ""))


def logging_to(handlers: Iterable[logging.Handler], level: str, log_format: LogFormat) -> None:
    """Send the program's log to these handlers."""
    for handler in handlers:
        handler.addFilter(_add_context)
        handler.setFormatter(_Json() if log_format == "json" else _Text(_TEXT))
    logging.basicConfig(handlers=handlers, level=level)


def _add_context(record: logging.LogRecord) -> bool:
    call, account = _call.get()
    told = f"[{call} {account}] " if account else f"[{call}] " if call else ""
    record.__dict__.update(call=call, account=account, context=told)
    return True


class _Text(logging.Formatter):
    """A line for people; only tracebacks take more than one."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """Return the line; what a caller is called cannot look like a line of its own."""
        record.message = record.message.replace("\r", "\\r").replace("\n", "\\n")
        return super().formatMessage(record)


class _Json(logging.Formatter):
    """One JSON object in each line, whatever a caller's name contains."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        for name in ("call", "account"):
            if value := getattr(record, name, ""):
                line[name] = value
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line)
