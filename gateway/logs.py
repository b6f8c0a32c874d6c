"""Structured logs on standard error: static messages, values as attributes, nothing that was said.

The core writes with the standard library's ``logging``; everything meets in one handler with one chain of processors.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from gateway.settings import LogSettings

PII_SEGMENT = "pii"
"""Keys such as ``customer_pii_name`` are dropped unless the operator asked for them."""

SECRET_SEGMENTS = frozenset(
    {"token", "password", "secret", "authorization", "cookie", "key", "pcm", "audio", "transcript"}
)
"""Keys with such a segment are dropped always; counts such as ``audio_ms`` carry a unit and stay."""

UNIT_SEGMENTS = frozenset({"ms", "s", "bytes", "hz", "count"})


def configure_logs(settings: LogSettings, stream: TextIO | None = None) -> None:
    """Send all logging of this process to ``stream`` (default: standard error)."""
    out = stream or sys.stderr
    is_console = settings.format == "console" or (settings.format == "auto" and out.isatty())
    renderer: Processor = structlog.dev.ConsoleRenderer(colors=out.isatty()) if is_console else _json()
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder()],
            processors=[*_chain(settings), *_failures(is_console=is_console), renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.level.upper())
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = True
        library.setLevel(logging.WARNING)  # its info lines hold query strings, and so API keys
    for chatty in ("websockets", "httpx", "httpcore", "watchfiles", "aiosqlite", "alembic", "faster_whisper"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def quieten_logs(settings: LogSettings) -> None:
    """The same for a command whose result is what it prints: warnings and errors only."""
    configure_logs(settings.model_copy(update={"level": "warning"}))


def _chain(settings: LogSettings) -> Sequence[Processor]:
    return (
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        Redaction(allow_pii=settings.pii),
    )


def _failures(*, is_console: bool) -> Sequence[Processor]:
    """Tracebacks name code, never values: locals are not shown."""
    if is_console:
        return ()
    return (structlog.processors.format_exc_info, structlog.processors.StackInfoRenderer())


def _json() -> Processor:
    return structlog.processors.JSONRenderer(ensure_ascii=False, default=str)


class Redaction:
    """Drops attributes that name people or hold secrets, by the segments of their key."""

    def __init__(self, *, allow_pii: bool) -> None:
        self._allow_pii = allow_pii

    def __call__(self, logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        return {key: value for key, value in event.items() if self._is_kept(key)}

    def _is_kept(self, key: str) -> bool:
        segments = key.lower().split("_")
        if PII_SEGMENT in segments:
            return self._allow_pii
        return segments[-1] in UNIT_SEGMENTS or SECRET_SEGMENTS.isdisjoint(segments)
