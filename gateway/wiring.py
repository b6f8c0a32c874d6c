"""The composition root: the only module that names concrete classes and turns settings into a service."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import assert_never

import numpy as np
from watchfiles import awatch  # pyright: ignore[reportUnknownVariableType] -- names trio, which we have not

from asr.lane import LaneSettings, RecogniserTranscriber
from asr.loading import LoadedRecognisers, LoadOptions, RecogniserChoice, load_first
from asr.pressure import Band, Pressure, PressureSettings, Relief
from asr.vad import SileroVad
from asr.verdict import VerdictSettings
from asr.voice.judge import VoiceJudge, load_voice_judge
from assist.buses import open_bus
from assist.closed_logs import LONGEST_LOG
from assist.customers import open_customers
from assist.customers.guard import GuardLimits
from assist.errors import ConfigurationError, ModelFilesError, NotFoundError, OverloadedError
from assist.messages import Envelope
from assist.playbook import AskedLabel, Listen, Playbook, PlaybookLibrary
from assist.ports import Analyser, CallStore
from assist.session import SessionLimits
from assist.stores import Stores, open_stores
from assist.stores.audio import FlacAudioStore
from assist.supervisor import Supervisor, SupervisorLimits
from assist.wrapup.afterwards import Afterwards
from assist.wrapup.endpoint import open_endpoint
from assist.wrapup.outbox import Outbox
from assist.wrapup.pusher import PushLimits, WrapUpPusher
from assist.wrapup.webhook import open_webhook
from gateway.auth import Accounts
from gateway.experiments import LiveExperiments, ReviewLimits
from gateway.metrics import EngineMetrics, HeardBus, Metrics, Reading
from gateway.playbooks import LivePlaybooks
from gateway.publishing import Publishing
from gateway.rehearsal import Rehearsal
from gateway.service import Service
from gateway.settings import (
    AsrSettings,
    ClassifierSettings,
    ExperimentSettings,
    LimitSettings,
    Settings,
    WebhookSettings,
)
from models.directory import locate
from models.engine import Engine, Priority
from models.threads import ThreadLayout, compute_here, layout_here
from nlp.backends.analyser import ClassifierUse
from nlp.backends.loading import ClassifierChoice, load_analysers
from nlp.labels import ACTS, EMOTIONS, ENTITIES, INTENTS, codes
from nlp.lexicon import lexicon_of
from nlp.missing import MissingModel
from nlp.phrases import PhraseAnalyser
from nlp.understanding.analyser import KIND as UNDERSTANDING
from nlp.understanding.analyser import UnderstandingAnalyser, UnderstandingRunner
from nlp.understanding.model import load_understanding
from nlp.understanding.model import require_files as require_understanding

log = logging.getLogger(__name__)

WARM_UP_MS = 1_000


@dataclass(frozen=True, slots=True)
class Recognition:
    """A loaded recogniser and the engine it runs on."""

    transcriber: RecogniserTranscriber
    engine: Engine
    warm_up: Callable[[], Awaitable[None]]
    is_first_choice: bool
    """Whether the first recogniser of the settings could be loaded."""

    def stand_in(self) -> str | None:
        """model@version of the recogniser in charge if it is not the first of the settings."""
        is_needed = not self.is_first_choice or self.transcriber.model_in_charge != self.transcriber.name
        return self.transcriber.model_in_charge if is_needed else None


@asynccontextmanager
async def open_service(
    settings: Settings, *, on_envelope: Callable[[Envelope], None] | None = None
) -> AsyncGenerator[Service]:
    """All parts of a service, closed again at the end; serve inside ``service.running()``.

    ``on_envelope`` hears every event of every call as it is published.
    Raises ConfigurationError (model files, store, bus, customers, data and playbook directory): what to do about it.
    """
    _make_directory(settings.data_dir)
    if not settings.playbooks_dir.is_dir():
        raise ConfigurationError(
            f"There is no playbook directory {settings.playbooks_dir}; set LIVECUE_PLAYBOOKS_DIR.", code="no-playbooks"
        )
    metrics = Metrics()
    async with AsyncExitStack() as stack:
        recognition = await stack.enter_async_context(open_recognition(settings, metrics))
        stores = await stack.enter_async_context(open_stores(settings.store_url))
        bus = HeardBus(await stack.enter_async_context(open_bus(settings.bus)), metrics.count)
        if on_envelope is not None:
            bus = HeardBus(bus, on_envelope)
        token, guard = settings.customers_token.get_secret_value(), GuardLimits(timeout_s=settings.limits.customers_s)
        customers = await stack.enter_async_context(open_customers(settings.customers, token=token, limits=guard))
        phrases = PhraseAnalyser()
        understanding = await open_understanding(settings, recognition.engine)
        classifiers = await open_classifiers(settings, recognition.engine)
        analysers: tuple[Analyser, ...] = (phrases, *([understanding] if understanding else ()), *classifiers)
        library = PlaybookLibrary(settings.playbooks_dir, default=settings.playbook)
        playbooks = LivePlaybooks(library, prepare=lambda book: (phrases.prepare(book), lexicon_of(book.lexicon)))
        experiments = LiveExperiments(stores.experiments, playbooks.in_use, limits=review_limits(settings.experiments))
        audio_store = FlacAudioStore(settings.audio_dir)

        def on_closed(call_id: str) -> None:
            afterwards.closed(call_id)

        supervisor = Supervisor(
            transcriber=recognition.transcriber,
            analysers=analysers,
            playbook=playbooks.get,
            store=stores.calls,
            audio_store=audio_store,
            bus=bus,
            spool_dir=settings.spool_dir,
            customers=customers,
            history=stores.history,
            zone=settings.zone,
            standings=experiments.standings,
            admit=admission(recognition.transcriber.pressure),
            on_closed=on_closed,
            limits=supervisor_limits(settings.limits),
        )
        afterwards = await open_afterwards(stack, settings, stores.calls, supervisor)
        yield Service(
            settings=settings,
            supervisor=supervisor,
            store=stores.calls,
            accounts=Accounts(stores.accounts, settings.session),
            audio_store=audio_store,
            bus=bus,
            afterwards=afterwards,
            playbooks=playbooks,
            experiments=experiments,
            publishing=Publishing(playbooks, stores.playbooks, settings.playbooks_dir),
            rehearsal=Rehearsal(stores.calls, phrase_listener, strange_labels),
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
                    "recogniser_stand_in",
                    "1 while another recogniser than the first of the settings is in charge.",
                    lambda: float(recognition.stand_in() is not None),
                ),
            ),
            stand_in=recognition.stand_in,
            has_room=lambda: recognition.transcriber.pressure.has_room(asyncio.get_running_loop().time()),
        )


async def open_afterwards(
    stack: AsyncExitStack, settings: Settings, store: CallStore, supervisor: Supervisor
) -> Afterwards:
    """What happens to wrap-ups, as the settings want it; what it needs is closed with ``stack``."""
    read, record = partial(store.envelopes, limit=LONGEST_LOG), supervisor.record_after
    summary, webhook, writer, pusher = settings.summary, settings.webhook, None, None
    if summary.url:
        key = summary.key.get_secret_value()
        model = open_endpoint(summary.url, model=summary.model, key=key, timeout_s=summary.timeout_s)
        writer = await stack.enter_async_context(model)
    if webhook.url:
        secret = webhook.secret.get_secret_value()
        door = await stack.enter_async_context(open_webhook(webhook.url, secret=secret, timeout_s=webhook.timeout_s))
        outbox = await asyncio.to_thread(Outbox, settings.wrap_ups_dir)
        pusher = WrapUpPusher(outbox, door, read=read, record=record, limits=push_limits(webhook))
    return Afterwards(read=read, record=record, writer=writer, pusher=pusher)


def push_limits(settings: WebhookSettings) -> PushLimits:
    """The settings as the pusher wants them."""
    return PushLimits(
        unconfirmed_after_s=settings.unconfirmed_after_min * 60,
        max_attempts=settings.max_attempts,
        retry_first_s=settings.retry_first_s,
        retry_most_s=settings.retry_most_s,
    )


@asynccontextmanager
async def open_accounts(settings: Settings) -> AsyncGenerator[Accounts]:
    """The accounts alone, for commands that need no service."""
    _make_directory(settings.data_dir)
    async with open_stores(settings.store_url) as stores:
        yield Accounts(stores.accounts, settings.session)


@asynccontextmanager
async def open_calls(settings: Settings) -> AsyncGenerator[CallStore]:
    """The calls that a service has stored. Raises NotFoundError "no-calls" where there is no database yet."""
    async with open_stored(settings) as stores:
        yield stores.calls


@asynccontextmanager
async def open_stored(settings: Settings) -> AsyncGenerator[Stores]:
    """Everything that a service has stored. Raises NotFoundError "no-calls" where there is no database yet."""
    if not settings.store and not settings.default_database.is_file():
        raise NotFoundError(f"There is no database {settings.default_database}; name its directory.", code="no-calls")
    async with open_stores(settings.store_url) as stores:
        yield stores


@asynccontextmanager
async def open_experiments(settings: Settings) -> AsyncGenerator[LiveExperiments]:
    """The experiments of the playbooks of a directory, over the calls that a service has stored.

    Raises NotFoundError "no-calls" where there is no database yet.
    """
    if not settings.store and not settings.default_database.is_file():
        raise NotFoundError(f"There is no database {settings.default_database}; name its directory.", code="no-calls")
    playbooks = LivePlaybooks(PlaybookLibrary(settings.playbooks_dir, default=settings.playbook))
    await playbooks.reload()
    async with open_stores(settings.store_url) as stores:
        yield LiveExperiments(stores.experiments, playbooks.in_use, limits=review_limits(settings.experiments))


def phrase_listener(playbook: Playbook) -> Listen:
    """Finds a playbook's phrases in utterances, as its calls have them found."""
    return PhraseAnalyser().open_call(playbook).find


