"""Why the best offer for what was heard is not shown now."""

from __future__ import annotations

from assist.messages import Because, Evidence, Hold, OfferHeldBack
from assist.playbook.attention import Attention, barring_tag, held_because, holding_state
from assist.playbook.model import Playbook
from assist.playbook.offers.matching import Match
from assist.playbook.offers.pitching import MAX_EVIDENCE, Scene, is_refused, new_matches, timely_needs
from assist.playbook.offers.texts import SELLING


def held_back(playbook: Playbook, scene: Scene, attention: Attention) -> OfferHeldBack | None:
    """What is held back as things stand, the best first; None: nothing, or it only waits for its moment or for room."""
    course, manners, at_ms = scene.course, scene.catalogue.manners, scene.moment.at_ms
    is_full = course.offers >= manners.max_offers
    recent = course.shown_since(at_ms - manners.min_gap_ms)
    if not course.heard or not (attention.is_selling_held or course.has_refused or is_full or recent):
        return None
    best = next((match for match in new_matches(scene) if attention.offers(match.offer.offer_id)), None)
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
    if is_full:
        return _told(scene, best, "most", texts["most"], heard)
    timely = timely_needs(scene)
    if recent and any(need.need_id in timely for need in best.needs):
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
