"""Which offers fit: needs heard, times what is known of the customer. Pure, and the same for the same facts."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from assist.messages import PitchReason
from assist.playbook.moment import Moment, Truth
from assist.playbook.offers.catalogue import Catalogue, Need, Offer
from assist.playbook.operators.base import Operator
from assist.playbook.operators.facts import FactDated, FactHolds, TagHolds


@dataclass(frozen=True, slots=True)
class Match:
    """An offer that fits, and what speaks for it."""

    offer: Offer
    needs: tuple[Need, ...]
    """Those heard that it answers, the weightiest first."""
    reasons: tuple[PitchReason, ...]
    score: float


def rank(catalogue: Catalogue, heard: Collection[str], moment: Moment) -> tuple[Match, ...]:
    """The offers that answer a need in ``heard`` and fit the customer, best first; equals in catalogue order."""
    matches = [
        match_of(catalogue, offer, heard, moment)
        for offer in catalogue.offers
        if not offer.needs.keys().isdisjoint(heard) and fits(offer, moment)
    ]
    return tuple(sorted(matches, key=lambda match: -match.score))


def fits(offer: Offer, moment: Moment) -> bool:
    """Whether the customer may have it, by all that is known."""
    is_eligible = offer.eligible is None or _truth(offer.eligible, moment) is Truth.TRUE
    return is_eligible and (offer.excluded is None or _truth(offer.excluded, moment) is not Truth.TRUE)


def match_of(catalogue: Catalogue, offer: Offer, heard: Collection[str], moment: Moment) -> Match:
    """What speaks for an offer, whether it fits or not."""
    needs = [need for need in catalogue.needs if need.need_id in heard and need.need_id in offer.needs]
    needs.sort(key=lambda need: -offer.needs[need.need_id])
    reasons = [PitchReason(kind="need", name=need.title, points=offer.needs[need.need_id]) for need in needs]
    for bonus in offer.bonuses:
        if _truth(bonus.condition, moment) is Truth.TRUE:
            first, *others = _known(catalogue, bonus.condition, moment) or [PitchReason(kind="propensity", name="")]
            reasons += [first.model_copy(update={"points": bonus.points}), *others]
    if offer.propensity:
        reasons.append(PitchReason(kind="propensity", name="", points=offer.propensity))
    if offer.eligible is not None:
        reasons += [one for one in _known(catalogue, offer.eligible, moment) if one not in reasons]
    reasons.sort(key=lambda reason: -reason.points)
    return Match(offer, tuple(needs), tuple(reasons), sum(reason.points for reason in reasons))


def _known(catalogue: Catalogue, condition: Operator, moment: Moment) -> list[PitchReason]:
    """What a condition rests on: tags that hold and facts that are known."""
    found: list[PitchReason] = []
    for operator in _all(condition):
        match operator:
            case TagHolds():
                held = (tag for tag in operator.tags if moment.tags.get(tag) is Truth.TRUE)
                found += (PitchReason(kind="tag", name=catalogue.tag_titles.get(tag, tag)) for tag in held)
            case FactHolds() | FactDated() if operator.path in moment.facts:
                found.append(PitchReason(kind="fact", name=operator.path, value=moment.facts[operator.path]))
            case _:
                pass
    return list(dict.fromkeys(found))


def _truth(condition: Operator, moment: Moment) -> Truth:
    """Of a condition that remembers nothing."""
    return condition.observe(moment)[1].truth


def _all(operator: Operator) -> Iterator[Operator]:
    yield operator
    for part in operator.parts:
        yield from _all(part)
