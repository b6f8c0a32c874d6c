"""Operators on nobody speaking: silences while they last, silences that somebody broke, and being let wait."""

from __future__ import annotations

from dataclasses import dataclass, replace

from assist.measures import BACK_CHANNEL_CHARS, spoken_chars
from assist.messages import Evidence, Party
from assist.playbook.moment import AT_CLOSE, AT_TURNS, NOTHING, Finding, Moment, MomentKind, Truth, Who
from assist.playbook.operators.base import Operator

MAX_HOLD_EVIDENCE = 24
"""Pieces that the share of holds points at, the last ones: twelve holds."""


@dataclass(frozen=True, slots=True)
class Silence(Operator):
    """``silence``: nobody has spoken for ``min_ms``, true once per silence, while it lasts.

    ``excuse`` watches the last utterance of each party: a silence that either of them announced (请稍等) is no silence.
    Quiet before anybody has spoken does not count.
    """

    min_ms: int
    after: Who
    excuse: Operator | None
    count: int
    excused: frozenset[Party] = frozenset()
    """Parties whose last utterance was an excuse."""
    reported_since_ms: int | None = None
    """Start of the silence that was already true."""
    evidence: tuple[Evidence, ...] = ()
    """Silences since the operator was last true."""

    def observe(self, moment: Moment) -> tuple[Silence, Finding]:
        if moment.utterance is not None:
            excuse, excused = _excused(self.excuse, self.excused, moment)
            is_same = excuse is self.excuse and excused == self.excused
            return (self if is_same else replace(self, excuse=excuse, excused=excused)), NOTHING
        quiet_since_ms = moment.measures.quiet_since_ms
        last_party = moment.measures.last_party
        if (
            moment.kind not in ("tick", "close")
            or last_party is None
            or self.after not in (last_party, "any")
            or self.reported_since_ms == quiet_since_ms
            or moment.measures.quiet_ms(moment.at_ms) < self.min_ms
            or self.excused
        ):
            return self, NOTHING
        found = (*self.evidence, Evidence(kind="silence", start_ms=quiet_since_ms, end_ms=moment.at_ms))
        reported = replace(self, reported_since_ms=quiet_since_ms)
        if len(found) < self.count:
            return replace(reported, evidence=found), NOTHING
        return replace(reported, evidence=()), Finding(Truth.TRUE, found)

    @property
    def parts(self) -> tuple[Operator, ...]:
        return () if self.excuse is None else (self.excuse,)

    @property
    def moments(self) -> frozenset[MomentKind]:
        return frozenset(("tick", "close"))


@dataclass(frozen=True, slots=True)
class SilenceBroken(Operator):
    """``silence`` with ``before_party`` or ``unless_after``: who breaks it, and how, tells whether it counts.

    Told at the words that break it, or at the end of the call where no party has to. Words that may have been the
    excuse (让您久等了) leave it in doubt.
    """

    min_ms: int
    after: Who
    before: Who
    """Who has to break it; any: nobody has to."""
    excuse: Operator | None
    amends: Operator | None
    """What the words that break it have to say so that it does not count."""
    count: int
    excused: frozenset[Party] = frozenset()
    evidence: tuple[Evidence, ...] = ()
    """Silences since the operator was last true."""
    is_doubtful: bool = False
    """One of them was."""

    def observe(self, moment: Moment) -> tuple[SilenceBroken, Finding]:
        excuse, excused = self.excuse, self.excused
        amends, amended = (None, NOTHING) if self.amends is None else self.amends.observe(moment)
        if moment.utterance is not None:
            excuse, excused = _excused(excuse, excused, moment)
        is_same = excuse is self.excuse and excused == self.excused and amends is self.amends
        watch = self if is_same else replace(self, excuse=excuse, excused=excused, amends=amends)
        silence = self._silence(moment)
        if silence is None or self.excused or amended.truth is Truth.TRUE:
            return watch, NOTHING
        found = (*self.evidence, silence)
        is_doubtful = self.is_doubtful or amended.truth is Truth.UNKNOWN
        if len(found) < self.count:
            return replace(watch, evidence=found, is_doubtful=is_doubtful), NOTHING
        truth = Truth.UNKNOWN if is_doubtful else Truth.TRUE
        return (replace(watch, evidence=(), is_doubtful=False) if self.count > 1 else watch), Finding(truth, found)

    @property
    def parts(self) -> tuple[Operator, ...]:
        return tuple(part for part in (self.excuse, self.amends) if part is not None)

    @property
    def moments(self) -> frozenset[MomentKind]:
        return frozenset(("turn", "close")) if self.before == "any" else AT_TURNS

    def _silence(self, moment: Moment) -> Evidence | None:
        """The silence that is over now, if it is long enough and between the right parties."""
        if moment.kind == "close" and self.before == "any":
            last, quiet_ms = moment.measures.last_party, moment.measures.quiet_ms(moment.at_ms)
            end_ms = moment.at_ms
        elif moment.utterance is not None and moment.speaks(self.before) and len(moment.measures.recent) > 1:
            last, quiet_ms = moment.measures.recent[-2].party, quiet_before_ms(moment)
            end_ms = moment.utterance.start_ms
        else:
            return None
        if last is None or self.after not in (last, "any") or quiet_ms < self.min_ms:
            return None
        return Evidence(kind="silence", start_ms=end_ms - quiet_ms, end_ms=end_ms)


