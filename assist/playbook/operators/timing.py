"""Operators on time: talking over each other, gaps, length of the call, number of turns."""

from __future__ import annotations

from dataclasses import dataclass, replace

from assist.measures import Overtalk, spoken_chars
from assist.messages import CloseCause, Evidence, Party, Utterance
from assist.playbook.moment import AT_CLOSE, AT_TURNS, NOTHING, Finding, Moment, MomentKind, Truth, Who
from assist.playbook.operators.base import Operator


@dataclass(frozen=True, slots=True)
class Overlap:
    """One time that a party talks over the other, in one or several pieces."""

    party: Party
    start_ms: int
    end_ms: int
    later: tuple[Utterance, ...]
    """What is said over the other's words."""
    is_counted: bool = False

    @staticmethod
    def of(piece: Overtalk) -> Overlap:
        return Overlap(piece.later.party, piece.start_ms, piece.end_ms, (piece.later,))

    def goes_on_in(self, piece: Overtalk, merge_gap_ms: int) -> bool:
        is_near = piece.start_ms - self.end_ms <= merge_gap_ms and self.start_ms - piece.end_ms <= merge_gap_ms
        return piece.later.party == self.party and is_near

    def joined(self, piece: Overtalk) -> Overlap:
        later = self.later if piece.later in self.later else (*self.later, piece.later)
        start_ms, end_ms = min(self.start_ms, piece.start_ms), max(self.end_ms, piece.end_ms)
        return Overlap(self.party, start_ms, end_ms, later, self.is_counted)

    @property
    def chars(self) -> int:
        return sum(spoken_chars(one.text) for one in self.later)

    def evidence(self) -> Evidence:
        return Evidence(
            kind="overtalk",
            party=self.party,
            utterance_id=self.later[-1].utterance_id,
            start_ms=self.start_ms,
            end_ms=self.end_ms,
            quote=self.later[-1].text,
            confidence=self.later[-1].confidence,
        )


@dataclass(frozen=True, slots=True)
class TalksOver(Operator):
    """``overtalk``: a party talks over the other with words of substance, true at every ``count``-th time."""

    by: Who
    min_ms: int
    min_chars: int
    other_started_ms: int
    """How long the other must already have been speaking."""
    merge_gap_ms: int
    """Pieces that lie so near are one overlap."""
    count: int
    last: Overlap | None = None
    evidence: tuple[Evidence, ...] = ()
    """Overlaps since the operator was last true."""

    def observe(self, moment: Moment) -> tuple[TalksOver, Finding]:
        pieces = [piece for piece in moment.overtalks if self._fits(piece)]
        if not pieces:
            return self, NOTHING
        last, found = self.last, self.evidence
        for piece in sorted(pieces, key=lambda piece: piece.start_ms):
            is_same = last is not None and last.goes_on_in(piece, self.merge_gap_ms)
            last = last.joined(piece) if last is not None and is_same else Overlap.of(piece)
            is_long = last.end_ms - last.start_ms >= self.min_ms and last.chars >= self.min_chars
            if is_long and not last.is_counted:
                last, found = replace(last, is_counted=True), (*found, last.evidence())
        if len(found) < self.count:
            return replace(self, last=last, evidence=found), NOTHING
        return replace(self, last=last, evidence=()), Finding(Truth.TRUE, found)

    @property
    def moments(self) -> frozenset[MomentKind]:
        return AT_TURNS

    def _fits(self, piece: Overtalk) -> bool:
        return (
            self.by in (piece.later.party, "any")
            and spoken_chars(piece.earlier.text) >= self.min_chars
            and piece.start_ms - piece.earlier.start_ms >= self.other_started_ms
        )


@dataclass(frozen=True, slots=True)
class CallLength(Operator):
    """``call_length``: the call is at least and at most so long by now."""

    min_ms: int
    max_ms: int | None

    def observe(self, moment: Moment) -> tuple[CallLength, Finding]:
        is_within = moment.at_ms >= self.min_ms and (self.max_ms is None or moment.at_ms <= self.max_ms)
        return self, Finding(Truth.TRUE) if is_within else NOTHING