def strange_labels(playbook: Playbook) -> Iterator[tuple[AskedLabel, str]]:
    """Labels that rules ask for and Livecue's own model never gives, each with the nearest that it gives, or nothing.

    A classifier of the site may give them; without one such a condition is never true.
    """
    known = {"intent": INTENTS, "emotion": EMOTIONS, "act": ACTS, "entity": ENTITIES}
    for asked in playbook.labels:
        given = codes(known[asked.kind])
        if asked.label not in given:
            yield asked, next(iter(get_close_matches(asked.label, given, n=1)), "")


@asynccontextmanager
async def open_recognition(settings: Settings, metrics: Metrics) -> AsyncGenerator[Recognition]:
    """The recogniser of the settings, loaded. Raises ModelFilesError, ConfigurationError "unknown-backend"."""
    layout = layout_here(settings.asr.device, workers=settings.asr.workers, threads=settings.asr.threads)
    loaded = await asyncio.to_thread(load_recognisers, settings.asr, settings.models_dir, layout)
    detector = await asyncio.to_thread(SileroVad)
    judge = await asyncio.to_thread(load_judge, settings.asr)
    spare_workers = layout.workers if loaded.standbys else 0
    engine = Engine(workers=layout.workers, spare_workers=spare_workers, observer=EngineMetrics(metrics))

    lanes = LaneSettings(verdicts=verdict_settings(settings.limits), pressure=pressure_settings(settings.limits))
    transcriber = RecogniserTranscriber(
        engine,
        loaded.runner,
        detector.open,
        settings=lanes,
        standbys=loaded.standbys,
        correct=lexicon_of,
        judge=judge,
    )

    async def warm_up() -> None:
        silence = np.zeros(WARM_UP_MS * 16, np.float32)
        try:
            async with asyncio.TaskGroup() as replicas:
                for _ in range(layout.workers):
                    replicas.create_task(transcriber.warm_up(silence))
        except ExceptionGroup as failures:
            # All failed alike; who waits for it knows what to do about one error.
            raise failures.exceptions[0] from None

    try:
        yield Recognition(transcriber, engine, warm_up, loaded.is_first_choice)
    finally:
        await engine.close()