@dataclass(frozen=True, slots=True)
class Wait:
    """What ``hold`` measures."""

    since_ms: int
    """End of the words that announced it."""
    evidence: tuple[Evidence, ...]
    is_certain: bool
    is_told: bool = False


@dataclass(frozen=True, slots=True)
class OnHold(Operator):
    """``hold``: a party has let the other wait for ``min_ms`` since it asked them to (请稍等), true once per hold.

    It lasts until that party has more to say than a nod or to ask for patience again; what the other says changes
    nothing.
    """

    by: Who
    begins: Operator
    min_ms: int
    count: int
    wait: Wait | None = None
    evidence: tuple[Evidence, ...] = ()
    """Of the holds since the operator was last true."""
    is_doubtful: bool = False
    """One of them was."""

    def observe(self, moment: Moment) -> tuple[OnHold, Finding]:
        begins, asked = self.begins.observe(moment)
        watch = self if begins is self.begins else replace(self, begins=begins)
        if moment.utterance is not None:
            wait = _after_words(self.wait, moment, self.by, asked)
            return (watch if wait is self.wait else replace(watch, wait=wait)), NOTHING
        wait = self.wait
        if wait is None or wait.is_told or moment.kind == "dropped" or moment.at_ms - wait.since_ms < self.min_ms:
            return watch, NOTHING
        waited = Evidence(kind="silence", start_ms=wait.since_ms, end_ms=moment.at_ms)
        found, is_doubtful = (*self.evidence, *wait.evidence, waited), self.is_doubtful or not wait.is_certain
        told = replace(watch, wait=replace(wait, is_told=True))
        if sum(piece.kind == "silence" for piece in found) < self.count:
            return replace(told, evidence=found, is_doubtful=is_doubtful), NOTHING
        truth = Truth.UNKNOWN if is_doubtful else Truth.TRUE
        return replace(told, evidence=(), is_doubtful=False), Finding(truth, found)

    @property
    def parts(self) -> tuple[Operator, ...]:
        return (self.begins,)

    @property
    def moments(self) -> frozenset[MomentKind]:
        return frozenset(("tick", "close"))


@dataclass(frozen=True, slots=True)
class HoldOver(Operator):
    """``hold`` with ``max_ms``: a hold of such a length is over, at the words that end it or at the end of the call."""

    by: Who
    begins: Operator
    min_ms: int
    max_ms: int
    count: int
    wait: Wait | None = None
    evidence: tuple[Evidence, ...] = ()
    """Of the holds since the operator was last true."""
    is_doubtful: bool = False
    """One of them was."""

    def observe(self, moment: Moment) -> tuple[HoldOver, Finding]:
        begins, asked = self.begins.observe(moment)
        wait, over = _waits(self.wait, moment, self.by, asked)
        is_same = begins is self.begins and wait is self.wait
        watch = self if is_same else replace(self, begins=begins, wait=wait)
        if over is None:
            return watch, NOTHING
        hold, waited = over
        if not self.min_ms <= waited.end_ms - waited.start_ms <= self.max_ms:
            return watch, NOTHING
        found, is_doubtful = (*self.evidence, *hold.evidence, waited), self.is_doubtful or not hold.is_certain
        if sum(piece.kind == "silence" for piece in found) < self.count:
            return replace(watch, evidence=found, is_doubtful=is_doubtful), NOTHING
        truth = Truth.UNKNOWN if is_doubtful else Truth.TRUE
        return replace(watch, evidence=(), is_doubtful=False), Finding(truth, found)

    @property
    def parts(self) -> tuple[Operator, ...]:
        return (self.begins,)

    @property
    def moments(self) -> frozenset[MomentKind]:
        return frozenset(("turn", "close"))


