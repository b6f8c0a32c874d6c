"""Rule cases of stored calls, tried under a playbook, as commands tell them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gateway.transcript import clock

if TYPE_CHECKING:
    from assist.playbook import Playbook
    from assist.quality.case_trial import CaseTrial
    from gateway.settings import Settings


async def trials_under(playbook: Playbook, settings: Settings) -> Sequence[CaseTrial]:
    """The cases of a playbook's rules, in the order of their decisions.

    Raises NotFoundError "no-calls" where there is no database yet, StoreError.
    """
    from assist.backtest import Ruleset
    from gateway.rule_cases import tried
    from gateway.wiring import open_stored, phrase_listener

    rules = Ruleset(playbook, phrase_listener(playbook))
    async with open_stored(settings) as stores:
        cases = await stores.reviews.cases(playbook=playbook.name)
        return [await tried(case, stores.calls, rules) for case in reversed(cases)]


def as_values(trials: Sequence[CaseTrial]) -> Mapping[str, Any]:
    """For programs."""
    return {
        "passing": sum(trial.state == "passing" for trial in trials),
        "failing": sum(trial.state == "failing" for trial in trials),
        "not_tried": sum(trial.state == "not-tried" for trial in trials),
        "cases": [
            {
                "case_id": trial.case.case_id,
                "rule": trial.case.rule_id,
                "call_id": trial.case.call_id,
                "at_ms": trial.case.at_ms,
                "expected": trial.case.expected,
                "found": trial.found,
                "state": trial.state,
                "reason": trial.case.reason,
            }
            for trial in trials
        ],
    }


def lines_of(values: Mapping[str, Any]) -> Iterator[str]:
    """For people: every case that fails or cannot be tried, and how many there are."""
    for case in values["cases"]:
        place = f"{case['call_id']} [{clock(case['at_ms'])}]"
        if case["state"] == "failing":
            reason = f": {case['reason']}" if case["reason"] else ""
            yield f"failing case of {case['rule']}: {place} expects {case['expected']}, finds {case['found']}{reason}"
        elif case["state"] == "not-tried":
            yield f"case of {case['rule']} not tried: {place} cannot be replayed, or nobody looked for what it asks"
    if values["cases"]:
        yield f"rule cases: {values['passing']} passing, {values['failing']} failing, {values['not_tried']} not tried"
