"""Why the best offer for what was heard is not shown now."""

from __future__ import annotations

from assist.messages import Because, Evidence, Hold, OfferHeldBack
from assist.playbook.attention import Attention, barring_tag, held_because, holding_state
from assist.playbook.model import Playbook
from assist.playbook.moment import MAX_EVIDENCE
from assist.playbook.offers.matching import Match
from assist.playbook.offers.pitching import (
    Scene,
    answers,
    asked_needs,
    is_full,
    is_refused,
    is_too_soon,
    new_matches,
    open_now,
    timely_needs,
)
from assist.playbook.offers.texts import SELLING


def held_back(playbook: Playbook, scene: Scene, attention: Attention) -> OfferHeldBack | None:
    """What is held back as things stand, of the best offer for a need that none was shown for yet.

    None: nothing, or it only waits for its moment, for the end of another offer's, or for room.
    """
    course = scene.course
    unanswered = course.heard.keys() - {need for one in course.shown for need in scene.catalogue[one].needs}
    if not unanswered or not (attention.is_selling_held or course.has_refused or course.shown):
        return None
    asked = asked_needs(scene)
    best = next(
        (
            match
            for match in new_matches(scene)
            if answers(match, unanswered) and attention.offers(match.offer.offer_id, is_asked_for=answers(match, asked))
        ),
        None,
    )
    if best is None:
        return None
    tag = barring_tag(playbook.etiquette, scene.moment.tags)
    state = holding_state(playbook.etiquette, scene.moment.states)
    heard = tuple(piece for need in best.needs for piece in course.heard[need.need_id].evidence)
    reason = held_because(playbook, scene.moment.tags)
    if tag is not None:
        return _told(scene, best, "protected", reason, heard, by=tag)
    if state is not None:
        return _told(scene, best, "state", reason, scene.moment.states[state].evidence, by=state)
    texts = SELLING[scene.language].held
    if is_refused(course, best.offer):
        return _told(scene, best, "refused", texts["refused"], course.refusal)
    if is_full(scene) and not answers(best, asked):
        return _told(scene, best, "most", texts["most"], heard)
    is_talk_over = course.subject is None and not open_now(scene)
    if is_talk_over and answers(best, timely_needs(scene)) and is_too_soon(scene, best):
        return _told(scene, best, "gap", texts["gap"], heard)
    return None


def _told(
    scene: Scene, match: Match, hold: Hold, reason: str, evidence: tuple[Evidence, ...], *, by: str = ""
) -> OfferHeldBack:
    at_ms, offer = scene.moment.at_ms, match.offer
    evidence = evidence[:MAX_EVIDENCE] or (Evidence(kind="signal", start_ms=0, end_ms=at_ms),)
    return OfferHeldBack(
        offer_id=offer.offer_id,
        title=offer.title,
        need_ids=tuple(need.need_id for need in match.needs),
        hold=hold,
        by=by,
        because=Because(rule=f"{offer.offer_id}@{scene.version}", reason=reason, evidence=evidence),
        at_ms=at_ms,
    )