@dataclass(frozen=True, slots=True)
class TurnCount(Operator):
    """``turn_count``: a party has begun at least and at most so many turns by now."""

    who: Who
    least: int
    most: int | None

    def observe(self, moment: Moment) -> tuple[TurnCount, Finding]:
        turns = moment.floor.begun(self.who)
        is_within = turns >= self.least and (self.most is None or turns <= self.most)
        return self, Finding(Truth.TRUE) if is_within else NOTHING


@dataclass(frozen=True, slots=True)
class ReplyGap(Operator):
    """``reply_gap``: a party took so long, or so little time, to answer the other."""

    who: Who
    min_ms: int
    max_ms: int | None

    def observe(self, moment: Moment) -> tuple[ReplyGap, Finding]:
        utterance = moment.utterance
        if utterance is None or not moment.speaks(self.who) or len(moment.measures.recent) < 2:
            return self, NOTHING
        before = moment.measures.recent[-2]
        gap_ms = utterance.start_ms - before.end_ms
        is_within = gap_ms >= max(0, self.min_ms) and (self.max_ms is None or gap_ms <= self.max_ms)
        if before.party == utterance.party or not is_within:
            return self, NOTHING
        gap = Evidence(kind="silence", party=utterance.party, start_ms=before.end_ms, end_ms=utterance.start_ms)
        return self, Finding(Truth.TRUE, (gap,))

    @property
    def moments(self) -> frozenset[MomentKind]:
        return AT_TURNS


@dataclass(frozen=True, slots=True)
class FirstWords(Operator):
    """``first_words``: a party has not begun to speak ``max_ms`` after the call began; true until it does."""

    who: Who
    max_ms: int

    def observe(self, moment: Moment) -> tuple[FirstWords, Finding]:
        is_speaking = any(self.who in (onset.party, "any") for onset in moment.measures.speaking)
        if (
            moment.kind not in ("tick", "close")
            or moment.at_ms <= self.max_ms
            or moment.floor.begun(self.who)
            or is_speaking
        ):
            return self, NOTHING
        party = None if self.who == "any" else self.who
        return self, Finding(Truth.TRUE, (Evidence(kind="absence", party=party, start_ms=0, end_ms=moment.at_ms),))

    @property
    def moments(self) -> frozenset[MomentKind]:
        return frozenset(("tick", "close"))


@dataclass(frozen=True, slots=True)
class HangUp(Operator):
    """``hang_up``: the call ended in some way, so long after the last words, which were those of a party."""

    cause: CloseCause
    after: Who
    min_ms: int
    max_ms: int | None

    def observe(self, moment: Moment) -> tuple[HangUp, Finding]:
        last = moment.measures.last_party
        if moment.kind != "close" or moment.cause != self.cause or last is None or self.after not in (last, "any"):
            return self, NOTHING
        quiet_ms = moment.at_ms - moment.measures.quiet_since_ms
        if quiet_ms < self.min_ms or (self.max_ms is not None and quiet_ms > self.max_ms):
            return self, NOTHING
        quiet = Evidence(kind="silence", start_ms=moment.measures.quiet_since_ms, end_ms=moment.at_ms)
        return self, Finding(Truth.TRUE, (quiet,))

    @property
    def moments(self) -> frozenset[MomentKind]:
        return AT_CLOSE


@dataclass(frozen=True, slots=True)
class HeldFor(Operator):
    """``held_for``: a condition that can last has lasted so long."""

    what: Operator
    min_ms: int
    since_ms: int | None = None

    def observe(self, moment: Moment) -> tuple[HeldFor, Finding]:
        what, finding = self.what.observe(moment)
        since_ms = self.since_ms
        if finding.truth is Truth.FALSE:
            since_ms = None
        elif since_ms is None:
            since_ms = moment.at_ms
        is_same = what is self.what and since_ms == self.since_ms
        after = self if is_same else replace(self, what=what, since_ms=since_ms)
        has_lasted = since_ms is not None and moment.at_ms - since_ms >= self.min_ms
        return after, finding if has_lasted else NOTHING

    @property
    def parts(self) -> tuple[Operator, ...]:
        return (self.what,)