async def open_understanding(settings: Settings, engine: Engine) -> Analyser | None:
    """The model of the settings, loaded; one that says what is wrong where it cannot be; None where none is wanted."""
    if not settings.nlu.model:
        return None
    try:
        directory = await asyncio.to_thread(
            locate, settings.models_dir, settings.nlu.model, require=require_understanding
        )
        model = await asyncio.to_thread(load_understanding, directory.path)
    except ModelFilesError as error:
        log.warning("no utterance will be understood", extra={"code": error.code, "reason": error.message})
        return MissingModel(error, UNDERSTANDING)
    return UnderstandingAnalyser(engine, UnderstandingRunner(model, directory.label))


async def open_classifiers(settings: Settings, engine: Engine) -> tuple[Analyser, ...]:
    """The classifiers beside it, loaded; one that says what is wrong for each that cannot be."""
    choices = [classifier_choice(chosen) for chosen in settings.nlu.extra]
    return await asyncio.to_thread(load_analysers, choices, settings.models_dir, engine)


def classifier_choice(settings: ClassifierSettings) -> ClassifierChoice:
    """One of ``nlu.extra`` as it is loaded."""
    use = ClassifierUse(settings.signal, settings.party, settings.min_score)
    return ClassifierChoice(settings.backend, settings.model, use)


def load_recognisers(settings: AsrSettings, models_dir: Path, layout: ThreadLayout) -> LoadedRecognisers:
    """The first recogniser of the settings that can be used, and its fallbacks. Blocks for about a second.

    Raises ModelFilesError and ConfigurationError when none can be used.
    """
    choices = [RecogniserChoice(chosen.backend, chosen.model) for chosen in (settings, *settings.fallbacks)]
    options = LoadOptions(
        models_dir=models_dir,
        device=settings.device,
        compute_type=compute_here(settings.compute, settings.device),
        threads=layout.threads,
        workers=layout.workers,
        full_vocabulary=settings.full_vocabulary,
    )
    return load_first(choices, options)


