"""Operators on what comes after what: duties, prohibitions, sequences, counts."""

from __future__ import annotations

from dataclasses import dataclass, replace

from assist.measures import BACK_CHANNEL_CHARS, spoken_chars
from assist.messages import Evidence
from assist.playbook.moment import NOTHING, Finding, Moment, Truth, Who
from assist.playbook.operators.base import Operator, leaves_doubt

MAX_REMEMBERED = 100
"""How many hits or pieces of evidence an operator keeps; also the highest count a rule can ask for."""


@dataclass(frozen=True, slots=True)
class Absent(Operator):
    """``absent``: something that should have been said was not, decided at a deadline or at the end of the call.

    A call that broke off, or words that may have been anything, leave it unknown. A silent party owes nothing.
    """

    what: Operator
    who: Who
    min_confidence: float
    by_turn: int | None
    by_ms: int | None
    is_decided: bool = False
    is_warned: bool = False
    doubt: tuple[Evidence, ...] = ()
    is_doubtful: bool = False

    def observe(self, moment: Moment) -> tuple[Absent, Finding]:
        if self.is_decided:
            return self, NOTHING
        what, finding = self.what.observe(moment)
        after = self if what is self.what else replace(self, what=what)
        if finding.truth is Truth.TRUE:
            return replace(after, is_decided=True), Finding(Truth.FALSE, finding.evidence, "met")
        if finding.truth is Truth.UNKNOWN:
            after = replace(after, is_doubtful=True, doubt=(*after.doubt, *finding.evidence)[-MAX_REMEMBERED:])
        elif not after.is_doubtful and leaves_doubt(moment, self.who, self.min_confidence):
            after = replace(after, is_doubtful=True)
        return after._judge(moment)

    @property
    def parts(self) -> tuple[Operator, ...]:
        return (self.what,)

    def _judge(self, moment: Moment) -> tuple[Absent, Finding]:
        if self._is_due(moment):
            decided = replace(self, is_decided=True)
            if moment.floor.begun(self.who) == 0:
                return decided, NOTHING
            broke_off = moment.kind == "close" and moment.cause != "hangup"
            return decided, Finding(Truth.UNKNOWN if self.is_doubtful or broke_off else Truth.TRUE, self._why(moment))
        if not self.is_warned and self.by_turn is not None and 0 < self.by_turn - 1 <= moment.floor.finished(self.who):
            return replace(self, is_warned=True), Finding(Truth.FALSE, self._why(moment), "at_risk")
        return self, NOTHING

    def _why(self, moment: Moment) -> tuple[Evidence, ...]:
        return (_absence(self.who, 0, moment.at_ms), *self.doubt)

    def _is_due(self, moment: Moment) -> bool:
        return (
            moment.kind == "close"
            or (self.by_turn is not None and moment.floor.finished(self.who) >= self.by_turn)
            or (self.by_ms is not None and moment.at_ms >= self.by_ms)
        )


@dataclass(frozen=True, slots=True)
class Duty:
    """What ``followed_by`` waits for."""

    since_ms: int
    turns_begun: int
    """Turns of the obliged party at that time."""
    evidence: tuple[Evidence, ...]
    is_doubtful: bool
    is_warned: bool = False


@dataclass(frozen=True, slots=True)
class FollowedBy(Operator):
    """``followed_by``: something calls for an answer, and the answer did not come in time.

    One duty at a time: what calls for the answer again meanwhile changes nothing, unless the duty is in doubt. A call
    that ends before the deadline decides nothing.
    """

    after: Operator
    expect: Operator
    who: Who
    """Whose turns are counted."""
    min_confidence: float
    within_turns: int | None
    within_ms: int | None
    duty: Duty | None = None

    def observe(self, moment: Moment) -> tuple[FollowedBy, Finding]:
        after, called = self.after.observe(moment)
        expect, answered = self.expect.observe(moment)
        watch = self if after is self.after and expect is self.expect else replace(self, after=after, expect=expect)
        if self.duty is not None and answered.truth is Truth.TRUE:
            return replace(watch, duty=None), Finding(Truth.FALSE, (*self.duty.evidence, *answered.evidence), "met")
        if self.duty is None or (self.duty.is_doubtful and called.truth is Truth.TRUE):
            if called.truth is Truth.FALSE or moment.kind == "close":
                return watch, NOTHING
            is_doubtful = called.truth is Truth.UNKNOWN
            duty = Duty(moment.at_ms, moment.floor.begun(self.who), called.evidence, is_doubtful)
            return replace(watch, duty=duty), NOTHING
        duty = self.duty
        is_doubtful = not duty.is_doubtful and leaves_doubt(moment, self.who, self.min_confidence)
        if answered.truth is Truth.UNKNOWN or is_doubtful:
            evidence = (*duty.evidence, *answered.evidence)[:MAX_REMEMBERED]
            duty = replace(duty, is_doubtful=True, evidence=evidence)
        return watch._judge(duty, moment)

    @property
    def parts(self) -> tuple[Operator, ...]:
        return (self.after, self.expect)

    def _judge(self, duty: Duty, moment: Moment) -> tuple[FollowedBy, Finding]:
        evidence = (*duty.evidence, _absence(self.who, duty.since_ms, moment.at_ms))
        finished = moment.floor.finished(self.who) - duty.turns_begun
        if moment.kind == "close":
            begun = moment.floor.begun(self.who) - duty.turns_begun
            is_due = self.within_turns is not None and begun >= self.within_turns and moment.cause == "hangup"
        else:
            is_due = (self.within_turns is not None and finished >= self.within_turns) or (
                self.within_ms is not None and moment.at_ms >= duty.since_ms + self.within_ms
            )
        if is_due:
            truth = Truth.UNKNOWN if duty.is_doubtful else Truth.TRUE
            return replace(self, duty=None), Finding(truth, evidence)
        is_last_chance = self.within_turns is not None and 0 < self.within_turns - 1 <= finished
        if is_last_chance and not duty.is_warned and not duty.is_doubtful:
            return replace(self, duty=replace(duty, is_warned=True)), Finding(Truth.FALSE, evidence, "at_risk")
        return (self if duty is self.duty else replace(self, duty=duty)), NOTHING


