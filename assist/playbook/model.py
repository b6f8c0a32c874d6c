"""A playbook as the engine runs it: phrases to listen for, rules, and the manners of prompting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from assist.messages import Party, PromptKind, Severity, Term
from assist.playbook.cases.case import Case
from assist.playbook.index import RuleIndex
from assist.playbook.moment import StateValue
from assist.playbook.operators.base import Operator
from assist.playbook.phrase import Phrase
from assist.playbook.tags import Tag

Language = Literal["zh-CN", "en"]
LabelKind = Literal["intent", "emotion", "act", "entity"]

URGENCY: dict[PromptKind, int] = {"soothe": 5, "step": 4, "answer": 3, "say": 2, "close": 1, "offer": 0}
"""Which kind of prompt takes the place of which: the caller's problem first, selling last."""

SELLING_KINDS: tuple[PromptKind, ...] = ("offer", "close")


@dataclass(frozen=True, slots=True)
class PromptText:
    """What a rule shows to the agent."""

    kind: PromptKind
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class FlagText:
    """What a rule tells QA."""

    title: str
    verdict: Literal["breach", "at_risk", "met"]
    """Verdict when the rule is true."""
    met: str
    """Reason of the flag when a duty was fulfilled; empty: fulfilled duties are not reported."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """When a rule's open prompt has missed its moment."""

    condition: Operator
    because: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: a condition and what follows from it."""

    rule_id: str
    title: str
    party: Party | None
    """Who is judged."""
    condition: Operator
    because: str
    """Reason for people; may hold {quote}, {seconds}, {count}."""
    fires_live: bool
    fires_at_close: bool
    severity: Severity
    cool_down_ms: int
    max_per_call: int
    expires_ms: int
    """Life of a prompt."""
    shows_early: bool
    """Its prompt may be shown while the words that call for it go on."""
    prompt: PromptText | None
    flag: FlagText | None
    sets: Mapping[str, StateValue]
    withdrawals: tuple[Withdrawal, ...]
    line: int
    """1-based line of the rule in its file."""
    cases: tuple[Case, ...] = ()
    """Dialogues that it must and must not react to."""

    @property
    def rank(self) -> int:
        """Place among the rules of a moment: states first, then the most urgent prompts, then flags alone."""
        if self.sets:
            return -1
        return len(URGENCY) if self.prompt is None else max(URGENCY.values()) - URGENCY[self.prompt.kind]


@dataclass(frozen=True, slots=True)
class AskedLabel:
    """A label that a rule asks for, so that one that no model gives can be told."""

    kind: LabelKind
    label: str
    line: int
    """1-based."""


@dataclass(frozen=True, slots=True)
class Etiquette:
    """Manners of prompting, for all rules."""

    no_selling_while: Mapping[str, StateValue]
    """While one of these states has this value, offer and close prompts are held back and open ones withdrawn."""
    selling_held_because: str
    max_open_prompts: int
    """How many prompts an agent can look at; a more urgent one takes the place of a less urgent."""
    min_gap_ms: int
    """Least time from one prompt to the next, unless that is more urgent."""


@dataclass(frozen=True, slots=True)
class Playbook:
    """A versioned set of rules; immutable, so calls in progress keep the one they began with."""

    name: str
    version: str
    title: str
    language: Language
    phrases: tuple[Phrase, ...]
    """Everything the phrase analyser has to look for, each text once, in order of appearance."""
    tags: tuple[Tag, ...]
    utc_offset_min: int
    """From UTC to the clock of the hotline, in minutes: which day a call was opened on."""
    rules: tuple[Rule, ...]
    etiquette: Etiquette
    lexicon: tuple[Term, ...]
    """Names that the recogniser should know, in order of appearance."""
    labels: tuple[AskedLabel, ...]
    """What rules and their cases ask of the models, in the order of the file."""
    digest: str
    """sha256 of the content (comments and layout do not count), in hex."""
    index: RuleIndex = field(init=False, repr=False, compare=False)
    """Which rules see which moments."""

    def __post_init__(self) -> None:
        rules = [
            (rule.rule_id, rule.condition, tuple(withdrawal.condition for withdrawal in rule.withdrawals))
            for rule in self.rules
        ]
        object.__setattr__(self, "index", RuleIndex(rules))

    @property
    def shows_early(self) -> bool:
        """Whether any rule looks at words that go on."""
        return any(rule.shows_early for rule in self.rules)

    @property
    def reference(self) -> str:
        """name@version"""
        return f"{self.name}@{self.version}"
