"""Where the selling of a call stands: needs heard, offers shown and made, how the customer takes the last one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from assist.messages import Evidence, OfferHeldBack, Prompt
from assist.playbook.moment import Finding, Moment, Truth
from assist.playbook.offers.catalogue import AGREED, INTERESTED, REFUSED, TURNING, Catalogue, Need
from assist.playbook.offers.own import offer_in
from assist.playbook.operators.base import Operator

MADE_WITHIN_MS = 120_000
"""From showing an offer to the agent's making it."""
TALK_MS = 60_000
"""How long the talk about an offer goes on after the agent made it, and after each reaction."""
REMEDY_MS = 60_000
"""From a need's words to the question what could be done about it."""
REACTION_MS = 8_000
"""How long a reaction waits for an answer that could not be shown at once."""


@dataclass(frozen=True, slots=True)
class HeardNeed:
    """When a need was heard last, and the words."""

    at_ms: int
    evidence: tuple[Evidence, ...]
    asked_ms: int | None = None
    """When the customer asked for it, or what could be done about it, last."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An offer that was shown to the agent."""

    prompt_id: str
    """Of the last time; empty: the agent made it unprompted."""
    times: int
    at_ms: int
    """The last time."""
    is_variant: bool
    """It took the place of a dearer one."""
    is_asked_for: bool = False
    """The customer asked for it, or for the dearer one."""
    is_made: bool = False
    """The agent made it."""
    answered: frozenset[str] = frozenset()
    """Reactions for which the agent was shown an answer."""
    known: frozenset[str] = frozenset()
    """Needs that had been heard by then."""


@dataclass(frozen=True, slots=True)
class HeldOut:
    """An offer that the call's draw kept from the agent: nobody has seen it, so that nothing else waits for it."""

    times: int
    at_ms: int
    """The last time at which it would have been shown."""


@dataclass(frozen=True, slots=True)
class Felt:
    """A reaction that wants an answer."""

    reaction: str
    at_ms: int
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """A frozen value, as all of a run's state."""

    watches: tuple[Operator, ...] = ()
    """As ``Catalogue.watches``, each with what it remembers."""
    heard: Mapping[str, HeardNeed] = field(default_factory=dict[str, HeardNeed])
    """By need."""
    shown: Mapping[str, Shown] = field(default_factory=dict[str, Shown])
    """By offer, in the order of the first time."""
    held_out: Mapping[str, HeldOut] = field(default_factory=dict[str, HeldOut])
    """By offer."""
    subject: str | None = None
    """The offer that agent and customer talk about."""
    since_ms: int = 0
    """When they did last."""
    felt: Felt | None = None
    passed_ms: int = -1
    """When an offer or an answer was left out for good: needs heard up to then call for nothing any more."""
    is_settled: bool = False
    has_refused: bool = False
    refusal: tuple[Evidence, ...] = ()
    """The words of the last one."""
    held_back: OfferHeldBack | None = None
    """Of what was told that it is held back, what still is."""

    @property
    def offers(self) -> int:
        """How many offers count towards the most of a call."""
        return sum(not shown.is_variant for shown in self.shown.values())

    def shown_since(self, position_ms: int) -> tuple[str, ...]:
        """Offers that were shown after a position."""
        return tuple(offer_id for offer_id, shown in self.shown.items() if shown.at_ms > position_ms)

    def told(self, offer_id: str) -> int:
        """How many prompts have opened an offer, shown or held out: it may be asked for after it was held out."""
        shown, held_out = self.shown.get(offer_id), self.held_out.get(offer_id)
        return (shown.times if shown else 0) + (held_out.times if held_out else 0)

    def shows(self, prompt: Prompt, reaction: str | None) -> Course:
        """After a prompt was shown that opens an offer (perhaps the variant that answers a reaction) or answers one.

        A held-out one leaves the selling as it is, as if the catalogue did not have it; it is only not told again.
        """
        offer_id = prompt.offer_id or ""
        if prompt.arm == "held-out":
            times = 1 + (self.held_out[offer_id].times if offer_id in self.held_out else 0)
            return replace(self, held_out={**self.held_out, offer_id: HeldOut(times, prompt.at_ms)})
        known = self.shown.get(offer_id)
        felt = None if reaction is not None else self.felt
        if known is not None and prompt.kind != "offer":
            answered = known.answered | {reaction or ""}
            return replace(self, felt=felt, shown={**self.shown, offer_id: replace(known, answered=answered)})
        shown = Shown(
            prompt.prompt_id,
            1 if known is None else known.times + 1,
            prompt.at_ms,
            is_variant=reaction is not None,
            is_asked_for=prompt.asked_for,
            known=frozenset(self.heard),
        )
        return replace(self, felt=felt, shown={**self.shown, offer_id: shown})

    def passes(self, at_ms: int) -> Course:
        """After the agent's attention was found spent: what comes later would come too late."""
        return replace(self, felt=None, passed_ms=at_ms)


def begin_course(catalogue: Catalogue | None) -> Course:
    """Before anything happened."""
    return Course(() if catalogue is None else catalogue.watches)


def follow(
    catalogue: Catalogue, course: Course, moment: Moment, *, is_held: bool
) -> tuple[Course, tuple[tuple[Need, Finding], ...]]:
    """The course after one more moment, and the needs that were heard for the first time.

    ``is_held``: selling is forbidden as things stand, which also means that nothing is settled.
    """
    observed = [watch.observe(moment) for watch in course.watches]
    findings = [finding for _, finding in observed]
    if any(after is not watch for watch, (after, _) in zip(course.watches, observed, strict=True)):
        course = replace(course, watches=tuple(after for after, _ in observed))
    count = len(catalogue.needs)
    course, news = _hear(catalogue, course, moment, findings[:count])
    taken = zip(catalogue.reactions, findings[count:-4], strict=True)
    felt = {one.name: finding for one, finding in taken if finding.truth is Truth.TRUE}
    if findings[-4].truth is Truth.TRUE and all(need.asked_ms != moment.at_ms for need in course.heard.values()):
        course = _ask(course, moment, findings[-4])
    said, settled, reopened = (finding.truth is Truth.TRUE for finding in findings[-3:])
    course = _make(catalogue, course, moment, said=said)
    course = _react(course, moment, {**felt, **_told(course, moment)})
    is_settled = not is_held and (settled or (course.is_settled and not reopened))
    return (course if is_settled is course.is_settled else replace(course, is_settled=is_settled)), news