@dataclass(frozen=True, slots=True)
class PrecededBy(Operator):
    """``preceded_by``: something was done without what has to come before it (or in the same utterance)."""

    before: Operator
    require: Operator
    who: Who
    min_confidence: float
    within_turns: int | None
    """How many turns back the requirement may lie; None: anywhere."""
    required: Finding = NOTHING
    """The last time the requirement was (perhaps) fulfilled."""
    required_turn: int = 0
    doubtful_turn: int | None = None
    """Last turn in which the requirement may have been said unheard."""

    def observe(self, moment: Moment) -> tuple[PrecededBy, Finding]:
        before, done = self.before.observe(moment)
        require, fulfilled = self.require.observe(moment)
        watch = self
        if before is not self.before or require is not self.require:
            watch = replace(watch, before=before, require=require)
        turn = moment.floor.begun("any")
        if fulfilled.truth is not Truth.FALSE:
            watch = replace(watch, required=fulfilled, required_turn=turn)
        elif self.doubtful_turn != turn and leaves_doubt(moment, self.who, self.min_confidence):
            watch = replace(watch, doubtful_turn=turn)
        return watch, NOTHING if done.truth is Truth.FALSE else watch._judge(done, turn, moment.at_ms)

    @property
    def parts(self) -> tuple[Operator, ...]:
        return (self.before, self.require)

    def _judge(self, done: Finding, turn: int, at_ms: int) -> Finding:
        is_recent = self._reaches(self.required_turn, turn)
        if is_recent and self.required.truth is Truth.TRUE:
            return Finding(Truth.FALSE, (*self.required.evidence, *done.evidence), "met")
        evidence = (*done.evidence, _absence(self.who, 0, at_ms))
        is_doubtful = self.doubtful_turn is not None and self._reaches(self.doubtful_turn, turn)
        if done.truth is Truth.UNKNOWN or is_doubtful or (is_recent and self.required.truth is Truth.UNKNOWN):
            return Finding(Truth.UNKNOWN, evidence)
        return Finding(Truth.TRUE, evidence)

    def _reaches(self, back_turn: int, turn: int) -> bool:
        return self.within_turns is None or turn - back_turn <= self.within_turns


@dataclass(frozen=True, slots=True)
class NotAfter(Operator):
    """``not_after``: something was done although something before forbids it; true from the ``times``-th time on."""

    after: Operator
    forbid: Operator
    until: Operator | None
    until_ms: int | None
    times: int
    forbidden: Finding = NOTHING
    """What forbids it now."""
    since_ms: int = 0
    done: tuple[Evidence, ...] = ()
    done_times: int = 0

    def observe(self, moment: Moment) -> tuple[NotAfter, Finding]:
        after, forbidding = self.after.observe(moment)
        forbid, acted = self.forbid.observe(moment)
        until, lifted = (None, NOTHING) if self.until is None else self.until.observe(moment)
        watch = self
        if after is not self.after or forbid is not self.forbid or until is not self.until:
            watch = replace(watch, after=after, forbid=forbid, until=until)
        finding = NOTHING
        if watch._is_forbidden(moment) and lifted.truth is not Truth.TRUE:
            if acted.truth is not Truth.FALSE:
                watch, finding = watch._note(acted)
        elif watch.forbidden is not NOTHING:
            watch = replace(watch, forbidden=NOTHING, done=(), done_times=0)
        if forbidding.truth > watch.forbidden.truth:
            watch = replace(watch, forbidden=forbidding, since_ms=moment.at_ms)
        return watch, finding

    @property
    def parts(self) -> tuple[Operator, ...]:
        return (self.after, self.forbid, *(() if self.until is None else (self.until,)))

    def _is_forbidden(self, moment: Moment) -> bool:
        is_over = self.until_ms is not None and moment.at_ms >= self.since_ms + self.until_ms
        return self.forbidden.truth is not Truth.FALSE and not is_over

    def _note(self, acted: Finding) -> tuple[NotAfter, Finding]:
        done = (*self.done, *acted.evidence)[-MAX_REMEMBERED:]
        watch = replace(self, done=done, done_times=self.done_times + 1)
        if watch.done_times < self.times:
            return watch, NOTHING
        return watch, Finding(min(self.forbidden.truth, acted.truth), (*self.forbidden.evidence, *watch.done))