@dataclass(frozen=True, slots=True)
class HoldShare(Operator):
    """``hold`` with a share: at the end, the other was let wait for at least and at most so much of the call."""

    by: Who
    begins: Operator
    min_percent: int
    max_percent: int
    wait: Wait | None = None
    waited_ms: int = 0
    doubtful_ms: int = 0
    """Of that, in holds that may have been none."""
    evidence: tuple[Evidence, ...] = ()

    def observe(self, moment: Moment) -> tuple[HoldShare, Finding]:
        begins, asked = self.begins.observe(moment)
        wait, over = _waits(self.wait, moment, self.by, asked)
        is_same = begins is self.begins and wait is self.wait
        watch = self if is_same else replace(self, begins=begins, wait=wait)
        if over is not None:
            watch = watch._with(*over)
        if moment.kind != "close" or moment.at_ms == 0:
            return watch, NOTHING
        shares = {100 * part / moment.at_ms for part in (watch.waited_ms, watch.waited_ms - watch.doubtful_ms)}
        fits = [self.min_percent <= share <= self.max_percent for share in shares]
        if not any(fits):
            return watch, NOTHING
        return watch, Finding(Truth.TRUE if all(fits) else Truth.UNKNOWN, watch.evidence)

    @property
    def parts(self) -> tuple[Operator, ...]:
        return (self.begins,)

    @property
    def moments(self) -> frozenset[MomentKind]:
        return AT_CLOSE

    def _with(self, hold: Wait, waited: Evidence) -> HoldShare:
        ms = waited.end_ms - waited.start_ms
        return replace(
            self,
            waited_ms=self.waited_ms + ms,
            doubtful_ms=self.doubtful_ms + (0 if hold.is_certain else ms),
            evidence=(*self.evidence, *hold.evidence, waited)[-MAX_HOLD_EVIDENCE:],
        )


def _waits(
    wait: Wait | None, moment: Moment, by: Who, asked: Finding
) -> tuple[Wait | None, tuple[Wait, Evidence] | None]:
    """Who waits after a moment, and the hold that is over with it."""
    if moment.utterance is not None:
        after, end_ms = _after_words(wait, moment, by, asked), moment.utterance.start_ms
    elif moment.kind == "close":
        after, end_ms = None, moment.at_ms
    else:
        return wait, None
    if wait is None or after is not None:
        return after, None
    return None, (wait, Evidence(kind="silence", start_ms=wait.since_ms, end_ms=max(wait.since_ms, end_ms)))


def _after_words(wait: Wait | None, moment: Moment, by: Who, asked: Finding) -> Wait | None:
    """Whether ``by`` lets the other wait after an utterance."""
    utterance = moment.utterance
    if utterance is None or not moment.speaks(by):
        return wait
    if asked.truth is Truth.FALSE:
        return wait if spoken_chars(utterance.text) <= BACK_CHANNEL_CHARS else None
    is_certain = asked.truth is Truth.TRUE
    if wait is None:
        return Wait(utterance.end_ms, asked.evidence, is_certain)
    return replace(wait, is_certain=True) if is_certain and not wait.is_certain else wait


def quiet_before_ms(moment: Moment) -> int:
    """How long nobody had spoken before the utterance of a moment; 0 before the first one."""
    *before, utterance = moment.measures.recent
    return max(0, utterance.start_ms - max(one.end_ms for one in before)) if before else 0


def _excused(
    excuse: Operator | None, excused: frozenset[Party], moment: Moment
) -> tuple[Operator | None, frozenset[Party]]:
    """The excuse after an utterance, and whose last one is one."""
    if excuse is None or moment.utterance is None:
        return excuse, excused
    after, finding = excuse.observe(moment)
    party = frozenset((moment.utterance.party,))
    return after, excused - party if finding.truth is Truth.FALSE else excused | party
