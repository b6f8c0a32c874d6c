"""One moment of selling: what was heard, and at most one prompt that it calls for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from assist.messages import Because, Evidence, NeedHeard, OfferHeldBack, Prompt
from assist.playbook.attention import Attention
from assist.playbook.model import Playbook
from assist.playbook.moment import MAX_EVIDENCE, Finding, Moment
from assist.playbook.offers.catalogue import Catalogue, Need
from assist.playbook.offers.course import Course, follow
from assist.playbook.offers.holding import held_back
from assist.playbook.offers.pitching import Scene, propose
from assist.playbook.offers.texts import SELLING


def sell(
    playbook: Playbook,
    catalogue: Catalogue,
    course: Course,
    moment: Moment,
    attention: Attention,
    *,
    is_early: bool,
    tell: Callable[[NeedHeard | OfferHeldBack], None],
) -> Course:
    """The course after a moment that the rules have seen; needs are told, a prompt is shown where there is room.

    What something holds back is told, and when it does no longer, unless the words go on.
    """
    was_made = _made(course)
    course, news = follow(catalogue, course, moment, is_held=attention.is_selling_held)
    for need, finding in news:
        tell(_heard(need, finding, moment, playbook.version))
    for prompt in [prompt for prompt in attention.open if prompt.kind == "offer" and prompt.offer_id is not None]:
        if prompt.offer_id in _made(course) - was_made:
            attention.close(prompt, "withdrawn", SELLING[playbook.language].made)
    open_ids = {prompt.prompt_id for prompt in attention.open}
    scene = Scene(catalogue, playbook.version, playbook.language, course, moment, open_ids, is_early)
    if not is_early:
        course = _hold(course, held_back(playbook, scene, attention), moment.at_ms, tell)
    if attention.is_selling_held:
        return course
    while proposal := propose(replace(scene, course=course)):
        shown = attention.show(proposal.prompt)
        if not isinstance(shown, Prompt):
            return course.passes(moment.at_ms) if shown == "budget" else course
        course = course.shows(shown, proposal.reaction)
        if shown.arm == "shown":
            break  # what is held out leaves its moment to the next best
    return course


def _hold(course: Course, held: OfferHeldBack | None, at_ms: int, tell: Callable[[OfferHeldBack], None]) -> Course:
    """Told when it begins, is another one, and ends."""
    before = course.held_back
    if held is None and before is not None:
        tell(before.model_copy(update={"at_ms": at_ms, "is_lifted": True}))
    elif held is not None and (before is None or _key(held) != _key(before)):
        tell(held)
    else:
        return course
    return replace(course, held_back=held)


def _key(held: OfferHeldBack) -> tuple[str, str, str]:
    return held.offer_id, held.hold, held.by


def _made(course: Course) -> frozenset[str]:
    return frozenset(offer_id for offer_id, shown in course.shown.items() if shown.is_made)


def _heard(need: Need, finding: Finding, moment: Moment, version: str) -> NeedHeard:
    evidence = finding.evidence[:MAX_EVIDENCE] or (Evidence(kind="signal", start_ms=0, end_ms=moment.at_ms),)
    return NeedHeard(
        need_id=need.need_id,
        title=need.title,
        is_request=need.is_request,
        because=Because(rule=f"need.{need.need_id}@{version}", reason=need.title, evidence=evidence),
        at_ms=moment.at_ms,
    )
