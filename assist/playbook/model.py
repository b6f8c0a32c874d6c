"""A playbook as the engine runs it: phrases to listen for, rules, and the manners of prompting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import Literal

from assist.messages import Party, Prompt, PromptKind, Severity, Term
from assist.playbook.budget import Allowance
from assist.playbook.cases.case import Case
from assist.playbook.dispositions import Filing
from assist.playbook.experiments import Experiment
from assist.playbook.index import RuleIndex
from assist.playbook.meaning import Meaning
from assist.playbook.moment import StateValue, Truth
from assist.playbook.offers.catalogue import Catalogue
from assist.playbook.operators.base import Operator
from assist.playbook.phrase import Phrase
from assist.playbook.question import Question
from assist.playbook.rule_run import RuleRun
from assist.playbook.tags import Tag, weigh

Language = Literal["zh-CN", "en"]
LabelKind = Literal["intent", "emotion", "act", "entity"]

URGENCY: dict[PromptKind, int] = {"soothe": 5, "step": 4, "answer": 3, "say": 2, "close": 1, "offer": 0}
"""Which kind of prompt takes the place of which: the caller's problem first, selling last."""


def standing(prompt: Prompt) -> PromptKind:
    """The kind as which a prompt finds room: what the customer asks for is as urgent as the next step."""
    return "step" if prompt.asked_for else prompt.kind


def urgency(prompt: Prompt) -> int:
    """Of a prompt as it stands."""
    return URGENCY[standing(prompt)]


MAX_POINTS = 1_000
"""Of one flag, given or taken off."""

SELLING_KINDS: tuple[PromptKind, ...] = ("offer", "close")


@dataclass(frozen=True, slots=True)
class PromptText:
    """What a rule shows to the agent."""

    kind: PromptKind
    title: str
    body: str
    experiment: Experiment | None = None

    def always_shown(self) -> PromptText:
        """Out of no call, unless the prompt states a hold-out of its own; what varies its words goes on."""
        if self.experiment is None or not self.experiment.is_general:
            return self
        return replace(self, experiment=replace(self.experiment, hold_out=0.0) if self.experiment.variants else None)


@dataclass(frozen=True, slots=True)
class FlagText:
    """What a rule tells QA."""

    title: str
    verdict: Literal["breach", "at_risk", "met"]
    """Verdict when the rule is true."""
    met: str
    """Reason of the flag when a duty was fulfilled; empty: fulfilled duties are not reported."""


@dataclass(frozen=True, slots=True)
class NotifyText:
    """What a rule sends word of, and to whom."""

    channel: str
    """Name of a receiver, which the operator configures."""
    title: str
    line: int
    """1-based line of the channel in its file."""


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
    notify: NotifyText | None
    sets: Mapping[str, StateValue]
    withdrawals: tuple[Withdrawal, ...]
    line: int
    """1-based line of the rule in its file."""
    cases: tuple[Case, ...] = ()
    """Dialogues that it must and must not react to."""
    score: int = 0
    """Points of its flag when the rule is true; less than 0: taken off."""

    @property
    def is_silent(self) -> bool:
        """Whether it says nothing and only sets states."""
        return self.prompt is None and self.flag is None and self.notify is None

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
class UnusedCondition:
    """A condition that has a name, and nothing uses it."""

    name: str
    line: int
    """1-based."""

    @property
    def message(self) -> str:
        return f"nothing uses the condition {self.name!r}"


@dataclass(frozen=True, slots=True)
class Mode:
    """How agents of one mode like to be prompted."""

    kinds: frozenset[PromptKind]
    """Kinds of prompts that they are shown."""
    is_brief: bool
    """Titles alone, the rest on demand."""
    budget: tuple[Allowance, ...] | None
    """Instead of that for all; None: that for all."""


