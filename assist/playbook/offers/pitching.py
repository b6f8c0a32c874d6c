"""The prompt of selling that a moment calls for: an answer to a reaction, or the offer that fits best."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from assist.messages import Because, Evidence, Objection, Pitch, Prompt, PromptKind, RankedOffer
from assist.playbook.moment import MAX_EVIDENCE, Moment, StateEntry
from assist.playbook.offers.catalogue import CONFUSED, MODE_PATH, PRICE, Catalogue, Offer, Price, Wording
from assist.playbook.offers.course import Course, HeardNeed
from assist.playbook.offers.matching import Match, fits, match_of, rank
from assist.playbook.offers.texts import SELLING
from assist.playbook.wording import explain

FRESH_MS = 20_000
"""How long a request may be answered with an offer before the caller's problem is solved."""
NEXT_BEST = 3


@dataclass(frozen=True, slots=True)
class Proposal:
    """A prompt that selling would like to show."""

    prompt: Prompt
    reaction: str | None
    """What it answers; None: it opens an offer."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What there is to go by."""

    catalogue: Catalogue
    version: str
    """Of the playbook."""
    language: Literal["zh-CN", "en"]
    course: Course
    moment: Moment
    open_ids: Collection[str]
    """Prompts that the agent is looking at."""
    is_early: bool
    """The words go on: what may be shown by now is marked."""

    @property
    def mode(self) -> str:
        return self.moment.facts.get(MODE_PATH, "")


def propose(scene: Scene) -> Proposal | None:
    """What to show, if anything; nothing that forbids selling holds.

    Who asks for something else while an offer is talked about has gone on from it.
    """
    proposal = (_open(scene) if _asks_anew(scene) else None) or _answer(scene) or _open(scene)
    if proposal is None or not scene.is_early:
        return proposal
    is_early = _is_asked_early(scene, proposal) if proposal.reaction is None else _is_felt_early(scene, proposal)
    return replace(proposal, prompt=proposal.prompt.model_copy(update={"from_partial": is_early}))


def _is_felt_early(scene: Scene, proposal: Proposal) -> bool:
    """Whether the reaction may be answered while the words go on, and these are the words; never with another offer."""
    felt, said = scene.course.felt, scene.moment.utterance
    if felt is None or said is None or not scene.catalogue.reaction(felt.reaction).shows_early:
        return False
    if proposal.prompt.kind == "offer":
        return False  # what begins with the price may end in a refusal
    return any(piece.utterance_id == said.utterance_id for piece in felt.evidence)


def _is_asked_early(scene: Scene, proposal: Proposal) -> bool:
    """Whether the words ask for the offer, and it may be the answer while they go on."""
    offer, heard = scene.catalogue[proposal.prompt.offer_id or ""], scene.course.heard
    asked = (need.need_id for need in scene.catalogue.needs if need.shows_early and need.need_id in offer.needs)
    return any(need_id in heard and heard[need_id].at_ms == scene.moment.at_ms for need_id in asked)


def _answer(scene: Scene) -> Proposal | None:
    """To how the customer takes the offer that is talked about; a price that is too high brings the cheaper one."""
    course = scene.course
    if course.felt is None or course.subject is None:
        return None
    reaction, evidence = course.felt.reaction, course.felt.evidence
    offer = scene.catalogue[course.subject]
    is_asked_for = course.shown[course.subject].is_asked_for
    title = scene.catalogue.reaction(reaction).title
    because = explain(SELLING[scene.language].reacts.replace("{reaction}", title), evidence)
    if reaction == PRICE and offer.cheaper is not None and offer.cheaper not in {**course.shown, **course.held_out}:
        cheaper = scene.catalogue[offer.cheaper]
        if fits(cheaper, scene.moment):
            match = match_of(scene.catalogue, cheaper, course.heard, scene.moment)
            prompt = _prompt_of_offer(scene, match, because, evidence, ())
            return Proposal(prompt.model_copy(update={"asked_for": is_asked_for}), reaction)
    wording = offer.answer(reaction, scene.mode)
    if wording is None:
        return None
    kind = scene.catalogue.reaction(reaction).kind
    match = match_of(scene.catalogue, offer, course.heard, scene.moment)
    name = f"{offer.offer_id}.{reaction}"
    shown_title = SELLING[scene.language].answers.replace("{reaction}", title).replace("{title}", offer.title)
    prompt = _prompt(scene, match, name, kind, shown_title, wording, because, evidence, ())
    return Proposal(prompt.model_copy(update={"asked_for": is_asked_for}), reaction)


