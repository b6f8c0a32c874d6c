"""The section ``rules`` of a playbook: everything of a rule but its operators is read here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal, cast, get_args

import yaml

from assist.messages import PromptKind, Severity
from assist.playbook.cases.reading import read_cases
from assist.playbook.conditions import (
    OPERATORS,
    Scope,
    check_judges,
    check_rules,
    read_condition,
    read_operators,
    read_party,
    read_scope,
    read_state_value,
)
from assist.playbook.etiquette import check_states
from assist.playbook.experiments import GeneralHoldOut, Subject
from assist.playbook.experiments.reading import read_experiment
from assist.playbook.model import MAX_POINTS, AskedLabel, FlagText, NotifyText, PromptText, Rule, Withdrawal
from assist.playbook.moment import AT_CLOSE, StateValue
from assist.playbook.operators.base import Operator
from assist.playbook.reader import Reader, line_of
from assist.playbook.wording import PLACEHOLDERS, placeholders_in

MAX_RULES = 2_000
MAX_TITLE_CHARS = 40
MAX_BODY_CHARS = 200
DEFAULT_MIN_CONFIDENCE = 0.35
DEFAULT_EXPIRES_MS = 30_000
DEFAULT_COOL_DOWN_MS = 30_000
"""Of prompts and notifications; flags have none."""
DEFAULT_MAX_PER_CALL = 10

RULE_KEYS = (
    "title",
    "party",
    "when",
    "severity",
    "min_confidence",
    "cool_down_ms",
    "max_per_call",
    "expires_ms",
    "early",
    "because",
    "emit",
    "set",
    "scope",
    "score",
    "withdraw",
    "cases",
)


def read_rules(node: yaml.Node, base: Scope, general: GeneralHoldOut | None = None) -> tuple[Rule, ...]:
    """In the order in which they see a moment: those that set states first, then the most urgent prompts.

    ``labels_asked`` of the scope gets what they, and their cases, ask of the models; ``general``: out of how many calls
    prompts are held that say nothing of it.
    """
    reader = base.reader
    rules: dict[str, Rule] = {}
    for item in reader.items(node, "rules", most=MAX_RULES):
        with reader.part():
            rule = _read_rule(item, base, general)
            if rule.rule_id in rules:
                first = rules[rule.rule_id].line
                raise reader.error(item, f"rule {rule.rule_id!r}: the id is already taken in line {first}")
            rules[rule.rule_id] = rule
            labels = [AskedLabel(kind, label, case.line) for case in rule.cases for kind, label in case.labels]
            base.labels_asked.extend(labels)
    states = {name for rule in rules.values() for name in rule.sets}
    with reader.part():
        check_states(base.states_asked, states, reader)
    with reader.part():
        check_rules(base.rules_asked, set(rules), reader)
    return tuple(sorted(rules.values(), key=lambda rule: rule.rank))


def _read_rule(node: yaml.Node, base: Scope, general: GeneralHoldOut | None) -> Rule:
    reader = base.reader
    if not isinstance(node, yaml.MappingNode):
        raise reader.error(node, "rules: expected a rule, beginning with its id")
    rule_id = next((reader.name(value, "rule: id") for key, value in node.value if key.value == "id"), "")
    where = f"rule {rule_id!r}"
    fields = reader.fields(node, where, required=("id",), optional=(*RULE_KEYS, *OPERATORS))
    read = _RuleFields(fields, reader, rule_id)
    scope = replace(base, where=where, min_confidence=read.min_confidence(), judges_asked=[])
    party = read_party(fields["party"], reader, where) if "party" in fields else "any"
    prompt, flag, notify = read.emit(general)
    sets = read.sets()
    is_silent = prompt is None and flag is None and notify is None
    if is_silent and not sets:
        raise reader.error(node, f"{where}: needs an emit or a set, otherwise nothing follows from it")
    condition = read_operators(node, fields, scope, "condition")
    if "scope" in fields:
        condition = read_scope(fields["scope"], scope, condition)
    when, severity, withdrawals = read.when(node, condition), read.severity(), read.withdrawals(scope)
    check_judges(scope, condition, is_critical=severity == "critical" and flag is not None)
    return Rule(
        rule_id=rule_id,
        title=read.title(),
        party=None if party == "any" else party,
        condition=condition,
        because=read.because(node, is_needed=not is_silent),
        fires_live=when != "close",
        fires_at_close=when != "live",
        severity=severity,
        cool_down_ms=read.integer("cool_down_ms", 0 if prompt is None and notify is None else DEFAULT_COOL_DOWN_MS),
        max_per_call=read.integer("max_per_call", DEFAULT_MAX_PER_CALL, least=1, most=1_000),
        expires_ms=read.integer("expires_ms", DEFAULT_EXPIRES_MS, least=1_000, most=3_600_000),
        shows_early=read.early(has_prompt=prompt is not None and when != "close"),
        prompt=prompt,
        flag=flag,
        notify=notify,
        sets=sets,
        withdrawals=withdrawals,
        line=line_of(node),
        cases=read_cases(
            fields["cases"],
            reader,
            where,
            has_flag=flag is not None,
            meanings=base.meanings,
            questions=base.questions,
        )
        if "cases" in fields
        else (),
        score=read.score(has_flag=flag is not None),
    )


class _RuleFields:
    """The fields of one rule that are not operators."""

    def __init__(self, fields: Mapping[str, yaml.Node], reader: Reader, rule_id: str) -> None:
        self._fields = fields
        self._reader = reader
        self._rule_id = rule_id
        self._where = f"rule {rule_id!r}"

    def integer(self, key: str, default: int, *, least: int = 0, most: int = 86_400_000) -> int:
        node = self._fields.get(key)
        return default if node is None else self._reader.integer(node, self._name(key), least=least, most=most)

    def title(self) -> str:
        node = self._fields.get("title")
        return "" if node is None else self._reader.text(node, self._name("title"), most=MAX_TITLE_CHARS)

    def severity(self) -> Severity:
        node = self._fields.get("severity")
        if node is None:
            return "minor"
        return cast(Severity, self._reader.choice(node, self._name("severity"), get_args(Severity)))

    def score(self, *, has_flag: bool) -> int:
        node = self._fields.get("score")
        if node is None:
            return 0
        if not has_flag:
            raise self._reader.error(node, f"{self._name('score')}: only a flag has points")
        return self._reader.integer(node, self._name("score"), least=-MAX_POINTS, most=MAX_POINTS)

    def min_confidence(self) -> float:
        node = self._fields.get("min_confidence")
        return DEFAULT_MIN_CONFIDENCE if node is None else self._reader.fraction(node, self._name("min_confidence"))

    def when(self, rule: yaml.Node, condition: Operator) -> str:
        """live, close or both; refused where the condition can never be true then."""
        node = self._fields.get("when")
        when = "both" if node is None else self._reader.choice(node, self._name("when"), ("live", "close", "both"))
        if (when == "close" and "close" not in condition.moments) or (when == "live" and condition.moments == AT_CLOSE):
            raise self._reader.error(node or rule, f"{self._name('when')}: the condition is never true at that time")
        return when

    def early(self, *, has_prompt: bool) -> bool:
        """Refused where there is nothing to show during the call."""
        node = self._fields.get("early")
        is_early = node is not None and self._reader.boolean(node, self._name("early"))
        if node is not None and is_early and not has_prompt:
            raise self._reader.error(node, f"{self._name('early')}: only a prompt shown during the call can be early")
        return is_early

    def because(self, rule: yaml.Node, *, is_needed: bool) -> str:
        node = self._fields.get("because")
        if node is not None:
            return _read_reason(node, self._reader, self._name("because"))
        if is_needed:
            raise self._reader.error(rule, f"{self._where}: the key 'because' is missing; people see it as the reason")
        return ""

    def sets(self) -> dict[str, StateValue]:
        node = self._fields.get("set")
        if node is None:
            return {}
        entries = self._reader.entries(node, self._name("set"))
        return {
            self._reader.name(key, self._name("set")): read_state_value(value, self._reader, self._name("set"))
            for key, value in entries.values()
        }

    def emit(self, general: GeneralHoldOut | None) -> tuple[PromptText | None, FlagText | None, NotifyText | None]:
        node = self._fields.get("emit")
        if node is None:
            return None, None, None
        what = self._name("emit")
        fields = self._reader.fields(node, what, optional=("prompt", "flag", "notify"))
        if not fields:
            raise self._reader.error(node, f"{what}: needs a prompt, a flag or a notify")
        return (
            self._read_prompt(fields["prompt"], general, is_duty="flag" in fields) if "prompt" in fields else None,
            self._read_flag(fields["flag"]) if "flag" in fields else None,
            self._read_notify(fields["notify"]) if "notify" in fields else None,
        )

    def withdrawals(self, scope: Scope) -> tuple[Withdrawal, ...]:
        node = self._fields.get("withdraw")
        if node is None:
            return ()
        withdrawals: list[Withdrawal] = []
        for item in self._reader.items(node, self._name("withdraw")):
            fields = self._reader.fields(item, self._name("withdraw"), required=("when", "because"))
            because = _read_reason(fields["because"], self._reader, self._name("withdraw: because"))
            withdrawals.append(Withdrawal(read_condition(fields["when"], scope, "withdraw: when"), because))
        return tuple(withdrawals)

    def _read_prompt(self, node: yaml.Node, general: GeneralHoldOut | None, *, is_duty: bool) -> PromptText:
        what = self._name("emit: prompt")
        fields = self._reader.fields(node, what, required=("kind", "title", "body"), optional=("experiment",))
        kind = cast(PromptKind, self._reader.choice(fields["kind"], f"{what}: kind", get_args(PromptKind)))
        subject = Subject(self._rule_id, kind, is_duty=is_duty)
        return PromptText(
            kind=kind,
            title=self._reader.text(fields["title"], f"{what}: title", most=MAX_TITLE_CHARS),
            body=self._reader.text(fields["body"], f"{what}: body", most=MAX_BODY_CHARS),
            experiment=read_experiment(fields.get("experiment"), self._reader, what, subject=subject, general=general),
        )

    def _read_flag(self, node: yaml.Node) -> FlagText:
        what = self._name("emit: flag")
        fields = self._reader.fields(node, what, optional=("title", "verdict", "met"))
        title = self.title()
        if "title" in fields:
            title = self._reader.text(fields["title"], f"{what}: title", most=MAX_TITLE_CHARS)
        if not title:
            raise self._reader.error(node, f"{what}: the key 'title' is missing, here or in the rule")
        verdict = "breach"
        if "verdict" in fields:
            verdict = self._reader.choice(fields["verdict"], f"{what}: verdict", ("breach", "at_risk", "met"))
        met = _read_reason(fields["met"], self._reader, f"{what}: met") if "met" in fields else ""
        return FlagText(title, cast(Literal["breach", "at_risk", "met"], verdict), met)

    def _read_notify(self, node: yaml.Node) -> NotifyText:
        """A channel's name, or with a title of its own; addresses are the operator's."""
        what = self._name("emit: notify")
        if isinstance(node, yaml.ScalarNode):
            channel, title = node, self.title()
        else:
            fields = self._reader.fields(node, what, required=("channel",), optional=("title",))
            channel, title = fields["channel"], self.title()
            if "title" in fields:
                title = self._reader.text(fields["title"], f"{what}: title", most=MAX_TITLE_CHARS)
        name = self._reader.name(channel, f"{what}: channel")
        if not title:
            raise self._reader.error(node, f"{what}: the key 'title' is missing, here or in the rule")
        return NotifyText(name, title, line_of(channel))

    def _name(self, key: str) -> str:
        return f"{self._where}: {key}"


def _read_reason(node: yaml.Node, reader: Reader, what: str) -> str:
    """A sentence for people with placeholders that exist."""
    reason = reader.text(node, what, most=MAX_BODY_CHARS)
    unknown = placeholders_in(reason) - PLACEHOLDERS
    if unknown:
        names = ", ".join(sorted(PLACEHOLDERS))
        raise reader.error(node, f"{what}: unknown placeholder {{{min(unknown)}}}; known are {names}")
    return reason
