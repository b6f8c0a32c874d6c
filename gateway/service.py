"""One running Livecue: the parts, joined by their ports, and their life from start to stop."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from asr.fallback import FALLBACK_CODE
from assist.errors import LivecueError, PlaybookError, StoreError
from assist.notifications import Notifier
from assist.ports import AudioStore, CallStore, EventBus, Redactor
from assist.redaction.sealing import Revealer
from assist.search.archive import CallArchive
from assist.stores.records import RecordStore
from assist.stores.reports import ReportStore
from assist.stores.saved_searches import SavedSearchStore
from assist.supervisor import Supervisor
from assist.wrapup.afterwards import Afterwards
from gateway.auth import Accounts
from gateway.expected_calls import ExpectedCalls
from gateway.experiments import LiveExperiments
from gateway.metrics import Metrics, Reading, SourceMetrics
from gateway.phone.limits import CallLimits
from gateway.phone.switchboard import Switchboard
from gateway.phone.tcp import AudioSocketPort, audiosocket_port
from gateway.placing import Placing
from gateway.playbooks import LivePlaybooks
from gateway.publishing import Publishing
from gateway.readiness import Part, Readiness
from gateway.rehearsal import Rehearsal
from gateway.retention import Retention
from gateway.review_readers import ReviewReaders
from gateway.reviews import Reviews
from gateway.seen_calls import SeenCalls
from gateway.sessions import SessionWatch
from gateway.settings import Settings
from gateway.sound import CallSound
from gateway.teams import Teams

log = logging.getLogger(__name__)

RECOGNISER, STORE, PLAYBOOK, CALLS = "recogniser", "store", "playbook", "calls"


GOODBYE_S = 5.0
"""How long phone platforms that were told of our going may take to go themselves."""

FULL_COLLECTION_AFTER = 50
"""Collections of the younger objects; five times as rare as by default. A full one stops every call for as long as it
takes to look at all that is alive, and finds next to nothing: what a closed call leaves goes without it."""

LOOKS_UNTIL_RECOVERY = 6
"""Every so many looks at the store, what is still in the spool is brought into it, however it came to stay there."""


async def never() -> AsyncIterator[object]:
    """No changes, ever: the watcher of a service whose playbooks are fixed."""
    await asyncio.get_running_loop().create_future()
    yield


def always() -> bool:
    """A service without bounds."""
    return True


def no_stand_in() -> str | None:
    """The recogniser of a service that has only one."""
    return None


@dataclass(slots=True)
class Service:
    """The parts of a running Livecue; built by ``gateway.wiring`` or by a test."""

    settings: Settings
    supervisor: Supervisor
    store: CallStore
    archive: CallArchive
    searches: SavedSearchStore
    reports: ReportStore
    accounts: Accounts
    teams: Teams
    records: RecordStore
    reviews: Reviews
    audio_store: AudioStore
    bus: EventBus
    playbooks: LivePlaybooks
    experiments: LiveExperiments
    publishing: Publishing
    rehearsal: Rehearsal
    metrics: Metrics
    warm_up: Callable[[], Awaitable[None]]
    """Makes the first recognition as quick as the next; raises LivecueError."""
    stand_in: Callable[[], str | None] = no_stand_in
    """model@version of the recogniser that decodes in place of the first of the settings; None: that one works."""
    has_room: Callable[[], bool] = always
    """Whether the recogniser can carry another call."""
    afterwards: Afterwards | None = None
    """What happens to wrap-ups once their calls are over; None: nothing."""
    notifier: Notifier | None = None
    """Who hands on what rules notify of; None: nobody."""
    revealer: Revealer | None = None
    """Takes masks off stored events; None where they are stored plain."""
    redactor: Redactor | None = None
    """Finds private words in what people write beside calls; None where calls are stored plain."""
    retention: Retention | None = None
    """What removes calls once they are old; None: nothing does."""
    placing: Placing | None = None
    """What makes closed calls findable by meaning; None: nothing does."""
    playbook_changes: Callable[[], AsyncIterator[object]] = never
    """Yields whenever the playbook directory changed."""
    store_check_s: float = 5.0
    """Between two looks at whether the store answers."""
    readings: Sequence[Reading] = ()
    """More values to show in the metrics."""
    expected: ExpectedCalls = field(default_factory=ExpectedCalls)
    """Calls announced before their sound comes."""
    _broken_playbooks: dict[Path, PlaybookError] = field(default_factory=dict[Path, PlaybookError], init=False)
    sessions: SessionWatch = field(init=False)
    seen: SeenCalls = field(init=False)
    review_readers: ReviewReaders = field(init=False)
    sound: CallSound = field(init=False)
    switchboard: Switchboard = field(init=False)
    """The calls that phone platforms bring over their own protocols."""
    audiosocket: AudioSocketPort = field(init=False)
    """The one door that is no websocket."""
    readiness: Readiness = field(default_factory=lambda: Readiness((RECOGNISER, STORE, PLAYBOOK, CALLS)))

    def __post_init__(self) -> None:
        self.sessions = SessionWatch(self.accounts)
        self.seen = SeenCalls(self.supervisor, self.store, self.reviews.store.is_assigned)
        self.review_readers = ReviewReaders(self.reviews.store)
        self.sound = CallSound(self.audio_store)
        self.switchboard = Switchboard(
            self.supervisor,
            complete=self.expected.complete,
            limits=CallLimits(stall_s=self.settings.sources.stall_s, max_ahead_s=self.settings.limits.ahead_s),
        )
        self.audiosocket = audiosocket_port(
            self.settings.sources.audiosocket,
            expected=self.expected,
            switchboard=self.switchboard,
            bus=self.bus,
            metrics=SourceMetrics(self.metrics),
        )

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Serve calls inside; every call is closed and complete on the way out.

        A failure of a part that must not fail ends the whole: better restarted than half alive.
        Raises ConfigurationError "port-taken" or "bad-host" for the port of AudioSocket.
        """
        self.metrics.watch((*supervisor_readings(self.supervisor), *self.readings))
        await self.reload_playbooks()
        await self.experiments.load()
        await self._recover()
        self.readiness.report(STORE, "ready")
        async with self.audiosocket.listening(), asyncio.TaskGroup() as group:
            group.create_task(self.supervisor.run(), name="supervisor")
            helpers = [
                group.create_task(self._warm_up(), name="warm-up"),
                group.create_task(self._follow_playbooks(), name="playbooks"),
                group.create_task(self._follow_store(), name="store"),
                group.create_task(self.sessions.run(), name="sessions"),
                group.create_task(self._work_afterwards(), name="afterwards"),
                group.create_task(self._notify(), name="notifications"),
                group.create_task(self._keep_records(), name="retention"),
                group.create_task(self.reviews.run(), name="reviews"),
                group.create_task(self._place_calls(), name="placing"),
                group.create_task(self.experiments.run(), name="experiments"),
            ]
            await self.supervisor.started()
            self.readiness.report(CALLS, "ready")
            try:
                yield
            finally:
                await self.stop_calls()
                for helper in helpers:
                    helper.cancel()

    @property
    def parts(self) -> dict[str, Part]:
        """State of every part, as the readiness knows it, as the recogniser in charge is and as its load is."""
        parts = self.readiness.parts
        model = self.stand_in()
        if model is not None and parts[RECOGNISER].state == "ready":
            message = f"{model} stands in for the recogniser of the settings; see the log."
            parts[RECOGNISER] = Part(state="impaired", code=FALLBACK_CODE, message=message)
        if parts[STORE].state == "ready":
            parts[STORE] = self._store_as_calls_see_it()
        if parts[CALLS].state == "ready" and not self.has_room():
            message = "The recogniser has all the calls that it can carry."
            parts[CALLS] = Part(state="full", code="overloaded", message=message)
        return parts

    async def stop_calls(self) -> None:
        """Refuse new calls, close the open ones and wait until they are complete. Idempotent."""
        self.readiness.report(CALLS, "stopping", code="server-stopping", message="Livecue is stopping.")
        self.switchboard.stop()
        await self.supervisor.stop()
        await self.switchboard.deserted(GOODBYE_S)

    async def _warm_up(self) -> None:
        try:
            await self.warm_up()
        except LivecueError as error:
            log.error("the recogniser cannot be used", extra={"code": error.code, "reason": error.message})
            self.readiness.report(RECOGNISER, "failed", code=error.code, message=error.message)
            await self._settle_memory()
        else:
            await self._settle_memory()
            self.readiness.report(RECOGNISER, "ready")

    async def _settle_memory(self) -> None:
        """What is loaded by now lives as long as the service: looking for garbage among it holds every call up."""
        await self.experiments.load_figures()
        gc.collect()
        gc.freeze()
        gc.set_threshold(*gc.get_threshold()[:2], FULL_COLLECTION_AFTER)

    def _store_as_calls_see_it(self) -> Part:
        """A full database can still be read, but takes nothing."""
        journals = self.supervisor.journals
        if code := next((journal.store_failure for journal in journals if journal.store_failure), None):
            return Part(state="impaired", code=code, message="The store takes no calls; they wait in the spool.")
        if any(journal.unspooled for journal in journals):
            message = "The disk of the spool refuses calls: they would not outlive a crash."
            return Part(state="impaired", code="spool-write-failed", message=message)
        return Part(state="ready")

    async def _follow_store(self) -> None:
        """Tell whether calls can be read, and bring those into the store that wait for it in the spool."""
        for look in count(1):
            await asyncio.sleep(self.store_check_s)
            was_away = self.readiness.parts[STORE].state != "ready"
            try:
                await self.store.check()
            except StoreError as error:
                if not was_away:
                    log.error("the store is away", extra={"code": error.code, "reason": error.message})
                self.readiness.report(STORE, "impaired", code=error.code, message=error.message)
                continue
            self.readiness.report(STORE, "ready")
            if was_away:
                log.warning("the store is there again")
            if was_away or look % LOOKS_UNTIL_RECOVERY == 0:
                await self._recover()

    async def _recover(self) -> None:
        recovered = await self.supervisor.recover()
        if recovered:
            log.warning("calls from the spool are on record", extra={"call_ids": list(recovered)})

    async def _work_afterwards(self) -> None:
        if self.afterwards is not None:
            await self.afterwards.run()

    async def _notify(self) -> None:
        if self.notifier is not None:
            await self.notifier.run()

    async def _place_calls(self) -> None:
        if self.placing is not None:
            await self.placing.run()

    async def _keep_records(self) -> None:
        if self.retention is not None:
            await self.retention.run()

    async def _follow_playbooks(self) -> None:
        async for _ in self.playbook_changes():
            await self.reload_playbooks()

    async def reload_playbooks(self) -> None:
        """Take changed playbooks over for new calls; a broken one leaves its last good version in use."""
        for result in await self.publishing.reload():
            if result.error is not None:
                self._broken_playbooks[result.path] = result.error
                self.metrics.playbook_reloads.labels(result="refused").inc()
                log.error(
                    "a playbook is broken, its last good version stays in use",
                    extra={
                        "file": result.path.name,
                        "code": result.error.code,
                        "reason": result.error.message,
                    },
                )
            elif result.playbook is not None:
                self._broken_playbooks.pop(result.path, None)
                self.metrics.playbook_reloads.labels(result="taken").inc()
                log.info("playbook taken over", extra={"playbook": result.playbook.reference})
        self._report_playbooks()

    def _report_playbooks(self) -> None:
        self._broken_playbooks = {path: error for path, error in self._broken_playbooks.items() if path.exists()}
        try:
            self.playbooks.get(None)
        except PlaybookError as error:
            log.error("calls have no playbook", extra={"code": error.code, "reason": error.message})
            self.readiness.report(PLAYBOOK, "failed", code=error.code, message=error.message)
            return
        for error in self._broken_playbooks.values():
            self.readiness.report(PLAYBOOK, "impaired", code=error.code, message=error.message)
            return
        self.readiness.report(PLAYBOOK, "ready")


