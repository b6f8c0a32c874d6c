"""What every operator's reading function works with: where it stands, and the parameters given to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import cast

import yaml

from assist.errors import PlaybookError
from assist.playbook.meaning import Meaning
from assist.playbook.model import AskedLabel
from assist.playbook.moment import StateValue, Who
from assist.playbook.operators.base import Operator
from assist.playbook.operators.logic import all_of
from assist.playbook.operators.order import MAX_REMEMBERED
from assist.playbook.phrase import Phrase
from assist.playbook.question import Question
from assist.playbook.reader import Reader, tag_of

PARTIES = ("agent", "customer", "any")
MAX_PHRASE_CHARS = 40
MAX_TURNS = 1_000
MAX_CHARS = 10_000
MAX_LABELS = 64
"""Labels, values or examples that one operator lists."""


@dataclass(slots=True)
class NamedConditions:
    """The section ``conditions`` of a playbook; filled while those that use them are read."""

    nodes: Mapping[str, yaml.Node] = field(default_factory=dict[str, yaml.Node])
    """By name, in the order of the file."""
    tried: set[str] = field(default_factory=set[str])
    """Those that were read by themselves."""
    broken: dict[str, PlaybookError] = field(default_factory=dict[str, PlaybookError])
    """Those that cannot be read, and why."""
    used: set[str] = field(default_factory=set[str])
    written_chars: int = 0
    """Of all uses, written out."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a condition takes over from where it stands."""

    reader: Reader
    operators: Mapping[str, ReadOperator]
    """The rule language, by the names in playbooks."""
    where: str
    """The rule, for messages."""
    who: Who
    min_confidence: float
    phrase_sets: Mapping[str, tuple[Phrase, ...]]
    states_asked: list[tuple[str, yaml.Node]] = field(default_factory=list[tuple[str, yaml.Node]])
    """Filled while reading, so that a misspelt state can be refused."""
    tags: frozenset[str] = frozenset()
    """Tags of the playbook, by id."""
    labels_asked: list[AskedLabel] = field(default_factory=list[AskedLabel])
    """Filled while reading."""
    subjects_asked: list[tuple[str, yaml.Node]] = field(default_factory=list[tuple[str, yaml.Node]])
    """Rules and offers whose course is looked at; filled while reading."""

    meanings: Mapping[str, Meaning] = field(default_factory=dict[str, Meaning])
    """Sets of sentences of the playbook, by name."""
    rules_asked: list[tuple[str, yaml.Node]] = field(default_factory=list[tuple[str, yaml.Node]])
    """Rules that others ask about; filled while reading."""
    questions: Mapping[str, Question] = field(default_factory=dict[str, Question])
    """Questions of the playbook, by name."""
    judges_asked: list[tuple[Operator, yaml.Node, str]] = field(default_factory=list[tuple[Operator, yaml.Node, str]])
    """With node and place; filled while reading, so that one that is never answered where it stands can be refused."""
    conditions: NamedConditions = field(default_factory=NamedConditions)
    within: tuple[str, ...] = ()
    """Named conditions that are being read, from the outermost inwards."""

    def of(self, who: Who) -> Scope:
        return replace(self, who=who)

    def named(self, operator: str) -> str:
        """The place of an operator, for messages."""
        return f"{self.where}: {operator}"


ReadOperator = Callable[[yaml.Node, Scope], Operator]


def read_condition(node: yaml.Node, scope: Scope, what: str) -> Operator:
    """A mapping of operators, joined with *and*; ``party`` says whose words they look at."""
    fields = scope.reader.fields(node, scope.named(what), optional=("party", *scope.operators))
    return read_operators(node, fields, scope, what)


def read_operators(node: yaml.Node, fields: Mapping[str, yaml.Node], scope: Scope, what: str) -> Operator:
    """The operators among the fields of a mapping."""
    if "party" in fields:
        scope = scope.of(read_party(fields["party"], scope.reader, scope.named(what)))
    operators = [read(fields[name], scope) for name, read in scope.operators.items() if name in fields]
    if not operators:
        known = ", ".join(sorted(scope.operators))
        raise scope.reader.error(node, f"{scope.named(what)}: no operator; known are {known}")
    condition = operators[0] if len(operators) == 1 else all_of(tuple(operators))
    if not condition.moments:
        raise scope.reader.error(node, f"{scope.named(what)}: these operators are never true at the same moment")
    return condition