@dataclass(frozen=True, slots=True)
class Sequence(Operator):
    """``sequence``: steps came one after the other, each at a later moment, with other things between them."""

    steps: tuple[Operator, ...]
    within_ms: int | None
    """Longest time from the first step to the last."""
    within_turns: int | None
    """Most turns of both parties from the first step's to the last one's."""
    who: Who
    is_strict: bool
    """Words of ``who`` that are not the next step, nods aside, end it."""
    reached: tuple[Finding, ...] = ()
    since_ms: int = 0
    since_turn: int = 0

    def observe(self, moment: Moment) -> tuple[Sequence, Finding]:
        observed = [step.observe(moment) for step in self.steps]
        watch = self
        if any(after is not step for step, (after, _) in zip(self.steps, observed, strict=True)):
            watch = replace(watch, steps=tuple(after for after, _ in observed))
        if self.reached and self._is_over(moment, observed[len(self.reached)][1]):
            watch = replace(watch, reached=())
        finding = observed[len(watch.reached)][1]
        if finding.truth is Truth.FALSE:
            return watch, NOTHING
        since_ms, since_turn = watch.since_ms, watch.since_turn
        if not watch.reached:
            since_ms, since_turn = moment.at_ms, moment.floor.begun("any")
        reached = (*watch.reached, finding)
        if len(reached) < len(self.steps):
            return replace(watch, reached=reached, since_ms=since_ms, since_turn=since_turn), NOTHING
        evidence = tuple(piece for step in reached for piece in step.evidence)
        return replace(watch, reached=()), Finding(min(step.truth for step in reached), evidence)

    @property
    def parts(self) -> tuple[Operator, ...]:
        return self.steps

    def _is_over(self, moment: Moment, awaited: Finding) -> bool:
        """Whether what was begun cannot be gone on with."""
        if self.within_ms is not None and moment.at_ms > self.since_ms + self.within_ms:
            return True
        if self.within_turns is not None and moment.floor.begun("any") > self.since_turn + self.within_turns:
            return True
        utterance = moment.utterance
        if not self.is_strict or utterance is None or not moment.speaks(self.who):
            return False
        return awaited.truth is Truth.FALSE and spoken_chars(utterance.text) > BACK_CHANNEL_CHARS


@dataclass(frozen=True, slots=True)
class Count(Operator):
    """``count``: something happened at least ``least`` times (true when it happens again) or, with ``most``, no more
    than that by the end of the call."""

    what: Operator
    least: int
    most: int | None
    within_ms: int | None
    """Window; None: the whole call."""
    hits: tuple[tuple[int, Finding], ...] = ()
    """Position and finding of each time in the window."""

    def observe(self, moment: Moment) -> tuple[Count, Finding]:
        what, finding = self.what.observe(moment)
        hits = self.hits
        if finding.truth is not Truth.FALSE:
            hits = (*hits, (moment.at_ms, finding))[-MAX_REMEMBERED:]
        if self.within_ms is not None:
            recent = tuple(hit for hit in hits if hit[0] > moment.at_ms - self.within_ms)
            hits = hits if len(recent) == len(hits) else recent
        watch = self if what is self.what and hits is self.hits else replace(self, what=what, hits=hits)
        if self.most is None:
            return watch, NOTHING if finding.truth is Truth.FALSE else watch._judge_least()
        return watch, watch._judge_most(self.most) if moment.kind == "close" else NOTHING

    @property
    def parts(self) -> tuple[Operator, ...]:
        return (self.what,)

    def _judge_least(self) -> Finding:
        evidence = tuple(piece for _, finding in self.hits for piece in finding.evidence)
        if self._certain() >= self.least:
            return Finding(Truth.TRUE, evidence)
        return Finding(Truth.UNKNOWN, evidence) if len(self.hits) >= self.least else NOTHING

    def _judge_most(self, most: int) -> Finding:
        evidence = tuple(piece for _, finding in self.hits for piece in finding.evidence)
        if self._certain() > most or len(self.hits) < self.least:
            return NOTHING
        is_sure = len(self.hits) <= most and self._certain() >= self.least
        return Finding(Truth.TRUE if is_sure else Truth.UNKNOWN, evidence)

    def _certain(self) -> int:
        return sum(finding.truth is Truth.TRUE for _, finding in self.hits)


def _absence(who: Who, start_ms: int, end_ms: int) -> Evidence:
    """Nothing of the kind was heard between two positions."""
    return Evidence(kind="absence", party=None if who == "any" else who, start_ms=start_ms, end_ms=end_ms)
