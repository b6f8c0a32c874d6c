"""How commands read their settings, run, print and fail."""

from __future__ import annotations

import asyncio
import json
import os
import pwd
import sys
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar, cast

import typer
from rich.console import Console
from rich.table import Table

from assist.errors import ConfigurationError, LivecueError, UnavailableError

if TYPE_CHECKING:
    from gateway.settings import Settings

T = TypeVar("T")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, one value per line.")]
RECORDING = "WAV or FLAC, stereo is agent left, customer right; or a capture (.pcap, .pcapng) of RTP."
AGENT_LEG = "Captures: address, address:port, port or SSRC whose sound is the agent's."
"""``--agent-leg``."""
CustomerLeg = Annotated[
    str | None, typer.Option("--customer", help="Captures: whose sound is the customer's, said as for --agent-leg.")
]
DataDir = Annotated[Path | None, typer.Option(help="Directory of everything Livecue writes.")]


def who() -> str:
    """Which of this machine's users gives the command."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"


def errors_console() -> Console:
    """For people, on standard error."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def results_console() -> Console:
    """For results, on standard output."""
    return Console(highlight=False, soft_wrap=True)


def print_json(value: object) -> None:
    """One JSON value on one line, at once."""
    plain = asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
    print(json.dumps(plain, ensure_ascii=False, default=str), flush=True)


def print_table(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """A plain table."""
    table = Table(*columns, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    results_console().print(table)


def fail(error: LivecueError, *, as_json: bool = False) -> NoReturn:
    """Say what went wrong and end with status 1."""
    if as_json:
        body = {"error": {"code": error.code, "message": error.message}}
        print(json.dumps(body, ensure_ascii=False), file=sys.stderr, flush=True)
    else:
        report(error)
    sys.exit(1)


def report(error: LivecueError) -> None:
    """One sentence with its code, on standard error."""
    from rich.markup import escape

    errors_console().print(f"[bold red]livecue:[/] {escape(error.message)} [dim]({error.code})[/]")


def load_settings(**overrides: object) -> Settings:
    """Settings from the environment, with what the command line says on top; None says nothing.

    Raises ConfigurationError "bad-settings" that names the variable.
    """
    from pydantic import ValidationError
    from pydantic_settings import SettingsError

    from gateway.settings import Settings

    given: dict[str, Any] = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = "__".join(str(part) for part in first["loc"]).upper()
        place = f"LIVECUE_{name}: " if name else ""
        raise ConfigurationError(f"{place}{first['msg']}.", code="bad-settings") from error
    except SettingsError as error:
        raise ConfigurationError(f"The settings cannot be read: {error}.", code="bad-settings") from error


def run(main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a command's coroutine; the first failure of a group of tasks stands for all."""
    from uvloop import new_event_loop

    try:
        with asyncio.Runner(loop_factory=new_event_loop) as runner:
            return runner.run(main())
    except BaseExceptionGroup as group:
        raise _first_failure(group) from group


def _first_failure(group: BaseExceptionGroup[BaseException]) -> BaseException:
    first = group.exceptions[0]
    if isinstance(first, BaseExceptionGroup):
        return _first_failure(cast("BaseExceptionGroup[BaseException]", first))
    if isinstance(first, OSError):
        return UnavailableError(f"{str(first.strerror or first).rstrip('.')}.", code="system-error")
    return first
