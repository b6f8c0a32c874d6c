"""A playbook's cases, tried."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from assist.messages import Flag, Notification, Prompt, Verdict
from assist.playbook.advise import advise
from assist.playbook.cases.case import Case
from assist.playbook.cases.dialogue import facts_in
from assist.playbook.model import Playbook, Rule
from assist.playbook.offers.catalogue import Offer
from assist.playbook.phrase import Listen
from assist.playbook.state import RunState, begin


@dataclass(frozen=True, slots=True)
class CaseFailure:
    """A case that turned out otherwise."""

    rule_id: str
    """Rule or offer whose case it is."""
    line: int
    """1-based line of the case in its file."""
    message: str
    """What was expected and what happened."""


@dataclass(slots=True)
class _Outcome:
    """What one rule said and did in a dialogue, and what was offered."""

    prompts: int = 0
    notifications: int = 0
    has_set: bool = False
    verdicts: dict[str, Verdict] = field(default_factory=dict[str, Verdict])
    """The last one of each flag."""
    offers: dict[str, None] = field(default_factory=dict[str, None])
    """Offers shown to the agent, in order."""

    def describe(self) -> str:
        parts = [
            *(["a prompt"] if self.prompts else []),
            *(["a notification"] if self.notifications else []),
            *(["a state"] if self.has_set else []),
            *(f"a flag {verdict}" for verdict in self.verdicts.values()),
            *([f"the offer {', '.join(self.offers)}"] if self.offers else []),
        ]
        return ", ".join(parts) or "nothing"


def failures_in(playbook: Playbook, listen: Listen) -> Iterator[CaseFailure]:
    """The cases that fail, in the order of rules and offers; each dialogue is taken through the whole playbook."""
    for place, rule in enumerate(playbook.rules):
        for case in rule.cases:
            outcome = _try(playbook, case, listen, rule, place)
            if not (_is_right(rule, case, outcome) and _offers_rightly(case, outcome)):
                yield CaseFailure(rule.rule_id, case.line, _message(f"rule {rule.rule_id!r}", case, outcome))
    for offer in playbook.catalogue.offers if playbook.catalogue else ():
        for case in offer.cases:
            outcome = _try(playbook, case, listen)
            if not (_is_offered(offer, outcome) is case.fires and _offers_rightly(case, outcome)):
                yield CaseFailure(offer.offer_id, case.line, _message(f"offer {offer.offer_id!r}", case, outcome))


def _try(playbook: Playbook, case: Case, listen: Listen, rule: Rule | None = None, place: int = 0) -> _Outcome:
    """What follows from a case, as far as it concerns offers and the rule at that place."""
    state, outcome = begin(playbook), _Outcome()
    reference = None if rule is None else playbook.reference_of(rule)
    for fact in facts_in(case, listen, playbook.meanings, playbook.questions):
        state, advice = advise(playbook, state, fact)
        outcome.has_set |= rule is not None and _has_set(rule, place, state)
        for item in advice:
            if isinstance(item, Prompt) and item.kind == "offer" and item.offer_id is not None:
                outcome.offers[item.offer_id] = None
            if isinstance(item, Prompt) and item.because.rule == reference:
                outcome.prompts += 1
            elif isinstance(item, Flag) and item.rule == reference:
                outcome.verdicts[item.flag_id] = item.verdict
            elif isinstance(item, Notification) and item.rule == reference:
                outcome.notifications += 1
    return outcome


def _has_set(rule: Rule, place: int, state: RunState) -> bool:
    """Whether the rule has just given its states their values, for certain."""
    entries = [(state.states.get(name), value) for name, value in rule.sets.items()]
    is_so = all(entry is not None and entry.is_certain and entry.value == value for entry, value in entries)
    return bool(entries) and is_so and state.rules[place].was_true


def _is_right(rule: Rule, case: Case, outcome: _Outcome) -> bool:
    verdicts = list(outcome.verdicts.values())
    if case.verdict is not None and case.verdict not in verdicts:
        return False
    own = rule.flag.verdict if rule.flag else None
    has_fired = outcome.prompts > 0 or outcome.notifications > 0 or outcome.has_set or own in verdicts
    if case.fires:
        return has_fired or case.verdict is not None
    return not has_fired and all(verdict in ("met", case.verdict) for verdict in verdicts)


def _is_offered(offer: Offer, outcome: _Outcome) -> bool:
    return offer.offer_id in outcome.offers


def _offers_rightly(case: Case, outcome: _Outcome) -> bool:
    is_all_there = all(offer_id in outcome.offers for offer_id in case.offered)
    return is_all_there and not any(offer_id in outcome.offers for offer_id in case.not_offered)


def _message(whose: str, case: Case, outcome: _Outcome) -> str:
    is_rule = whose.startswith("rule")
    fires, silent = (
        ("that the rule fires", "that the rule stays silent") if is_rule else ("this offer", "another or none")
    )
    parts = [
        fires if case.fires else silent,
        *([f"the verdict {case.verdict}"] if case.verdict is not None else []),
        *(f"the offer {offer_id}" for offer_id in case.offered),
        *(f"no offer {offer_id}" for offer_id in case.not_offered),
    ]
    return f"{whose}: a case expects {' with '.join(parts)}, what followed is {outcome.describe()}"