def load_judge(settings: AsrSettings) -> VoiceJudge | None:
    """Of the voices that the settings allow to be judged. Raises ModelFilesError."""
    match settings.voice:
        case "all":
            return load_voice_judge()
        case "customer":
            return load_voice_judge(parties=("customer",))
        case "off":
            return None
        case _:
            assert_never(settings.voice)


def admission(pressure: Pressure) -> Callable[[], None]:
    """Refuses new calls that the recogniser could not carry beside the accepted ones."""

    def admit() -> None:
        if not pressure.has_room(asyncio.get_running_loop().time()):
            raise OverloadedError("The recogniser has all the calls that it can carry; try again shortly.")

    return admit


def pressure_settings(limits: LimitSettings) -> PressureSettings:
    """The settings as load is shed by: the endpoint waits before calls are refused."""
    return PressureSettings(
        full_share=limits.recogniser_share,
        waiting_share=Band(limits.recogniser_share, limits.recogniser_share - 0.15),
        waiting_wait_s=Band(limits.final_wait_s / 2, limits.final_wait_s / 4),
        refused_share=Band(limits.recogniser_share + 0.1, limits.recogniser_share - 0.05),
        refused_wait_s=Band(limits.final_wait_s, limits.final_wait_s / 2),
    )


def verdict_settings(limits: LimitSettings) -> VerdictSettings:
    """The settings as verdicts are waited for: not so long that finals would be late for it."""
    return VerdictSettings(answer_within_s=0.75 * limits.final_wait_s)


def supervisor_limits(limits: LimitSettings) -> SupervisorLimits:
    """The settings as the supervisor wants them."""
    return SupervisorLimits(
        grace_s=limits.grace_s,
        keep_ended_s=limits.grace_s,
        max_calls=limits.max_calls,
        session=SessionLimits(max_call_s=limits.max_call_s, lane_audio_ms=limits.lane_audio_ms),
    )


def review_limits(settings: ExperimentSettings) -> ReviewLimits:
    """The settings as experiments are reviewed by."""
    return ReviewLimits(settings.review_s, settings.reach_weeks, settings.max_calls)


def engine_readings(engine: Engine) -> tuple[Reading, ...]:
    """What the engine knows, read at scrape time."""

    def queued() -> dict[str, float]:
        waiting = engine.load().queued
        return {priority.name.lower(): float(waiting.get(priority, 0)) for priority in Priority}

    def shares() -> dict[str, float]:
        return {priority.name.lower(): share for priority, share in engine.load().shares.items()}

    return (
        Reading("engine_queued", "Requests waiting for the engine, by priority.", queued, label="priority"),
        Reading("engine_utilisation", "Busy share of the workers, 0 to 1.", lambda: engine.load().utilisation),
        Reading("engine_share", "The same, by priority of what keeps them busy.", shares, label="priority"),
        Reading(
            "engine_final_wait_seconds", "Wait of finals for a worker, p95.", lambda: engine.load().final_wait_p95_s
        ),
        Reading("engine_stalled_workers", "Workers that do not come back.", lambda: engine.load().stalled_workers),
        Reading("engine_shed_total", "Previews whose time had passed.", lambda: engine.counts.shed),
        Reading("partials_superseded_total", "Previews replaced by newer ones.", lambda: engine.counts.superseded),
    )


def pressure_readings(pressure: Pressure) -> tuple[Reading, ...]:
    """What gives way to load, read at scrape time."""

    def relief() -> Relief:
        return pressure.relief(asyncio.get_running_loop().time())

    return (
        Reading(
            "load_stage",
            "What gives way: 0 nothing, 1 partials thin out, 2 endpoints wait as well, 3 calls are refused as well.",
            lambda: relief().stage,
        ),
        Reading(
            "partial_interval_ms", "New sound between two partials of a party.", lambda: relief().partial_interval_ms
        ),
    )


def speculation_readings(transcriber: RecogniserTranscriber) -> tuple[Reading, ...]:
    """What decoding ahead costs and brings, read at scrape time."""
    counts = transcriber.speculations
    return (
        Reading("speculations_total", "Segments decoded before their end was certain.", lambda: counts.started),
        Reading("speculations_used_total", "Segments decoded ahead that became finals.", lambda: counts.used),
    )


async def changes_in(directory: Path) -> AsyncGenerator[object]:
    """Yields after every change of a directory; the directory must exist."""
    async for changes in awatch(directory):
        yield changes


def _make_directory(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
        TemporaryFile(dir=path).close()
    except OSError as error:
        raise ConfigurationError(
            f"The data directory {path} cannot be written: {error.strerror}; set LIVECUE_DATA_DIR.",
            code="bad-data-directory",
        ) from error