def _open(scene: Scene) -> Proposal | None:
    """The best offer for the needs heard, when its moment has come; what is asked for comes first and at once."""
    course = scene.course
    if not course.heard:
        return None
    if open_ids := open_now(scene):
        newest_ms = max(course.shown[offer_id].at_ms for offer_id in open_ids)
        asked = _asked_apart(scene, open_ids)
        timely = frozenset(need_id for need_id in asked if course.heard[need_id].at_ms > newest_ms)
    else:
        timely = asked_needs(scene) if is_full(scene) else timely_needs(scene)
    if not timely:
        return None
    matches = [match for match in new_matches(scene) if not is_refused(course, match.offer)]
    best = next((one for one in matches if answers(one, timely) and not is_too_soon(scene, one)), None)
    if best is None:
        return None
    heard = [course.heard[need.need_id] for need in best.needs]
    evidence = tuple(piece for need in heard for piece in need.evidence)[:MAX_EVIDENCE]
    wordings = SELLING[scene.language]
    reason = wordings.needs if any(piece.quote for piece in evidence) else wordings.needs_unsaid
    because = explain(reason.replace("{needs}", "、".join(need.title for need in best.needs)), evidence)
    others = tuple(match for match in matches if match is not best)
    prompt = _prompt_of_offer(scene, best, because, evidence, others)
    return Proposal(prompt.model_copy(update={"asked_for": answers(best, asked_needs(scene))}), None)


def is_full(scene: Scene) -> bool:
    """Whether the call has had the most offers: no more but what is asked for."""
    return scene.course.offers >= scene.catalogue.manners.max_offers


def answers(match: Match, needs: Collection[str]) -> bool:
    """Whether it answers one of them."""
    return any(need.need_id in needs for need in match.needs)


def _standing(scene: Scene) -> frozenset[str]:
    """Needs that were heard and have not been left out for good since, by id."""
    heard = scene.course.heard
    return frozenset(need_id for need_id, need in heard.items() if need.at_ms > scene.course.passed_ms)


def asked_needs(scene: Scene) -> frozenset[str]:
    """Of these, what the customer has just asked for."""
    return frozenset(need_id for need_id in _standing(scene) if _is_fresh(scene, scene.course.heard[need_id]))


def _asked_apart(scene: Scene, recent: Collection[str]) -> frozenset[str]:
    """Those that have nothing to do with ``recent`` offers or what is, or was, talked about: they wait for none."""
    course = scene.course
    met = frozenset[str]().union(*(_met(scene, offer_id) for offer_id in recent))
    return frozenset(need_id for need_id in asked_needs(scene) - met if course.heard[need_id].at_ms >= course.since_ms)


def _met(scene: Scene, offer_id: str) -> frozenset[str]:
    """The needs that an offer was shown for; all that it answers, where the agent made it unprompted."""
    needs, shown = frozenset(scene.catalogue[offer_id].needs), scene.course.shown[offer_id]
    return needs & shown.known if shown.prompt_id else needs


def _asks_anew(scene: Scene) -> bool:
    """Whether the words ask for something else than the offer that is talked about; who is confused by it does not."""
    course = scene.course
    if course.subject is None or (course.felt is not None and course.felt.reaction == CONFUSED):
        return False
    asked = _asked_apart(scene, [*_recent(scene), course.subject])
    return any(course.heard[need_id].asked_ms == scene.moment.at_ms for need_id in asked)


def _recent(scene: Scene) -> tuple[str, ...]:
    """Offers that were shown too short a while ago for another one."""
    return scene.course.shown_since(scene.moment.at_ms - scene.catalogue.manners.min_gap_ms)


def _is_solved(scene: Scene) -> bool:
    """Whether the caller's problem is, and no other offer is being talked about."""
    if scene.course.subject is not None:
        return False
    only_while = scene.catalogue.manners.only_while
    if only_while is None:
        return scene.course.is_settled
    return all(_holds(scene.moment.states, name, value) for name, value in only_while.items())


def _holds(states: Mapping[str, StateEntry], name: str, value: object) -> bool:
    entry = states.get(name)
    return entry is not None and entry.is_certain and entry.value == value


def timely_needs(scene: Scene) -> frozenset[str]:
    """Those whose offers may be made now as far as the caller's problem goes, by id."""
    return _standing(scene) if _is_solved(scene) else asked_needs(scene)


def new_matches(scene: Scene) -> list[Match]:
    """Offers that fit and may be made for what was heard: what is asked for first, then by points.

    One that the agent made comes no second time, its kind of product only when asked for again.
    """
    asked = asked_needs(scene)
    matches = [
        match for match in rank(scene.catalogue, scene.course.heard, scene.moment) if _is_new(scene, match.offer)
    ]
    return sorted(matches, key=lambda match: not answers(match, asked))