def _hear(
    catalogue: Catalogue, course: Course, moment: Moment, findings: list[Finding]
) -> tuple[Course, tuple[tuple[Need, Finding], ...]]:
    """Needs heard at this moment; what lasts (a tag, a state) is heard once."""
    heard = [
        (need, finding)
        for need, finding in zip(catalogue.needs, findings, strict=True)
        if finding.truth is Truth.TRUE and (need.need_id not in course.heard or _is_of(finding, moment))
    ]
    if not heard:
        return course, ()
    news = tuple((need, finding) for need, finding in heard if need.need_id not in course.heard)
    asked_ms = {need_id: need.asked_ms for need_id, need in course.heard.items()}
    asked_ms |= {need.need_id: moment.at_ms for need, _ in heard if need.is_request}
    now = {
        need.need_id: HeardNeed(moment.at_ms, finding.evidence, asked_ms.get(need.need_id)) for need, finding in heard
    }
    return replace(course, heard={**course.heard, **now}), news


def _ask(course: Course, moment: Moment, finding: Finding) -> Course:
    """The customer asks what could be done: of what they have just told to need, the offer is the answer."""
    asked = {
        need_id: replace(need, at_ms=moment.at_ms, evidence=_joined(need.evidence, finding), asked_ms=moment.at_ms)
        for need_id, need in course.heard.items()
        if moment.at_ms <= need.at_ms + REMEDY_MS and any(piece.utterance_id for piece in need.evidence)
    }
    return replace(course, heard={**course.heard, **asked}) if asked else course


def _joined(evidence: tuple[Evidence, ...], finding: Finding) -> tuple[Evidence, ...]:
    return tuple(dict.fromkeys((*evidence, *finding.evidence)))


def _is_of(finding: Finding, moment: Moment) -> bool:
    """Whether a finding rests on what was just said."""
    said = moment.utterance
    return said is not None and any(piece.utterance_id == said.utterance_id for piece in finding.evidence)


def _make(catalogue: Catalogue, course: Course, moment: Moment, *, said: bool) -> Course:
    """The agent makes an offer: the one whose words were heard, else the one shown last, not too long ago.

    One that was not shown is known by what it costs and is called, so that the customer's reaction finds its answer.
    """
    own = _own(catalogue, course, moment) if said else None
    if own is not None and own not in course.shown:
        is_asked_for = any(
            need.asked_ms is not None for need_id, need in course.heard.items() if need_id in catalogue[own].needs
        )
        shown = Shown("", 0, moment.at_ms, is_variant=False, is_asked_for=is_asked_for, is_made=True)
        return replace(course, shown={**course.shown, own: shown}, subject=own, since_ms=moment.at_ms, felt=None)
    offered = moment.heard.offered
    made = None if offered is None or offered.basis == "own" else offered.offer_id
    if made is None or made not in course.shown or course.shown[made].is_made:
        made = max(course.shown, key=lambda offer_id: course.shown[offer_id].at_ms, default=None) if said else None
    if made is None or moment.at_ms > course.shown[made].at_ms + MADE_WITHIN_MS:
        return course
    shown = {**course.shown, made: replace(course.shown[made], is_made=True)}
    return replace(course, shown=shown, subject=made, since_ms=moment.at_ms, felt=None)


def _own(catalogue: Catalogue, course: Course, moment: Moment) -> str | None:
    """The offer that the agent's words are about by themselves; what answers a need that was heard is expected."""
    if moment.utterance is None:
        return None
    expected = [offer.offer_id for offer in catalogue.offers if not offer.needs.keys().isdisjoint(course.heard)]
    return offer_in(moment.utterance.text, catalogue.marks, expected)


def _told(course: Course, moment: Moment) -> dict[str, Finding]:
    """A yes or a no to the offer that is talked about, as it was heard at this moment."""
    turns = {"accepted": AGREED, "refused": REFUSED}
    return {
        turns[reaction.reaction]: Finding(Truth.TRUE, reaction.evidence)
        for reaction in moment.heard.reaction_to("last-offer")
        if reaction.at_ms == moment.at_ms and reaction.reaction in turns and reaction.offer_id == course.subject
    }


def _react(course: Course, moment: Moment, felt: Mapping[str, Finding]) -> Course:
    """How the customer takes it; talk about an offer ends with a yes, a no, or in time."""
    if course.felt is not None and moment.at_ms > course.felt.at_ms + REACTION_MS:
        course = replace(course, felt=None)
    if REFUSED in felt:
        return replace(course, has_refused=True, refusal=felt[REFUSED].evidence, subject=None, felt=None)
    if course.has_refused and (AGREED in felt or INTERESTED in felt):
        course = replace(course, has_refused=False)
    if course.subject is None:
        return course
    if AGREED in felt or moment.at_ms > course.since_ms + TALK_MS:
        return replace(course, subject=None, felt=None)
    answered = course.shown[course.subject].answered
    for name, finding in felt.items():
        if name not in TURNING and name not in answered:
            return replace(course, since_ms=moment.at_ms, felt=Felt(name, moment.at_ms, finding.evidence))
    return course
