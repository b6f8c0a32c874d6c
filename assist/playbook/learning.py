"""What is told beside the words becomes facts and tags of a call."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from assist.messages import CustomerTagged, PromptsLimited
from assist.playbook.attention import limits_of
from assist.playbook.facts import Known
from assist.playbook.memory import history_facts, hour_facts, is_of_agent, is_of_customer
from assist.playbook.model import Playbook
from assist.playbook.moment import Truth
from assist.playbook.operators.facts import CALL_DATE
from assist.playbook.operators.hours import CALL_TIME
from assist.playbook.state import RunState
from assist.playbook.tags import weigh

DOUBTFUL_GAP_MS = 500
"""Of missing sound: time enough for the shortest words that a duty is fulfilled with (请稍等、对不起)."""


Learnt = CustomerTagged | PromptsLimited
"""What follows from it at once."""


def learn(playbook: Playbook, state: RunState, known: Known) -> tuple[RunState, tuple[Learnt, ...]]:
    """Another customer or agent than before brings facts of their own: those of the first are forgotten."""
    if known.result is not None:
        return replace(state, heard=state.heard.told(known.result)), ()
    if known.judgement is not None:
        return replace(state, judgements={**state.judgements, known.judgement.label: known.judgement}), ()
    if known.gap is not None:
        is_long = known.gap.end_ms - known.gap.start_ms >= DOUBTFUL_GAP_MS
        return replace(state, gaps=(*state.gaps, known.gap)) if is_long else state, ()
    facts, is_another = dict(state.facts), _is_another("customer.id", state, known)
    if is_another:
        facts = {path: value for path, value in facts.items() if not is_of_customer(path)}
    if _is_another("agent.id", state, known):
        facts = {path: value for path, value in facts.items() if not is_of_agent(path)}
    facts |= known.facts
    if known.hour is not None and known.hour.agent_id == facts.get("agent.id"):
        facts |= hour_facts(known.hour)
    if known.history is not None:
        facts |= history_facts(known.history, playbook.utc_offset_min)
    if known.opened_at is not None:
        opened_at = known.opened_at + timedelta(minutes=playbook.utc_offset_min)
        facts |= {CALL_DATE: opened_at.date().isoformat(), CALL_TIME: f"{opened_at:%H:%M}"}
    tags = weigh(playbook.tags, facts)
    tagged = tuple(tag.held(facts) for tag in playbook.tags if tags[tag.tag_id] is Truth.TRUE)
    limits = limits_of(playbook.etiquette, facts)
    told: list[Learnt] = []
    if tagged != state.tagged or (is_another and tagged):
        told.append(CustomerTagged(at_ms=state.at_ms, tags=tagged))
    if limits != state.limits:
        told.append(PromptsLimited(at_ms=state.at_ms, limits=limits))
    return replace(state, facts=facts, tags=tags, tagged=tagged, limits=limits), tuple(told)


def _is_another(path: str, state: RunState, known: Known) -> bool:
    """Whether somebody else than before is told of."""
    before = state.facts.get(path)
    return before is not None and known.facts.get(path, before) != before