@dataclass(frozen=True, slots=True)
class Etiquette:
    """Manners of prompting, for all rules."""

    no_selling_while: Mapping[str, StateValue]
    """While one of these states has this value, offer and close prompts are held back and open ones withdrawn."""
    never_to: tuple[str, ...]
    """Tags of customers to whom nothing is sold."""
    selling_held_because: str
    max_open_prompts: int
    """How many prompts an agent can look at; a more urgent one takes the place of a less urgent."""
    min_gap_ms: int
    """Least time from one prompt to the next, unless that is more urgent."""
    budget: tuple[Allowance, ...]
    """Places for prompts in a call; a prompt needs one in each allowance. Empty: there is no end of them."""
    modes: Mapping[str, Mode]
    """By the fact ``agent.mode``; agents of other modes, or of none, are shown everything."""


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
    catalogue: Catalogue | None
    """What can be offered, and how."""
    etiquette: Etiquette
    lexicon: tuple[Term, ...]
    """Names that the recogniser should know, in order of appearance."""
    labels: tuple[AskedLabel, ...]
    """What rules and their cases ask of the models, each place once, in the order of the file."""
    unused_conditions: tuple[UnusedCondition, ...]
    meanings: tuple[Meaning, ...]
    """Sets of sentences that utterances are compared with."""
    questions: tuple[Question, ...]
    """What a model is asked at the end of calls; questions that no rule asks are left out."""
    dispositions: tuple[Filing, ...]
    """Where calls are filed beside the default list, in the order in which it is tried."""
    digest: str
    """sha256 of the content (comments and layout do not count), in hex."""
    index: RuleIndex = field(init=False, repr=False, compare=False)
    """Which rules see which moments."""
    runs_at_first: tuple[RuleRun, ...] = field(init=False, repr=False, compare=False)
    """What the rules remember before anything happened; calls share it, as nothing changes in place."""
    tags_at_first: Mapping[str, Truth] = field(init=False, repr=False, compare=False)
    """How true each tag is then, while nothing is known."""
    experiments: Mapping[str, Experiment] = field(init=False, repr=False, compare=False)
    """By the id of the rule or offer whose prompts they are about, in the order of the file."""

    def __post_init__(self) -> None:
        rules = [
            (rule.rule_id, rule.condition, tuple(withdrawal.condition for withdrawal in rule.withdrawals))
            for rule in self.rules
        ]
        object.__setattr__(self, "index", RuleIndex(rules))
        runs = tuple(RuleRun(condition, withdrawals) for _, condition, withdrawals in rules)
        object.__setattr__(self, "runs_at_first", runs)
        object.__setattr__(self, "tags_at_first", weigh(self.tags, {}))
        experiments = {source: experiment for _, source, experiment in experiments_in(self.rules, self.catalogue)}
        object.__setattr__(self, "experiments", experiments)

    def title_of(self, source: str) -> str:
        """What people call the prompts of a rule or an offer, by its id; empty: there is none."""
        offers = self.catalogue.offers if self.catalogue else ()
        prompts = {rule.rule_id: rule.prompt.title for rule in self.rules if rule.prompt is not None}
        return (prompts | {offer.offer_id: offer.title for offer in offers}).get(source, "")

    def experiment_of(self, source: str) -> Experiment | None:
        """The experiment about the prompts of a rule or an offer, by its id."""
        return self.experiments.get(source)

    @property
    def shows_early(self) -> bool:
        """Whether any rule looks at words that go on, or anything that sells."""
        selling = () if self.catalogue is None else (*self.catalogue.needs, *self.catalogue.reactions)
        return any(one.shows_early for one in (*self.rules, *selling))

    @property
    def notifies(self) -> tuple[NotifyText, ...]:
        """Whom rules send word to, in the order of the rules."""
        return tuple(rule.notify for rule in self.rules if rule.notify is not None)

    @property
    def cases(self) -> tuple[Case, ...]:
        """Those of rules, then those of offers."""
        offers = () if self.catalogue is None else self.catalogue.offers
        return tuple(case for owner in (*self.rules, *offers) for case in owner.cases)

    @property
    def reference(self) -> str:
        """name@version"""
        return f"{self.name}@{self.version}"

    def reference_of(self, rule: Rule) -> str:
        """id@version, as prompts and flags name what they come from."""
        return f"{rule.rule_id}@{self.version}"


def experiments_in(rules: Iterable[Rule], catalogue: Catalogue | None) -> Sequence[tuple[int, str, Experiment]]:
    """Line, id of the rule or offer, and the experiment about its prompts, in the order of the file."""
    prompted = [(rule.line, rule.rule_id, rule.prompt.experiment) for rule in rules if rule.prompt is not None]
    offered = [(offer.line, offer.offer_id, offer.experiment) for offer in catalogue.offers] if catalogue else []
    declared = [(line, source, one) for line, source, one in (*prompted, *offered) if one is not None]
    return sorted(declared, key=itemgetter(0))
