"""What the record of a call says of how its platform is connected; pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from asr.audio.misread import misreading
from asr.audio.samples import Int16Array
from assist.messages import (
    AudioGap,
    CallClosed,
    CallDegraded,
    CallOpened,
    Envelope,
    Leg,
    Party,
    SpeechStarted,
    Utterance,
)
from gateway.diagnosis.findings import PARTIES_ZH, Finding, State

LEGS_FOUND: Final = frozenset({"leg-missing", "leg-silent", "legs-identical", "legs-swapped"})
"""What the watch over a call's legs says in its log."""
MIN_CALL_MS: Final = 10_000
"""Shorter calls tell nothing of their clock."""
SLOW: Final = 0.62
FAST: Final = 1.6
"""Sound per time: a rate that is wrong by two."""
DRIFT: Final = 0.01
DRIFT_MS: Final = 1_500
"""Both are to be exceeded: recognition that falls behind looks alike, for a while."""
LOSS_WARN: Final = 0.01
LOSS_FAIL: Final = 0.05
MIN_ONSETS: Final = 6
REPLAYING: Final = frozenset({"funasr"})
"""Platforms whose clients may send faster than speech."""


@dataclass(frozen=True, slots=True)
class CallRecord:
    """A stored call."""

    platform: str
    call_id: str
    log: Sequence[Envelope]
    sound: Mapping[Party, Int16Array] = field(default_factory=dict[Party, Int16Array])
    """By party, as read at the leg's rate; empty where there is no recording yet."""


def judge(record: CallRecord) -> list[Finding]:
    """What is wrong, worst first; one "call-fits" where nothing is."""
    call = _Call(record)
    if call.length_ms < MIN_CALL_MS:
        found = [*call.legs(), call.finding("call-short", "warn", length_s=_seconds(call.length_ms))]
    else:
        found = [*call.legs(), *call.codecs(), *call.clock(), *call.gaps(), *call.end()]
    if found:
        return sorted(found, key=lambda finding: finding.state != "fail")
    legs = ", ".join(f"{leg.party} ({leg.codec}, {leg.rate_hz} Hz)" for leg in call.legs_declared)
    return [call.finding("call-fits", "ok", length_s=_seconds(call.length_ms), legs=legs)]


class _Call:
    """One record, read from several sides."""

    def __init__(self, record: CallRecord) -> None:
        self._record = record
        events = [envelope.event for envelope in record.log]
        self._opened = next((event for event in events if isinstance(event, CallOpened)), None)
        self._closed = next((event for event in events if isinstance(event, CallClosed)), None)
        self._closed_at = next((one.at for one in record.log if isinstance(one.event, CallClosed)), None)
        self._degraded = [event for event in events if isinstance(event, CallDegraded)]
        self._gaps = [event for event in events if isinstance(event, AudioGap)]
        self._onsets = [
            (envelope.at, envelope.event.decided_ms)
            for envelope in record.log
            if isinstance(envelope.event, SpeechStarted | Utterance)
        ]

    @property
    def legs_declared(self) -> tuple[Leg, ...]:
        return self._opened.legs if self._opened is not None else ()

    @property
    def length_ms(self) -> int:
        """Up to where the log knows of sound."""
        ends = [gap.end_ms for gap in self._gaps] + [position for _, position in self._onsets]
        ends += [leg.received_ms for leg in self._closed.ledger] if self._closed is not None else []
        return max(ends, default=0)

    def finding(self, code: str, state: State, party: Party | None = None, /, **values: str) -> Finding:
        of_party = {} if party is None else {"party": party, "party_zh": PARTIES_ZH[party]}
        return Finding(self._record.platform, code, state, {"call": self._record.call_id} | of_party | values)

    def legs(self) -> list[Finding]:
        """What the call's own watch over its legs said last."""
        last: dict[tuple[str, Party | None], CallDegraded] = {}
        last |= {(event.code, event.party): event for event in self._degraded if event.code in LEGS_FOUND}
        return [self.finding(code, "fail", party) for (code, party), event in last.items() if not event.restored]

    def codecs(self) -> list[Finding]:
        found: list[Finding] = []
        for leg in self.legs_declared:
            likely = misreading(self._record.sound[leg.party], leg.codec) if leg.party in self._record.sound else None
            if likely is not None:
                found.append(self.finding("wrong-codec", "fail", leg.party, codec=leg.codec, likely=likely))
        return found

    def clock(self) -> list[Finding]:
        """Sound against the time in which it came."""
        if self._record.platform in REPLAYING or self._closed_at is None or self._is_broken:
            return []
        wall_ms = _between_ms(self._record.log[0].at, self._closed_at)
        speed = self.length_ms / max(1.0, wall_ms)
        if speed <= SLOW or speed >= FAST:
            rate_hz = max((leg.rate_hz for leg in self.legs_declared), default=0)
            figures = {"sound_s": _seconds(self.length_ms), "wall_s": _seconds(wall_ms), "rate_hz": str(rate_hz)}
            return [self.finding("clock-slow" if speed < 1 else "clock-fast", "fail", None, **figures)]
        drift_ms, over_ms = self._drift()
        if abs(drift_ms) < max(DRIFT_MS, DRIFT * over_ms):
            return []
        return [self.finding("clock-drift", "warn", drift=f"{drift_ms / 1000:+.1f} s / {over_ms / 1000:.0f} s")]

    def _drift(self) -> tuple[float, float]:
        """By how much sound fell behind its arrival from the first third of the call to the last, and over what time.

        What is heard is told late, never early: the smallest delay of each third is the one to compare.
        """
        if len(self._onsets) < MIN_ONSETS:
            return 0.0, 0.0
        began = self._onsets[0][0]
        delays = [(_between_ms(began, at), _between_ms(began, at) - position) for at, position in self._onsets]
        third = delays[-1][0] / 3
        first = min((one for one in delays if one[0] <= third), key=lambda one: one[1])
        last = min((one for one in delays if one[0] >= 2 * third), key=lambda one: one[1])
        return last[1] - first[1], last[0] - first[0]

    def gaps(self) -> list[Finding]:
        """Losses that the platform told of, and stalls that nobody explained."""
        told: dict[Party, list[int]] = defaultdict(list)
        inferred: dict[Party, list[int]] = defaultdict(list)
        for gap in self._gaps:
            if gap.cause == "lost":
                (inferred if gap.inferred else told)[gap.party].append(gap.end_ms - gap.start_ms)
        found: list[Finding] = []
        for party, lost in told.items():
            share = sum(lost) / self.length_ms
            if share >= LOSS_WARN:
                figures = {"percent": f"{100 * share:.1f}", "gaps": str(len(lost))}
                state: State = "fail" if share >= LOSS_FAIL else "warn"
                found.append(self.finding("losses", state, party, **figures))
        for party, lost in inferred.items():
            if sum(lost) >= LOSS_WARN * self.length_ms:
                figures = {"gaps": str(len(lost)), "lost_s": _seconds(sum(lost))}
                found.append(self.finding("stalls", "warn", party, **figures))
        return found

    def end(self) -> list[Finding]:
        return [self.finding("broken-off", "warn")] if self._is_broken else []

    @property
    def _is_broken(self) -> bool:
        return self._closed is not None and self._closed.cause == "source-lost"


def _between_ms(earlier: datetime, later: datetime) -> float:
    return (later - earlier).total_seconds() * 1000


def _seconds(ms: float) -> str:
    return f"{ms / 1000:.1f}"
