"""A whole service over a real database, without a port: for tests of what is built on it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from argon2 import PasswordHasher
from fastapi import FastAPI

from assist.buses.memory import MemoryBus
from assist.messages import Agent, CallClosed, Envelope
from assist.notifications import HeardStore
from assist.playbook import PlaybookLibrary
from assist.ports import Analyser, CustomerDirectory, Transcriber
from assist.quality.scorecard_file import DIRECTORY as SCORECARDS
from assist.quality.scorecard_file import Scorecards
from assist.stores import open_stores
from assist.stores.accounts import Role
from assist.stores.audio import FlacAudioStore
from assist.supervisor import CallRequest, Supervisor, SupervisorLimits
from gateway.app import create_app
from gateway.auth import Accounts
from gateway.experiments import LiveExperiments
from gateway.metrics import HeardBus, Metrics
from gateway.playbooks import LivePlaybooks
from gateway.publishing import Publishing
from gateway.rehearsal import Rehearsal
from gateway.reviews import Reviews
from gateway.server import config_of
from gateway.service import Service, never
from gateway.settings import Settings
from gateway.teams import Teams
from gateway.wiring import phrase_listener, strange_labels
from gateway.wiring.privacy import KeptCalls, keep_calls
from gateway.wiring.pushing import open_notifier
from gateway.wiring.reviews import review_plan
from nlp.phrases import PhraseAnalyser
from nlp.privacy import RuleRedactor
from tests.support.databases import put_sqlite_database
from tests.support.doors import ListeningServer
from tests.support.fakes import STEREO, Said, ScriptedTranscriber, frame

ORIGIN = "http://127.0.0.1:8765"
PASSWORD = "correct horse"

SCRIPT = (
    Said("agent", 200, 900, "您好请讲"),
    Said("customer", 1700, 2500, "流量不够用"),
    Said("agent", 2600, 3400, "好的请稍等"),
)

PLAYBOOK = """\
name: small
version: "3"
title: 小剧本
rules:
  - id: offer-data
    title: 推荐流量包
    party: customer
    phrase: {any: [流量不够用]}
    because: 客户流量不够用
    emit: {prompt: {kind: offer, title: 流量包, body: 要不要加一个流量包}}
"""


async def nothing() -> None:
    """A warm-up with nothing to warm."""


def cheap_hasher() -> PasswordHasher:
    """The real algorithm at its least cost."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@asynccontextmanager
