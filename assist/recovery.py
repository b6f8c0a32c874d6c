"""Completing what is left in the spool by a killed process, or because a store was away too long.

The log goes to the store, the sound to the audio store.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo
from pathlib import Path

from assist.conversation import measured
from assist.errors import StoreError
from assist.ledger import settle
from assist.messages import AudioGap, CallClosed, Envelope, Leg, Utterance
from assist.ports import AudioStore, CallStore
from assist.spool import SAMPLE_BYTES, read_events, read_legs, recordings
from assist.view import fold_all
from assist.wrapup import wrap_up

log = logging.getLogger(__name__)


class LeftOver:
    """The calls in the spool that are not live."""

    def __init__(
        self,
        spool_dir: Path,
        *,
        is_live: Callable[[str], bool],
        store: CallStore,
        audio_store: AudioStore,
        now: Callable[[], datetime],
        zone: tzinfo,
        on_closed: Callable[[str], None],
    ) -> None:
        self._spool_dir = spool_dir
        self._is_live = is_live
        self._store = store
        self._audio_store = audio_store
        self._now = now
        self._zone = zone
        self._on_closed = on_closed
        self._logged: set[str] = set()
        """Calls whose log is on record and whose sound is not."""

    @property
    def waiting(self) -> int:
        """How many there are."""
        return sum(not self._is_live(directory.name) for directory in self._spooled())

    async def complete(self) -> Sequence[str]:
        """Complete the record of each as far as the stores take it; the ids of those whose log is on record now."""
        complete: list[str] = []
        for directory in self._spooled():
            call_id = directory.name
            if self._is_live(call_id):
                continue
            if call_id not in self._logged:
                if not await self._close(directory):
                    continue
                self._logged.add(call_id)
                complete.append(call_id)
            await save_sound(directory, store=self._store, audio_store=self._audio_store)
            if not directory.exists():
                self._logged.discard(call_id)
        return complete

    def _spooled(self) -> Sequence[Path]:
        if not self._spool_dir.exists():
            return ()
        return sorted(path for path in self._spool_dir.iterdir() if path.is_dir())

    async def _close(self, directory: Path) -> bool:
        """Store a spooled log and close it with "server-restarted" if it was still open.

        Returns False and keeps the spool when the store refuses. A spool without a single event is removed.
        """
        log_so_far = list(read_events(directory))
        if not log_so_far:
            shutil.rmtree(directory, ignore_errors=True)
            return False
        if not any(isinstance(envelope.event, CallClosed) for envelope in log_so_far):
            log_so_far += _ending(directory, log_so_far, self._now(), self._zone)
        try:
            await self._store.append(log_so_far)
        except StoreError:
            log.exception("a left-over call could not be stored; it stays in the spool")
            return False
        self._on_closed(directory.name)
        return True


async def save_sound(directory: Path, *, store: CallStore, audio_store: AudioStore) -> None:
    """Move a complete call's sound into the audio store and remove its spool; on failure the spool stays."""
    legs = read_legs(directory)
    paths = recordings(directory, legs)
    try:
        if paths:
            await audio_store.save(directory.name, paths, {leg.party: leg.rate_hz for leg in legs})
            await store.mark_audio(directory.name)
    except (StoreError, OSError):
        log.exception("a call's sound could not be saved; it stays in the spool")
        return
    shutil.rmtree(directory, ignore_errors=True)


def _ending(directory: Path, so_far: Sequence[Envelope], at: datetime, zone: tzinfo) -> list[Envelope]:
    """What is left of the call, unless it was told, and its closing."""
    legs = read_legs(directory)
    events = [envelope.event for envelope in so_far]
    ends = {leg.party: _end_ms(directory, leg, events) for leg in legs}
    ledger = tuple(
        settle(
            leg.party,
            ends[leg.party],
            [e for e in events if isinstance(e, AudioGap)],
            transcribed_ms=sum(
                e.end_ms - e.start_ms for e in events if isinstance(e, Utterance) and e.party == leg.party
            ),
            heard_until_ms=max(
                (e.decided_ms for e in events if isinstance(e, Utterance) and e.party == leg.party), default=0
            ),
        )
        for leg in legs
    )
    end_ms = max(ends.values(), default=0)
    closed = CallClosed(at_ms=end_ms, cause="server-restarted", ledger=ledger, conversation=measured(events, end_ms))
    last = so_far[-1]
    view = fold_all(last.call_id, so_far)
    proposal = wrap_up(view, end_ms, closed.cause, zone) if view.wrap_up is None else None
    ending = (closed,) if proposal is None else (proposal, closed)
    return [
        Envelope(call_id=last.call_id, seq=seq, at=at, event=event) for seq, event in enumerate(ending, last.seq + 1)
    ]


def _end_ms(directory: Path, leg: Leg, events: Sequence[object]) -> int:
    """Where the leg ended: the later of its sound on disk and its last declared gap."""
    path = directory / f"{leg.party}.pcm"
    size = path.stat().st_size if path.exists() else 0
    gap_ms = max((e.end_ms for e in events if isinstance(e, AudioGap) and e.party == leg.party), default=0)
    return max(size // SAMPLE_BYTES * 1000 // leg.rate_hz, gap_ms)
