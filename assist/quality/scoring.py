"""From rules' verdicts and a person's judgement to a score."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from assist.errors import InputError
from assist.messages import AutoBecause, Flag, ItemScore
from assist.quality.scorecard import Item, Scorecard


@dataclass(frozen=True, slots=True)
class Judged:
    """What rules said in a call."""

    flags: tuple[Flag, ...]
    """The last verdict of each flag, in the order in which they were first raised."""
    playbook: str
    """Name of the playbook that the call ran under."""
    is_impaired: bool
    """The rules gave up during the call: that they are silent says nothing."""


@dataclass(frozen=True, slots=True)
class GivenValue:
    """What a person makes of an item."""

    item_id: str
    value: int | None
    """None: it does not apply."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Total:
    """A score over all items."""

    score: float
    """0 to 100, to a tenth."""
    is_zeroed: bool
    """By a critical item."""


def filled_in(card: Scorecard, judged: Judged) -> tuple[ItemScore, ...]:
    """Every item as far as rules can judge it; the person's value is theirs where they have one."""
    return tuple(_filled(section.section_id, item, card, judged) for section, item in card.items)


def _filled(section_id: str, item: Item, card: Scorecard, judged: Judged) -> ItemScore:
    is_of_playbook = judged.playbook == card.playbook
    flags = [flag for flag in judged.flags if is_of_playbook and _rule_id(flag) in item.rules]
    auto, because = _auto(item, [flag.verdict for flag in flags], judged, is_of_playbook=is_of_playbook)
    return ItemScore(
        item_id=item.item_id,
        section_id=section_id,
        title=item.title,
        weight=item.weight,
        scale=item.scale,
        is_critical=item.is_critical,
        auto=auto,
        auto_because=because,
        flag_ids=tuple(flag.flag_id for flag in flags),
        value=auto,
    )


def _auto(
    item: Item, verdicts: Collection[str], judged: Judged, *, is_of_playbook: bool
) -> tuple[int | None, AutoBecause]:
    """A breach outweighs everything; who abstained or only warns leaves it to a person."""
    if not item.rules:
        return None, "no-rule"
    if not is_of_playbook:
        return None, "not-judged"
    if "breach" in verdicts:
        return 0, "breach"
    if "abstained" in verdicts:
        return None, "abstained"
    if "at_risk" in verdicts:
        return None, "at-risk"
    if "met" in verdicts:
        return item.scale, "met"
    if judged.is_impaired:
        return None, "not-judged"
    match item.silent:
        case "full":
            return item.scale, "silent"
        case "judge":
            return None, "silent"
        case "not-applicable":
            return None, "not-applicable"


def scored(items: Sequence[ItemScore], given: Iterable[GivenValue]) -> tuple[ItemScore, ...]:
    """The items with a person's values.

    Raises InputError "bad-scores" for items that are missing, unknown, given twice or beyond their scale, and
    "reason-needed" where a value is not what rules made of the item, or the item is left out, without a reason.
    """
    values = _by_item(items, given)
    missing = [item.item_id for item in items if item.item_id not in values]
    if missing:
        raise InputError(f"The items {', '.join(missing)} have no value.", code="bad-scores")
    return tuple(_with_value(item, values[item.item_id]) for item in items)


def changed(items: Sequence[ItemScore], given: Iterable[GivenValue]) -> tuple[ItemScore, ...]:
    """The items with some other values; raises as ``scored`` does, but that items may be missing."""
    values = _by_item(items, given)
    return tuple(_with_value(item, values[item.item_id]) if item.item_id in values else item for item in items)


def total(items: Sequence[ItemScore]) -> Total:
    """The score. Raises InputError "nothing-scored" where no item with a weight applies."""
    weight = sum(item.weight for item in items if item.value is not None)
    if not weight:
        raise InputError("No item applies to this call; withdraw the review.", code="nothing-scored")
    points = sum(item.weight * item.value / item.scale for item in items if item.value is not None)
    is_zeroed = any(item.is_critical and item.value == 0 for item in items)
    return Total(0.0 if is_zeroed else round(100 * points / weight, 1), is_zeroed)


def _by_item(items: Sequence[ItemScore], given: Iterable[GivenValue]) -> Mapping[str, GivenValue]:
    known = {item.item_id for item in items}
    values: dict[str, GivenValue] = {}
    for one in given:
        if one.item_id not in known:
            raise InputError(f"The scorecard has no item {one.item_id!r}.", code="bad-scores")
        if one.item_id in values:
            raise InputError(f"The item {one.item_id!r} has two values.", code="bad-scores")
        values[one.item_id] = one
    return values


def _with_value(item: ItemScore, given: GivenValue) -> ItemScore:
    value, reason = given.value, given.reason.strip()
    if value is not None and not 0 <= value <= item.scale:
        raise InputError(f"The item {item.item_id!r} goes from 0 to {item.scale}.", code="bad-scores")
    leaves_it = value == item.auto if item.auto is not None else value is not None
    if item.auto_because == "not-applicable":
        leaves_it = value is None
    if not reason and not leaves_it:
        raise InputError(
            f"Say why the item {item.item_id!r} is not what the rules made of it, or does not apply.",
            code="reason-needed",
        )
    return item.model_copy(update={"value": value, "reason": reason})


def _rule_id(flag: Flag) -> str:
    return flag.rule.partition("@")[0]
