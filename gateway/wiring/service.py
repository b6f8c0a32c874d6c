"""All parts of a service, put together as the settings want them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from watchfiles import awatch  # pyright: ignore[reportUnknownVariableType] -- names trio, which we have not

from assist.buses import open_bus
from assist.chat import ChatModel, open_chat
from assist.customers import open_customers
from assist.customers.guard import GuardLimits
from assist.errors import ConfigurationError
from assist.judge.endpoint import EndpointJudge
from assist.messages import Envelope
from assist.notifications import HeardStore
from assist.playbook import Playbook, PlaybookLibrary
from assist.ports import Analyser
from assist.session import SessionLimits
from assist.stores import open_stores
from assist.supervisor import Supervisor, SupervisorLimits
from gateway.auth import Accounts
from gateway.experiments import LiveExperiments
from gateway.metrics import HeardBus, Metrics, Reading
from gateway.placing import Placing
from gateway.playbooks import LivePlaybooks
from gateway.publishing import Publishing
from gateway.rehearsal import Rehearsal
from gateway.retention import Retention
from gateway.service import Service
from gateway.settings import LimitSettings, Settings
from gateway.teams import Teams
from gateway.wiring.analysis import (
    open_classifiers,
    open_roles,
    open_understanding,
    phrase_listener,
    placer_of,
    strange_labels,
)
from gateway.wiring.privacy import keep_calls, outward_redactor, played_sound
from gateway.wiring.pushing import open_afterwards, open_notifier
from gateway.wiring.readings import engine_readings, pressure_readings, speculation_readings
from gateway.wiring.recognition import admission, open_recognition
from gateway.wiring.recordings import open_audio_store
from gateway.wiring.records import register_projections, retention_rules
from gateway.wiring.reviews import make_reviews
from gateway.wiring.stored import make_data_directory, review_limits
from nlp.lexicon import lexicon_of
from nlp.phrases import PhraseAnalyser
from nlp.understanding.analyser import UnderstandingAnalyser


@asynccontextmanager
async def open_service(
    settings: Settings, *, on_envelope: Callable[[Envelope], None] | None = None, hands_on: bool = True
) -> AsyncGenerator[Service]:
    """All parts of a service, closed again at the end; serve inside ``service.running()``.

    ``on_envelope`` hears every event of every call as it is published. ``hands_on``: whether wrap-ups and notifications
    go to those who get them; False for calls that were others' once, or are nobody's.
    Raises ConfigurationError (model files, store, bus, customers, data and playbook directory): what to do about it.
    """
    make_data_directory(settings.data_dir)
    if not settings.playbooks_dir.is_dir():
        raise ConfigurationError(
            f"There is no playbook directory {settings.playbooks_dir}; set LIVECUE_PLAYBOOKS_DIR.", code="no-playbooks"
        )
    metrics = Metrics()
    async with AsyncExitStack() as stack:
        recognition = await stack.enter_async_context(open_recognition(settings, metrics))
        understanding = await open_understanding(settings, recognition.engine)
        stores = await stack.enter_async_context(open_stores(settings.store_url, placer=placer_of(understanding)))
        calls = await asyncio.to_thread(keep_calls, settings, stores)
        bus = HeardBus(await stack.enter_async_context(open_bus(settings.bus)), metrics.count)
        if on_envelope is not None:
            bus = HeardBus(bus, on_envelope)
        token, guard = settings.customers_token.get_secret_value(), GuardLimits(timeout_s=settings.limits.customers_s)
        customers = await stack.enter_async_context(open_customers(settings.customers, token=token, limits=guard))
        phrases = PhraseAnalyser()
        classifiers = await open_classifiers(settings, recognition.engine)
        understood = (understanding,) if understanding else ()
        analysers: tuple[Analyser, ...] = (phrases, *understood, *classifiers, await open_roles())
        library = PlaybookLibrary(settings.playbooks_dir, default=settings.playbook)

        def prepare(book: Playbook) -> None:
            phrases.prepare(book)
            lexicon_of(book.lexicon)
            if isinstance(understanding, UnderstandingAnalyser):
                understanding.learn(book)

        playbooks = LivePlaybooks(library, prepare=prepare)
        experiments = LiveExperiments(
            stores.experiments,
            playbooks.in_use,
            hold_outs=settings.experiments.hold_outs,
            limits=review_limits(settings.experiments),
        )
        recordings = await stack.enter_async_context(open_audio_store(settings))
        audio_store = played_sound(settings, stores, recordings)
        register_projections(stores.records, settings, audio_store)
        chat = await open_model(stack, settings)

        def on_closed(call_id: str) -> None:
            afterwards.closed(call_id)

        def on_stored(envelopes: Sequence[Envelope]) -> None:
            if notifier is not None:
                notifier.stored(envelopes)

        supervisor = Supervisor(
            transcriber=recognition.transcriber,
            analysers=analysers,
            playbook=playbooks.get,
            store=HeardStore(calls.store, on_stored),
            audio_store=audio_store,
            bus=bus,
            spool_dir=settings.spool_dir,
            customers=customers,
            history=stores.history,
            judge=(
                EndpointJudge(chat, timeout_s=settings.judge.timeout_s, redactor=outward_redactor(settings))
                if chat and settings.judge.enabled
                else None
            ),
            zone=settings.zone,
            draw=experiments.draw,
            admit=admission(recognition.transcriber.pressure),
            on_closed=on_closed,
            turn_of=stores.log_turns.turn,
            limits=supervisor_limits(settings.limits),
        )
        afterwards = await open_afterwards(stack, settings, chat, calls.store, supervisor, hands_on=hands_on)
        notifier = await open_notifier(stack, settings, calls.store, supervisor) if hands_on else None
        accounts = Accounts(stores.accounts, settings.session)
        yield Service(
            settings=settings,
            supervisor=supervisor,
            store=calls.store,
            revealer=calls.revealer,
            redactor=outward_redactor(settings),
            archive=stores.archive,
            searches=stores.searches,
            reports=stores.reports,
            accounts=accounts,
            teams=Teams(stores.teams, accounts),
            records=stores.records,
            reviews=make_reviews(settings, stores, supervisor),
            audio_store=audio_store,
            bus=bus,
            afterwards=afterwards,
            notifier=notifier,
            retention=Retention(
                stores.records, retention_rules(settings.retention), every_s=settings.retention.every_s
            ),
            placing=Placing(stores.meanings) if stores.meanings else None,
            playbooks=playbooks,
            experiments=experiments,
            publishing=Publishing(playbooks, stores.playbooks, settings.playbooks_dir),
            rehearsal=Rehearsal(calls.store, phrase_listener, strange_labels, channels=settings.channels),
            metrics=metrics,
            warm_up=recognition.warm_up,
            playbook_changes=lambda: changes_in(settings.playbooks_dir),
            readings=(
                *engine_readings(recognition.engine),
                *pressure_readings(recognition.transcriber.pressure),
                *speculation_readings(recognition.transcriber),
                Reading(
                    "wrap_ups_waiting", "Wrap-ups that are still to be handed on.", lambda: float(afterwards.waiting)
                ),
                Reading(
                    "notifications_waiting",
                    "Notifications of rules that are still to be handed on.",
                    lambda: float(notifier.waiting if notifier else 0),
                ),
                Reading(
                    "recogniser_stand_in",
                    "1 while another recogniser than the first of the settings is in charge.",
                    lambda: float(recognition.stand_in() is not None),
                ),
                Reading(
                    "archive_utterances",
                    "Utterances of closed calls that are found by their meaning, in memory.",
                    lambda: float(stores.meanings.utterances if stores.meanings else 0),
                ),
            ),
            stand_in=recognition.stand_in,
            has_room=lambda: recognition.transcriber.pressure.has_room(asyncio.get_running_loop().time()),
        )


async def open_model(stack: AsyncExitStack, settings: Settings) -> ChatModel | None:
    """The language model that may read calls, closed with ``stack``; None: nothing leaves the machine."""
    summary = settings.summary
    if not summary.url:
        return None
    chat = open_chat(summary.url, model=summary.model, key=summary.key.get_secret_value())
    return await stack.enter_async_context(chat)


def supervisor_limits(limits: LimitSettings) -> SupervisorLimits:
    """The settings as the supervisor wants them."""
    return SupervisorLimits(
        grace_s=limits.grace_s,
        keep_ended_s=limits.grace_s,
        max_calls=limits.max_calls,
        session=SessionLimits(max_call_s=limits.max_call_s, lane_audio_ms=limits.lane_audio_ms),
    )


async def changes_in(directory: Path) -> AsyncGenerator[object]:
    """Yields after every change of a directory; the directory must exist."""
    async for changes in awatch(directory):
        yield changes
