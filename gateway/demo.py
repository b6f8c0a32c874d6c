"""The demonstration: a service of its own, its people, and bundled calls that keep coming in as live phone calls."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from assist.errors import ConfigurationError, LivecueError, UnavailableError
from assist.messages import Envelope
from assist.stores.accounts import Role
from gateway.auth import Accounts
from gateway.client import play_call
from gateway.first_run import ADMIN, prepare_first_run, read_local_key
from gateway.listening import base_url, bind
from gateway.server import serve
from gateway.service import CALLS, Service
from gateway.settings import SOURCE_ROOT, Settings
from gateway.wiring import open_service

CUSTOMERS_FILE = SOURCE_ROOT / "examples" / "customers" / "telecom.csv"
"""Who calls in them; the directory of a demonstration whose settings name none."""
PAUSE_S = 4.0
"""Between two calls, so that the closed one can be looked at."""

RETRY_S = 5.0
AGENT_ID = "1001"
"""Agent of the bundled calls."""

PEOPLE: Sequence[tuple[str, Role, str, str | None]] = (
    ("agent", "agent", "林晓", AGENT_ID),
    ("qa", "qa", "质检员", None),
    ("supervisor", "supervisor", "班长", None),
    (ADMIN, "admin", "管理员", None),
)
"""Name, role, name to show, agent_id."""


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """What to play and how."""

    recordings: tuple[Path, ...]
    speed: float = 1.0
    """1 is real time, 0 as fast as the service takes it."""
    once: bool = False
    wait_s: float = 0.0
    """The first call begins when somebody has logged in, at the latest after this time."""


@dataclass(slots=True)
class DemoProgress:
    """What has happened so far; the status line shows it."""

    url: str = ""
    title: str = ""
    calls: int = 0
    events: Counter[str] = field(default_factory=Counter[str])
    """Envelopes of the current call by type."""

    def note(self, envelope: Envelope) -> None:
        self.events[envelope.event.type] += 1


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """Fresh at every start; older ones stop working."""

    name: str
    password: str
    role: Role


async def run_demo(
    settings: Settings,
    plan: DemoPlan,
    *,
    on_ready: Callable[[str, Sequence[DemoLogin]], None],
    on_progress: Callable[[DemoProgress], None],
    on_failure: Callable[[LivecueError], None],
) -> DemoProgress:
    """Serve and play until stopped, or once; what happened in the last call.

    ``settings.data_dir`` should be the demonstration's own.
    """
    settings = for_show(settings)
    progress = DemoProgress()
    stop = asyncio.Event()
    with bind_near(settings.host, settings.port) as listener:
        async with open_service(settings, on_envelope=progress.note) as service:
            logins = await _prepare(service)
            progress.url = base_url(listener)
            on_progress(progress)
            on_ready(progress.url, logins)
            async with asyncio.TaskGroup() as group:
                player = group.create_task(
                    _play(service, plan, progress, on_progress, on_failure, stop), name="demo player"
                )
                await serve(service, listener=listener, stop=stop)
                player.cancel()
    return progress


def for_show(settings: Settings) -> Settings:
    """With customers who call, and no prompt held out of any call: what visitors are promised they see."""
    experiments = settings.experiments.model_copy(update={"hold_outs": False})
    customers = settings.customers or f"csv:{CUSTOMERS_FILE}"
    return settings.model_copy(update={"customers": customers, "experiments": experiments})


def bind_near(host: str, port: int) -> socket.socket:
    """The wanted port, or a free one when it is taken."""
    try:
        return bind(host, port)
    except ConfigurationError:
        return bind(host, 0)


def require_cues(progress: DemoProgress) -> None:
    """Raise UnavailableError "smoke-failed" unless the last call brought words, prompts and flags, and closed."""
    missing = [kind for kind in ("utterance", "prompt", "flag", "call-closed") if not progress.events[kind]]
    if missing:
        raise UnavailableError(f"The demo call brought no {', '.join(missing)}.", code="smoke-failed")


async def _prepare(service: Service) -> list[DemoLogin]:
    await prepare_first_run(service.accounts, service.settings.cli_key_path)
    return [await _login(service.accounts, *person) for person in PEOPLE]


async def _login(accounts: Accounts, name: str, role: Role, display_name: str, agent_id: str | None) -> DemoLogin:
    if any(user.name == name for user in await accounts.users()):
        return DemoLogin(name, await accounts.set_password(name), role)
    _, password = await accounts.add_user(name, role, display_name=display_name, agent_id=agent_id)
    return DemoLogin(name, password, role)


async def _play(
    service: Service,
    plan: DemoPlan,
    progress: DemoProgress,
    on_progress: Callable[[DemoProgress], None],
    on_failure: Callable[[LivecueError], None],
    stop: asyncio.Event,
) -> None:
    """One call after the other, once calls are taken and heard by somebody; a failed one is told, the next tried."""
    await service.readiness.started(CALLS)
    with suppress(TimeoutError):
        async with asyncio.timeout(plan.wait_s):
            await service.sessions.somebody()
    url = f"ws{progress.url.removeprefix('http')}/ingest/v1"
    key = read_local_key(service.settings.cli_key_path) or ""

    def note(_: Envelope) -> None:
        on_progress(progress)

    for turn in count():
        if plan.once and turn == len(plan.recordings):
            break
        recording = plan.recordings[turn % len(plan.recordings)]
        progress.title, progress.calls, progress.events = recording.stem, turn + 1, Counter()
        on_progress(progress)
        try:
            await play_call(url, key, recording, speed=plan.speed, on_envelope=note)
        except LivecueError as error:
            on_failure(error)
            await asyncio.sleep(RETRY_S)
        else:
            await asyncio.sleep(0 if plan.once else PAUSE_S)
    stop.set()