async def open_test_service(
    directory: Path,
    *,
    transcriber: Transcriber | None = None,
    analysers: Sequence[Analyser] = (),
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    playbook_changes: Callable[[], AsyncIterator[object]] = never,
    warm_up: Callable[[], Awaitable[None]] = nothing,
    playbook_text: str = PLAYBOOK,
    store_check_s: float = 5.0,
    supervisor_limits: SupervisorLimits | None = None,
    masks_calls: bool = False,
    customers: CustomerDirectory | None = None,
    **settings: Any,
) -> AsyncGenerator[Service]:
    """A running service whose recogniser follows SCRIPT; its playbook lies in ``directory/playbooks``."""
    chosen = Settings(data_dir=directory, playbooks_dir=directory / "playbooks", playbook="small", **settings)
    chosen.playbooks_dir.mkdir(exist_ok=True)
    (chosen.playbooks_dir / "small.yaml").write_text(playbook_text, encoding="utf-8")
    if not chosen.store and not chosen.default_database.exists():
        put_sqlite_database(chosen.default_database)
    metrics = Metrics()
    playbooks = LivePlaybooks(PlaybookLibrary(chosen.playbooks_dir, default=chosen.playbook))
    bus = HeardBus(MemoryBus(), metrics.count)
    audio_store = FlacAudioStore(chosen.audio_dir)
    async with open_stores(chosen.store_url) as stores, AsyncExitStack() as stack:
        calls = keep_calls(chosen, stores) if masks_calls else KeptCalls(stores.calls, None)
        experiments = LiveExperiments(stores.experiments, playbooks.in_use)
        accounts = Accounts(stores.accounts, chosen.session, hasher=cheap_hasher())

        def on_stored(envelopes: Sequence[Envelope]) -> None:
            notifier.stored(envelopes)

        supervisor = Supervisor(
            transcriber=transcriber or ScriptedTranscriber(SCRIPT),
            analysers=(PhraseAnalyser(), *analysers),
            playbook=playbooks.get,
            store=HeardStore(calls.store, on_stored),
            audio_store=audio_store,
            bus=bus,
            spool_dir=chosen.spool_dir,
            customers=customers,
            history=stores.history,
            draw=experiments.draw,
            now=now,
            limits=supervisor_limits,
        )
        notifier = await open_notifier(stack, chosen, calls.store, supervisor)
        service = Service(
            settings=chosen,
            supervisor=supervisor,
            store=calls.store,
            revealer=calls.revealer,
            redactor=RuleRedactor() if masks_calls else None,
            archive=stores.archive,
            searches=stores.searches,
            reports=stores.reports,
            accounts=accounts,
            teams=Teams(stores.teams, accounts),
            records=stores.records,
            reviews=Reviews(
                supervisor,
                stores.reviews,
                stores.draws,
                Scorecards(chosen.playbooks_dir / SCORECARDS),
                zone=chosen.zone,
                plan=review_plan(chosen.reviews),
                now=now,
            ),
            audio_store=audio_store,
            bus=bus,
            playbooks=playbooks,
            experiments=experiments,
            publishing=Publishing(playbooks, stores.playbooks, chosen.playbooks_dir),
            rehearsal=Rehearsal(stores.calls, phrase_listener, strange_labels, channels=chosen.channels),
            metrics=metrics,
            notifier=notifier,
            warm_up=warm_up,
            playbook_changes=playbook_changes,
            store_check_s=store_check_s,
        )
        async with service.running():
            yield service
        await bus.close()


@asynccontextmanager
async def http_client(
    service: Service, *, static_dir: Path | None = None, app: FastAPI | None = None
) -> AsyncGenerator[httpx.AsyncClient]:
    """A browser-like client of the service's application; ``app``: one that was made before, which takes long."""
    app = app or create_app(service, static_dir=static_dir or service.settings.data_dir / "no-web")
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        yield client


@asynccontextmanager
async def listening(service: Service, *, app: FastAPI | None = None) -> AsyncGenerator[int]:
    """The service's application on a free port."""
    server = ListeningServer(config_of(app or create_app(service), service.settings.limits))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        async with asyncio.TaskGroup() as group:
            group.create_task(server.serve(sockets=[listener]), name="server")
            await server.listening.wait()
            yield listener.getsockname()[1]
            server.should_exit = True


async def log_in(client: httpx.AsyncClient, service: Service, role: Role, *, agent_id: str | None = None) -> None:
    """Give the client the session of a new user."""
    name = agent_id or role
    await service.accounts.add_user(name, role, password=PASSWORD, agent_id=agent_id)
    answer = await client.post("/api/v1/session", json={"name": name, "password": PASSWORD})
    assert answer.status_code == 200, answer.text


async def play(
    service: Service, call_id: str, *, agent_id: str = "1001", length_ms: int = 5_000, source: str = "test"
) -> CallClosed:
    """A whole call of silence, over which the recogniser hears SCRIPT."""
    request = CallRequest(source=source, legs=STEREO, call_id=call_id, agent=Agent(agent_id=agent_id), pace="replay")
    handle = service.supervisor.open(request)
    for start_ms in range(0, length_ms, 100):
        await handle.feed([frame(leg.party, start_ms, 100) for leg in STEREO])
    handle.close()
    return await handle.closed()


async def play_all(service: Service, call_ids: Sequence[str]) -> None:
    """Calls one after the other."""
    for call_id in call_ids:
        await play(service, call_id)
