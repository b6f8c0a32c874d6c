"""Which rules have to look at which moments, so that most of them are left alone at most moments.

Nothing may change by it: a rule that is left alone would have found nothing and remembered nothing new. That rests on
two things, both told here for every operator:

* At rest an operator can only find or learn something on certain occasions: at a final of a party, where some phrase
  was heard, at a tick. A rule is looked up by these.
* Some operators wait for something: from the beginning (a deadline of the call) or once they were stirred (an answer,
  the next step). A rule with such a one is awake: it sees every moment of the kinds at which anything can happen to
  it, until all is at rest.

An operator that is not known here sees every moment.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from assist.messages import ActSignal, EmotionSignal, EntitySignal, IntentSignal, MeaningSignal, Party
from assist.playbook.moment import EVERY_MOMENT, Moment, MomentKind, Truth, Who
from assist.playbook.operators.base import SURE_STRETCH, Operator
from assist.playbook.operators.expression import ExpressionHolds
from assist.playbook.operators.facts import FactDated, FactHolds, TagHolds
from assist.playbook.operators.heard import CueSaid, ReactionIs, ResultIs
from assist.playbook.operators.hours import ClockShows
from assist.playbook.operators.judged import JudgedSo
from assist.playbook.operators.logic import AtLeast, InState, Not
from assist.playbook.operators.means import MeansLike
from assist.playbook.operators.order import Absent, Count, FollowedBy, NotAfter, PrecededBy
from assist.playbook.operators.order import Sequence as Steps
from assist.playbook.operators.pattern import Pattern
from assist.playbook.operators.repeats import Repeats
from assist.playbook.operators.signals import (
    ActFound,
    EmotionFelt,
    EmotionSlope,
    EmotionTrend,
    EntityFound,
    IntentFound,
)
from assist.playbook.operators.silence import HoldOver, HoldShare, OnHold, Silence, SilenceBroken, quiet_before_ms
from assist.playbook.operators.sound import (
    Loudness,
    LoudnessSpan,
    LoudnessStep,
    RateChange,
    RateInWindow,
    SpeechRate,
    SpeechShare,
    TalkShare,
)
from assist.playbook.operators.text import Length, PhraseSaid
from assist.playbook.operators.timing import (
    CallLength,
    FirstWords,
    HangUp,
    HeldFor,
    ReplyGap,
    TalksOver,
    TurnCount,
)
from assist.playbook.operators.window import HasFired, InEnding, Within


class Occasion(NamedTuple):
    """Something that can be the case at a moment."""

    kind: MomentKind
    what: str = ""
    """"party", "doubt", "overtalk", "quiet", or what was found: "phrase", "intent" …; empty: a moment of that kind."""
    party: Party | None = None
    label: str = ""


Occasions = frozenset[Occasion]

NEVER: Occasions = frozenset()
TURN = frozenset((Occasion("turn"),))
TICK = frozenset((Occasion("tick"),))
DROPPED = frozenset((Occasion("dropped"),))
CLOSE = frozenset((Occasion("close"),))
EVER: Occasions = TURN | TICK | DROPPED | CLOSE
OVERTALK = frozenset((Occasion("turn", "overtalk"),))
QUIET = frozenset((Occasion("tick", "quiet"), Occasion("close", "quiet")))
QUIET_BEFORE = frozenset((Occasion("turn", "quiet"), Occasion("close", "quiet")))
PARTIES: tuple[Party, ...] = ("agent", "customer", "mixed")
LOST = frozenset(Occasion("tick", "doubt", party) for party in PARTIES)
"""Seconds of missing sound; rules that are awake see these in any case."""


@dataclass(frozen=True, slots=True)
class Wakes:
    """On what occasions an operator may learn something, and on what occasions it may find something."""

    learns: Occasions
    finds: Occasions
    """May be other than false, or report how a duty stands."""

    @property
    def either(self) -> Occasions:
        return self.learns | self.finds


WAITING = (Absent, FollowedBy, NotAfter, Steps, Count, HeldFor, Silence, SilenceBroken, OnHold, HoldOver, HoldShare)
"""Operators that ``is_at_rest`` knows to wait for something."""


class Run(Protocol):
    """What a rule remembers."""

    @property
    def condition(self) -> Operator: ...
    @property
    def withdrawals(self) -> tuple[Operator, ...]: ...
    @property
    def was_true(self) -> bool: ...


class RuleIndex:
    """The rules of a playbook by what they wait for; immutable."""

    def __init__(self, rules: Sequence[tuple[str, Operator, tuple[Operator, ...]]]) -> None:
        """``rules``: id, condition and withdrawals of each, as they begin."""
        places: dict[Occasion, list[int]] = {}
        self._withdrawn = {rule_id: place for place, (rule_id, _, withdrawals) in enumerate(rules) if withdrawals}
        self._kinds: list[frozenset[MomentKind]] = []
        """Of each rule: the moments that it sees while it is awake."""
        self._can_wait: list[bool] = []
        for place, (_, condition, withdrawals) in enumerate(rules):
            operators = (condition, *withdrawals)
            resting = [wakes(operator, at_rest=True) for operator in operators]
            for occasion in resting[0].finds.union(*(one.learns for one in resting)):
                places.setdefault(occasion, []).append(place)
            anyhow = [wakes(operator, at_rest=False).either for operator in operators]
            self._kinds.append(frozenset(one.kind for occasions in anyhow for one in occasions if one not in LOST))
            self._can_wait.append(any(isinstance(one, WAITING) for operator in operators for one in _all(operator)))
        self._places = {occasion: tuple(found) for occasion, found in places.items()}
        every = [one for _, condition, withdrawals in rules for top in (condition, *withdrawals) for one in _all(top)]
        doubters = (one for one in every if isinstance(one, Absent | FollowedBy | PrecededBy))
        self._unsure_below = max((one.min_confidence for one in doubters), default=0.0)
        quiets = (one.min_ms for one in every if isinstance(one, Silence | SilenceBroken))
        self._quiet_from_ms = min(quiets, default=sys.maxsize)
        self.awake_at_first = frozenset(
            place
            for place, (_, condition, withdrawals) in enumerate(rules)
            if self._is_waiting(place, (condition, *withdrawals))
        )
        """Places of the rules that are awake before anything happened."""

    def due(self, moment: Moment, runs: Sequence[Run], awake: Iterable[int], prompted: Iterable[str]) -> list[int]:
        """Places of the rules that have to see a moment, in order.

        ``awake`` as told by ``is_awake`` after the moment before; ``prompted``: ids of the rules whose prompt is
        open and may have to be withdrawn.
        """
        due = {self._withdrawn[rule_id] for rule_id in prompted if rule_id in self._withdrawn}
        for occasion in self._occasions(moment):
            due.update(self._places.get(occasion, ()))
        has_gaps = bool(moment.gaps)
        due.update(place for place in awake if runs[place].was_true or has_gaps or moment.kind in self._kinds[place])
        return sorted(due)

    def is_awake(self, place: int, run: Run) -> bool:
        """Whether a rule has to see more than what it is looked up by."""
        return run.was_true or self._is_waiting(place, (run.condition, *run.withdrawals))

    def _is_waiting(self, place: int, operators: Iterable[Operator]) -> bool:
        return self._can_wait[place] and not all(map(is_at_rest, operators))

    def _occasions(self, moment: Moment) -> Iterable[Occasion]:
        yield Occasion(moment.kind)
        for gap in moment.gaps:
            yield Occasion(moment.kind, "doubt", gap.party)
        utterance = moment.utterance
        if utterance is None:
            if moment.measures.quiet_ms(moment.at_ms) >= self._quiet_from_ms:
                yield Occasion(moment.kind, "quiet")
            return
        party = utterance.party
        yield Occasion("turn", "party", party)
        if quiet_before_ms(moment) >= self._quiet_from_ms:
            yield Occasion("turn", "quiet")
        if utterance.confidence < self._unsure_below or moment.weakest < SURE_STRETCH:
            yield Occasion("turn", "doubt", party)
        if moment.overtalks:
            yield from OVERTALK
        for phrase in moment.phrases:
            yield Occasion("turn", "phrase", party, phrase.label)
        for signal in moment.signals:
            match signal:
                case IntentSignal():
                    yield Occasion("turn", "intent", party, signal.label)
                case ActSignal():
                    yield Occasion("turn", "act", party, signal.label)
                case EmotionSignal():
                    yield Occasion("turn", "emotion", party, signal.label)
                case EntitySignal():
                    yield Occasion("turn", "entity", party, signal.label)
                case MeaningSignal():
                    yield Occasion("turn", "meaning", party, signal.label)
                case _:
                    pass


def is_at_rest(operator: Operator) -> bool:
    """Whether an operator waits for nothing."""
    match operator:
        case Absent(by_turn=by_turn, by_ms=by_ms, is_decided=is_decided):
            is_waiting = (by_turn is not None or by_ms is not None) and not is_decided
        case FollowedBy(duty=duty):
            is_waiting = duty is not None
        case NotAfter(forbidden=forbidden):
            is_waiting = forbidden.truth is not Truth.FALSE
        case Steps(reached=reached):
            is_waiting = bool(reached)
        case Count(within_ms=within_ms, hits=hits):
            is_waiting = within_ms is not None and bool(hits)
        case HeldFor(since_ms=since_ms):
            is_waiting = since_ms is not None
        case OnHold(wait=wait) | HoldOver(wait=wait) | HoldShare(wait=wait):
            is_waiting = wait is not None
        case Silence(excused=excused) | SilenceBroken(excused=excused):
            is_waiting = bool(excused)
        case _:
            is_waiting = False
    return not is_waiting and all(map(is_at_rest, operator.parts))


def wakes(operator: Operator, *, at_rest: bool) -> Wakes:
    """The occasions of an operator while it is at rest, or whatever it waits for."""
    parts = [wakes(part, at_rest=at_rest) for part in operator.parts]
    learns = NEVER.union(*(part.learns for part in parts))
    match operator:
        case AtLeast(of=of, least=least) if least == len(of):
            return Wakes(learns, min((part.finds for part in parts), key=_frequency))
        case AtLeast():
            return Wakes(learns, NEVER.union(*(part.finds for part in parts)))
        case Not():
            return Wakes(learns, EVER)
        case Within(after=after, before=before):
            edges = (wakes(edge, at_rest=at_rest) for edge in (after, before) if edge is not None)
            learns = learns.union(*(edge.finds for edge in edges))
            if not at_rest and (operator.after_rule or operator.during is not None):
                return _both(EVER)  # it may begin at any moment, and what is late finds something at once
            return Wakes(learns, parts[0].finds)
        case InEnding():
            return Wakes(learns | parts[0].finds, CLOSE)
        case Silence() | SilenceBroken():
            quiet = QUIET if isinstance(operator, Silence) else QUIET_BEFORE
            heard = NEVER.union(*(part.either for part in parts)) if at_rest else TURN
            return Wakes(heard | quiet, quiet)
        case OnHold():
            return Wakes(parts[0].either, NEVER) if at_rest else _both(EVER)
        case HoldOver():
            return Wakes(parts[0].either, NEVER) if at_rest else _both(parts[0].either | TURN | CLOSE)
        case HoldShare():
            return Wakes(parts[0].either if at_rest else parts[0].either | TURN, CLOSE)
        case Absent() | FollowedBy() | PrecededBy() | NotAfter() | Steps() | Count() | HeldFor():
            return _wakes_in_order(operator, parts, learns, at_rest=at_rest)
        case _:
            return _wakes_alone(operator)


def _wakes_in_order(operator: Operator, parts: Sequence[Wakes], learns: Occasions, *, at_rest: bool) -> Wakes:
    """Of operators that remember what their parts found."""
    either = NEVER.union(*(part.either for part in parts))
    match operator:
        case Absent():
            doubts = DROPPED | _doubt(operator.who)
            if operator.by_turn is None and operator.by_ms is None:
                return _both(either | doubts | CLOSE)
            if at_rest:  # it is decided
                return Wakes(NEVER, NEVER)
            return _both(either | doubts | CLOSE | (EVER if operator.by_ms is not None else TURN))
        case FollowedBy():
            if at_rest:
                return Wakes(learns | parts[0].finds, NEVER)
            return _both(either | (EVER if operator.within_ms is not None else TURN | DROPPED | CLOSE))
        case PrecededBy():
            return Wakes(learns | parts[1].finds | DROPPED | _doubt(operator.who), parts[0].finds)
        case NotAfter():
            if at_rest:
                return Wakes(learns | parts[0].finds, NEVER)
            return _both(either | (EVER if operator.until_ms is not None else NEVER))
        case Steps():
            if at_rest:
                return Wakes(learns | parts[0].finds, NEVER)
            words = TURN if operator.is_strict or operator.within_turns is not None else NEVER
            return _both(either | words | (EVER if operator.within_ms is not None else NEVER))
        case Count():
            finds = CLOSE if operator.most is not None else parts[0].finds
            return Wakes(either if at_rest or operator.within_ms is None else EVER, finds)
        case HeldFor():
            return Wakes(either if at_rest else EVER, parts[0].finds)
        case _:
            return _both(EVER)


def _wakes_alone(operator: Operator) -> Wakes:
    """Of operators that look at a moment themselves."""
    match operator:
        case PhraseSaid(within_utterances=utterances) if utterances > 1:
            needed = (*operator.any_of, *operator.all_of, *operator.at_least_of)
            found = _found("phrase", operator.who, (phrase.text for phrase in needed))
            return Wakes(_turn_of(operator.who), found or _turn_of(operator.who))
        case PhraseSaid():
            phrases = operator.any_of or operator.all_of[:1] or operator.at_least_of
            if not phrases:
                return Wakes(NEVER, _turn_of(operator.who))
            return Wakes(NEVER, _found("phrase", operator.who, (phrase.text for phrase in phrases)))
        case MeansLike():
            return Wakes(NEVER, _found("meaning", operator.who, operator.labels))
        case ExpressionHolds(need=(what, label)):
            return Wakes(NEVER, _found(what, operator.who, (label,)))
        case ExpressionHolds():
            return Wakes(NEVER, _turn_of(operator.who) if operator.is_on_words else EVER)
        case IntentFound():
            return Wakes(NEVER, _found("intent", operator.who, operator.labels))
        case ActFound():
            return Wakes(NEVER, _found("act", operator.who, operator.labels))
        case EntityFound():
            return Wakes(NEVER, _found("entity", operator.who, operator.labels))
        case EmotionFelt():
            learns = _turn_of(operator.who) if operator.has_to_last else NEVER
            return Wakes(learns, _found("emotion", operator.who, operator.labels))
        case Pattern(within_utterances=utterances) if utterances > 1:
            return _both(_turn_of(operator.who))
        case Length() | Pattern() | EmotionTrend() | ReplyGap():
            return Wakes(NEVER, _turn_of(operator.who))
        case Loudness() | LoudnessStep() | LoudnessSpan() | RateInWindow() | RateChange() | EmotionSlope():
            return _both(_turn_of(operator.who))
        case SpeechRate():
            return Wakes(_turn_of(operator.who), CLOSE if operator.of_call else _turn_of(operator.who))
        case Repeats():
            return Wakes(TURN, _turn_of(operator.who))
        case TalksOver():
            return _both(OVERTALK)
        case TalkShare() | SpeechShare():
            return Wakes(TURN, TICK | CLOSE)
        case FirstWords():
            return Wakes(NEVER, TICK | CLOSE)
        case HangUp() | JudgedSo():
            return Wakes(NEVER, CLOSE)
        case InState() | FactHolds() | FactDated() | TagHolds() | ClockShows() | HasFired():
            return Wakes(NEVER, EVER)
        case CallLength() | TurnCount():
            return Wakes(NEVER, EVER)
        case ReactionIs() | CueSaid() | ResultIs():
            return Wakes(NEVER, EVER)
        case _:
            return _both(EVER)


def _both(occasions: Occasions) -> Wakes:
    return Wakes(occasions, occasions)


def _parties(who: Who) -> tuple[Party, ...]:
    return PARTIES if who == "any" else (who,)


def _turn_of(who: Who) -> Occasions:
    return TURN if who == "any" else frozenset((Occasion("turn", "party", who),))


def _doubt(who: Who) -> Occasions:
    """Words that were badly heard, and sound that is missing, which any moment may tell."""
    return frozenset(Occasion(kind, "doubt", party) for kind in EVERY_MOMENT for party in _parties(who))


def _found(what: str, who: Who, labels: Iterable[str]) -> Occasions:
    return frozenset(Occasion("turn", what, party, label) for label in labels for party in _parties(who))


def _frequency(occasions: Occasions) -> tuple[int, int]:
    """How often such moments are, roughly: those of a kind first, then those of a party, then what is found in them."""
    return sum(not one.what for one in occasions), sum(one.what == "party" for one in occasions)


def _all(operator: Operator) -> Iterator[Operator]:
    """An operator and those inside it."""
    yield operator
    for part in operator.parts:
        yield from _all(part)