def is_refused(course: Course, offer: Offer) -> bool:
    """Whether a refusal forbids it."""
    return course.has_refused and not offer.after_refusal


def open_now(scene: Scene) -> list[str]:
    """Offers that the agent is looking at."""
    return [offer_id for offer_id, shown in scene.course.shown.items() if shown.prompt_id in scene.open_ids]


def is_too_soon(scene: Scene, match: Match) -> bool:
    """Whether another offer was shown too short a while ago; not what answers something else that is asked for.

    Nothing else is what the same words say again of an offer for the same kind of product.
    """
    recent, heard = _recent(scene), scene.course.heard
    if not recent:
        return False
    apart = _asked_apart(scene, recent)
    alike = [one for one in recent if scene.catalogue[one].product == match.offer.product]
    again_ms = {heard[need_id].at_ms for one in alike for need_id in _met(scene, one) if need_id in heard}
    return not any(need.need_id in apart and heard[need.need_id].at_ms not in again_ms for need in match.needs)


def _is_fresh(scene: Scene, need: HeardNeed) -> bool:
    """Whether it was asked for just now, and not before an offer that is being talked about."""
    course, asked_ms = scene.course, need.asked_ms
    if asked_ms is None:
        return False
    is_new = course.subject is None or asked_ms >= course.since_ms
    return is_new and scene.moment.at_ms <= asked_ms + FRESH_MS


def _is_new(scene: Scene, offer: Offer) -> bool:
    course, catalogue = scene.course, scene.catalogue
    shown = course.shown.get(offer.offer_id)
    if shown is not None and shown.is_made:
        return False
    told_ms = [shown.at_ms for offer_id, shown in course.shown.items() if catalogue[offer_id].product == offer.product]
    if offer.offer_id in course.held_out:
        told_ms.append(course.held_out[offer.offer_id].at_ms)
    return _heard_ms(course.heard, offer) > max(told_ms, default=-1)


def _heard_ms(heard: Mapping[str, HeardNeed], offer: Offer) -> int:
    return max(heard[need_id].at_ms for need_id in offer.needs if need_id in heard)


def _prompt_of_offer(
    scene: Scene, match: Match, because: str, evidence: tuple[Evidence, ...], others: tuple[Match, ...]
) -> Prompt:
    offer = match.offer
    title = SELLING[scene.language].offers.replace("{title}", offer.title)
    return _prompt(scene, match, offer.offer_id, "offer", title, offer.opening(scene.mode), because, evidence, others)


def _prompt(
    scene: Scene,
    match: Match,
    name: str,
    kind: PromptKind,
    title: str,
    wording: Wording,
    because: str,
    evidence: tuple[Evidence, ...],
    others: tuple[Match, ...],
) -> Prompt:
    """``name`` stands where rules have their id."""
    moment, offer_id = scene.moment, match.offer.offer_id
    number = 1 + scene.course.told(offer_id) if kind == "offer" else 1
    evidence = evidence or (Evidence(kind="signal", start_ms=0, end_ms=moment.at_ms),)
    return Prompt(
        prompt_id=f"{name}-{number}",
        kind=kind,
        title=title,
        body=wording.text,
        because=Because(rule=f"{name}@{scene.version}", reason=because, evidence=evidence),
        at_ms=moment.at_ms,
        said_ms=moment.utterance.end_ms if moment.utterance else moment.at_ms,
        expires_ms=moment.at_ms + scene.catalogue.manners.expires_ms,
        offer_id=match.offer.offer_id,
        wording_id=wording.wording_id,
        pitch=_pitch(scene, match, others),
    )


def _pitch(scene: Scene, match: Match, others: tuple[Match, ...]) -> Pitch:
    offer, catalogue = match.offer, scene.catalogue
    return Pitch(
        title=offer.title,
        product=offer.product,
        price="" if offer.price is None else price_text(offer.price, scene.language),
        selling_points=offer.selling_points,
        objections=tuple(
            Objection(reaction=name, title=catalogue.reaction(name).title, answer=answer)
            for name, answer in offer.objections.items()
        ),
        terms=offer.terms,
        reasons=match.reasons,
        score=match.score,
        next_best=tuple(
            RankedOffer(offer_id=one.offer.offer_id, title=one.offer.title, score=one.score)
            for one in others[:NEXT_BEST]
        ),
    )


def price_text(price: Price, language: Literal["zh-CN", "en"]) -> str:
    """For people: 20元/月."""
    return SELLING[language].per[price.per].replace("{amount}", f"{price.amount:g}")