def read_list(node: yaml.Node, scope: Scope, what: str, *, least: int = 1) -> tuple[Operator, ...]:
    """Several conditions."""
    items = scope.reader.items(node, scope.named(what), least=least, most=MAX_REMEMBERED)
    return tuple(read_condition(item, scope, what) for item in items)


def read_party(node: yaml.Node, reader: Reader, what: str) -> Who:
    """agent, customer or any."""
    return cast(Who, reader.choice(node, f"{what}: party", PARTIES))


def read_state_value(node: yaml.Node, reader: Reader, what: str) -> StateValue:
    """A word, a whole number, true or false."""
    match tag_of(node):
        case "bool":
            return reader.boolean(node, what)
        case "int":
            return reader.integer(node, what)
        case _:
            return reader.text(node, what, most=MAX_PHRASE_CHARS)


class Given:
    """The parameters given to one operator."""

    def __init__(
        self,
        node: yaml.Node,
        scope: Scope,
        operator: str,
        *,
        required: tuple[str, ...] = (),
        optional: tuple[str, ...] = (),
    ) -> None:
        self.node = node
        self._scope = scope
        self._reader = scope.reader
        self._operator = operator
        self._what = scope.named(operator)
        self._fields = scope.reader.fields(node, self._what, required=required, optional=optional)

    def __contains__(self, key: str) -> bool:
        return key in self._fields

    def refuse(self, problem: str) -> Exception:
        """The error to raise for this operator."""
        return self._reader.error(self.node, f"{self._what}: {problem}")

    def integer(self, key: str, default: int, *, least: int = 0, most: int = 86_400_000) -> int:
        value = self.optional_integer(key, least=least, most=most)
        return default if value is None else value

    def optional_integer(self, key: str, *, least: int = 0, most: int = 86_400_000) -> int | None:
        node = self._fields.get(key)
        return None if node is None else self._reader.integer(node, f"{self._what}: {key}", least=least, most=most)

    def fraction(self, key: str, default: float) -> float:
        node = self._fields.get(key)
        return default if node is None else self._reader.fraction(node, f"{self._what}: {key}")

    def optional_number(self, key: str) -> float | None:
        node = self._fields.get(key)
        return None if node is None else self._reader.number(node, f"{self._what}: {key}")

    def is_number(self, key: str) -> bool:
        node = self._fields.get(key)
        return node is not None and tag_of(node) == "int"

    def flag(self, key: str, default: bool = False) -> bool:
        node = self._fields.get(key)
        return default if node is None else self._reader.boolean(node, f"{self._what}: {key}")

    def text(self, key: str, default: str = "", *, most: int = MAX_PHRASE_CHARS) -> str:
        node = self._fields.get(key)
        return default if node is None else self._reader.text(node, f"{self._what}: {key}", most=most)

    def choice(self, key: str, choices: tuple[str, ...], default: str) -> str:
        node = self._fields.get(key)
        return default if node is None else self._reader.choice(node, f"{self._what}: {key}", choices)

    def texts(self, key: str) -> tuple[str, ...]:
        """A text or a list of texts; empty where the key is missing."""
        node = self._fields.get(key)
        return () if node is None else read_texts(node, self._reader, f"{self._what}: {key}")

    def nodes(self, key: str) -> yaml.Node | None:
        """What was given, unread."""
        return self._fields.get(key)

    def party(self, key: str, default: Who) -> Who:
        node = self._fields.get(key)
        if node is None:
            return default
        return cast(Who, self._reader.choice(node, f"{self._what}: {key}", PARTIES))

    def condition(self, key: str, scope: Scope) -> Operator | None:
        node = self._fields.get(key)
        return None if node is None else read_condition(node, scope, f"{self._operator}: {key}")

    def needed(self, key: str, scope: Scope) -> Operator:
        return read_condition(self._fields[key], scope, f"{self._operator}: {key}")

    def conditions(self, key: str, scope: Scope, *, least: int) -> tuple[Operator, ...]:
        return read_list(self._fields[key], scope, f"{self._operator}: {key}", least=least)


def read_texts(node: yaml.Node, reader: Reader, what: str) -> tuple[str, ...]:
    """One text or value, or a list of them, as written."""
    nodes = (node,) if isinstance(node, yaml.ScalarNode) else reader.items(node, what, most=MAX_LABELS)
    return tuple(str(read_state_value(item, reader, what)) for item in nodes)
