"""What selling listens for where a playbook does not say: intents, acts and feelings that the models find."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from assist.playbook.moment import NOTHING, Finding, Moment, Truth
from assist.playbook.offers import catalogue as names
from assist.playbook.offers.catalogue import Reaction
from assist.playbook.operators.base import Operator
from assist.playbook.operators.logic import any_of
from assist.playbook.operators.signals import ActFound, EmotionFelt, IntentFound

ANSWERED_WITHIN_MS = 30_000
"""From what the agent said to the customer's taking it."""

PROBLEMS = (
    "query_bill",
    "query_contract",
    "query_progress",
    "cancel_vas",
    "recharge",
    "sim_account",
    "close_account",
    "fault_mobile",
    "fault_broadband",
    "complain_billing",
    "complain_unsolicited",
    "complain_misled",
    "complain_attitude",
    "complain_unresolved",
    "complain_spam",
    "threaten_leave",
    "port_out",
    "escalate",
    "recall_promise",
    "bye",
)
"""Intents with which a caller has a problem (again), or is about to go."""

_INTENTS = {
    names.REFUSED: ("refuse",),
    names.AGREED: ("agree",),
    names.INTERESTED: ("agree", "query_plan", "add_pack", "change_plan"),
    names.PRICE: ("price_objection",),
    names.RIVAL: ("compare_rival",),
    names.DISTRUST: ("complain_misled",),
    names.CONFUSED: ("confused",),
    names.HESITANT: ("hesitate",),
}
_FEELINGS = {names.WORRIED: ("anxious",), names.CONFUSED: ("confused",), names.HESITANT: ("hesitant",)}

TITLES: dict[Literal["zh-CN", "en"], dict[str, str]] = {
    "zh-CN": {
        names.REFUSED: "已拒绝",
        names.AGREED: "同意办理",
        names.INTERESTED: "有兴趣",
        names.PRICE: "嫌贵",
        names.RIVAL: "比较别家",
        names.DISTRUST: "不信任",
        names.WORRIED: "有顾虑",
        names.CONFUSED: "没听明白",
        names.HESITANT: "在犹豫",
    },
    "en": {
        names.REFUSED: "refused",
        names.AGREED: "agreed",
        names.INTERESTED: "interested",
        names.PRICE: "too dear",
        names.RIVAL: "has a rival's offer",
        names.DISTRUST: "distrusts it",
        names.WORRIED: "worried",
        names.CONFUSED: "did not follow",
        names.HESITANT: "hesitates",
    },
}


@dataclass(frozen=True, slots=True)
class Never(Operator):
    """What a playbook does not listen for."""

    def observe(self, moment: Moment) -> tuple[Never, Finding]:
        return self, NOTHING


NEVER = Never()


@dataclass(frozen=True, slots=True)
class Settled(Operator):
    """The agent did or promised something and the customer took it, or was told something and gives thanks."""

    promised: Operator
    told: Operator
    taken: Operator
    thanked: Operator
    promised_ms: int | None = None
    told_ms: int | None = None

    def observe(self, moment: Moment) -> tuple[Settled, Finding]:
        findings = [part.observe(moment)[1] for part in self.parts]
        promised, told, taken, thanked = (finding.truth is Truth.TRUE for finding in findings)
        after = self
        if promised:
            after = replace(after, promised_ms=moment.at_ms)
        if told or promised:
            after = replace(after, told_ms=moment.at_ms)
        is_settled = (taken and _is_near(self.promised_ms, moment)) or (thanked and _is_near(self.told_ms, moment))
        evidence = (*findings[2].evidence, *findings[3].evidence)
        return after, Finding(Truth.TRUE, evidence[:1]) if is_settled else NOTHING

    @property
    def parts(self) -> tuple[Operator, ...]:
        """All of them look at one utterance and remember nothing."""
        return (self.promised, self.told, self.taken, self.thanked)


def _is_near(since_ms: int | None, moment: Moment) -> bool:
    return since_ms is not None and moment.at_ms <= since_ms + ANSWERED_WITHIN_MS


def settled(min_confidence: float) -> Operator:
    """The caller's problem is solved, by the acts of both."""
    return Settled(
        promised=ActFound("agent", min_confidence, ("commit",)),
        told=ActFound("agent", min_confidence, ("inform", "answer", "instruct")),
        taken=ActFound("customer", min_confidence, ("accept", "thank", "ack")),
        thanked=ActFound("customer", min_confidence, ("accept", "thank")),
    )


def reopened(min_confidence: float) -> Operator:
    """The caller has a problem (again), or takes leave."""
    return IntentFound("customer", min_confidence, PROBLEMS, primary_only=True)


def said(min_confidence: float) -> Operator:
    """The agent offers something."""
    return ActFound("agent", min_confidence, ("offer",))


def reactions(min_confidence: float, language: Literal["zh-CN", "en"]) -> dict[str, Reaction]:
    """By name, in the order in which they are looked for."""
    found: dict[str, Reaction] = {}
    for name in (*names.TURNING, *names.ANSWERED):
        parts: list[Operator] = []
        if name in _INTENTS:
            parts.append(IntentFound("customer", min_confidence, _INTENTS[name]))
        if name in _FEELINGS:
            parts.append(EmotionFelt("customer", min_confidence, _FEELINGS[name]))
        found[name] = Reaction(name, TITLES[language][name], parts[0] if len(parts) == 1 else any_of(tuple(parts)))
    return found