def supervisor_readings(supervisor: Supervisor) -> tuple[Reading, ...]:
    """What the supervisor knows, read at scrape time."""
    return (
        Reading("calls_open", "Calls that are live now.", lambda: len(supervisor.calls())),
        Reading("calls_refused_total", "Calls refused because of load.", lambda: supervisor.counts.calls_refused),
        Reading(
            "calls_recovered_total",
            "Calls that waited in the spool, of a killed process or for a store that was away, and are on record.",
            lambda: supervisor.counts.calls_recovered,
        ),
        Reading(
            "audio_received_ms_total",
            "Audio of closed calls, gaps included.",
            lambda: supervisor.counts.audio_received_ms,
        ),
        Reading(
            "audio_spooled_ms_total",
            "Audio that waited on disk for recognition.",
            lambda: supervisor.counts.audio_spooled_ms,
        ),
        Reading("audio_shed_ms_total", "Audio that was given up.", lambda: supervisor.counts.audio_shed_ms),
        Reading(
            "store_lag_envelopes",
            "Events of live calls that are not in the store yet.",
            lambda: sum(journal.store_lag for journal in supervisor.journals),
        ),
        Reading(
            "unspooled_envelopes",
            "Events of live calls that the disk refuses; a crash loses what the store lacks of them.",
            lambda: sum(journal.unspooled for journal in supervisor.journals),
        ),
        Reading(
            "spooled_calls",
            "Calls that are over and wait in the spool for the store or the audio store.",
            lambda: supervisor.left_over.waiting,
        ),
        Reading(
            "store_impaired_calls",
            "Live calls that the store takes nothing of; they wait in the spool.",
            lambda: sum(journal.store_failure is not None for journal in supervisor.journals),
        ),
    )
