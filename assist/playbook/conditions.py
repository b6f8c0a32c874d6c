"""From YAML to operators: one small reading function per operator."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import cast

import yaml

from assist.measures import BACK_CHANNEL_CHARS, spoken_chars
from assist.playbook.moment import AT_TURNS, StateValue, Who
from assist.playbook.operators.base import Operator
from assist.playbook.operators.logic import AllOf, AnyOf, InState, Not
from assist.playbook.operators.order import (
    MAX_REMEMBERED,
    Absent,
    Count,
    FollowedBy,
    NotAfter,
    PrecededBy,
    Sequence,
)
from assist.playbook.operators.text import Length, PhraseSaid
from assist.playbook.operators.timing import CallLength, Silence, TalksOver, TurnCount
from assist.playbook.phrase import Phrase
from assist.playbook.reader import Reader, tag_of

PARTIES = ("agent", "customer", "any")
MAX_PHRASE_CHARS = 40
DEFAULT_MIN_SYLLABLES = 2
MAX_TURNS = 1_000
MAX_CHARS = 10_000


@dataclass(frozen=True, slots=True)
class Scope:
    """What a condition takes over from where it stands."""

    reader: Reader
    where: str
    """The rule, for messages."""
    who: Who
    min_confidence: float
    phrase_sets: Mapping[str, tuple[Phrase, ...]]
    states_asked: list[tuple[str, yaml.Node]] = field(default_factory=list[tuple[str, yaml.Node]])
    """Filled while reading, so that a misspelt state can be refused."""

    def of(self, who: Who) -> Scope:
        return replace(self, who=who)

    def named(self, operator: str) -> str:
        """The place of an operator, for messages."""
        return f"{self.where}: {operator}"


def read_condition(node: yaml.Node, scope: Scope, what: str) -> Operator:
    """A mapping of operators, joined with *and*; ``party`` says whose words they look at."""
    fields = scope.reader.fields(node, scope.named(what), optional=("party", *OPERATORS))
    return read_operators(node, fields, scope, what)


def read_operators(node: yaml.Node, fields: Mapping[str, yaml.Node], scope: Scope, what: str) -> Operator:
    """The operators among the fields of a mapping."""
    if "party" in fields:
        scope = scope.of(read_party(fields["party"], scope.reader, scope.named(what)))
    operators = [read(fields[name], scope) for name, read in OPERATORS.items() if name in fields]
    if not operators:
        raise scope.reader.error(node, f"{scope.named(what)}: no operator; known are {', '.join(sorted(OPERATORS))}")
    condition = operators[0] if len(operators) == 1 else AllOf(tuple(operators))
    if not condition.moments:
        raise scope.reader.error(node, f"{scope.named(what)}: these operators are never true at the same moment")
    return condition


def read_party(node: yaml.Node, reader: Reader, what: str) -> Who:
    """agent, customer or any."""
    return cast(Who, reader.choice(node, f"{what}: party", PARTIES))


def read_phrases(
    node: yaml.Node, reader: Reader, what: str, phrase_sets: Mapping[str, tuple[Phrase, ...]]
) -> tuple[Phrase, ...]:
    """A list of phrases and ``$names`` of phrase sets; one alone needs no list."""
    nodes = (node,) if isinstance(node, yaml.ScalarNode) else reader.items(node, what)
    phrases: dict[str, Phrase] = {}
    for item in nodes:
        text = reader.text(item, f"{what}: phrase", most=MAX_PHRASE_CHARS)
        if not text.startswith("$"):
            if spoken_chars(text) == 0:
                raise reader.error(item, f"{what}: the phrase {text!r} has no words")
            phrases.setdefault(text, Phrase(text))
            continue
        if text[1:] not in phrase_sets:
            known = ", ".join(sorted(phrase_sets)) or "none"
            raise reader.error(item, f"{what}: no phrase set {text[1:]!r} above this line; known are {known}")
        for phrase in phrase_sets[text[1:]]:
            phrases.setdefault(phrase.text, phrase)
    return tuple(phrases.values())


def read_listening(
    fields: Mapping[str, yaml.Node], reader: Reader, what: str, phrases: tuple[Phrase, ...]
) -> tuple[Phrase, ...]:
    """Apply ``sounds_like``, ``min_score`` and ``min_syllables``, where given, to phrases."""
    if "sounds_like" in fields and not reader.boolean(fields["sounds_like"], f"{what}: sounds_like"):
        phrases = tuple(replace(phrase, sounds_like=False) for phrase in phrases)
    if "min_score" in fields:
        min_score = reader.integer(fields["min_score"], f"{what}: min_score", most=100)
        phrases = tuple(replace(phrase, min_score=min_score) for phrase in phrases)
    least = DEFAULT_MIN_SYLLABLES
    if "min_syllables" in fields:
        least = reader.integer(fields["min_syllables"], f"{what}: min_syllables", least=1, most=MAX_PHRASE_CHARS)
    return tuple(
        replace(phrase, sounds_like=False) if spoken_chars(phrase.text) < least else phrase for phrase in phrases
    )


LISTENING_KEYS = ("sounds_like", "min_score", "min_syllables")


def _read_phrase(node: yaml.Node, scope: Scope) -> Operator:
    reader, what = scope.reader, scope.named("phrase")
    if not isinstance(node, yaml.MappingNode):
        phrases = read_phrases(node, reader, what, scope.phrase_sets)
        return PhraseSaid(scope.who, scope.min_confidence, any_of=read_listening({}, reader, what, phrases))
    tests = ("any", "all", "none", "at_least")
    fields = reader.fields(node, what, optional=(*tests, *LISTENING_KEYS))
    if not any(test in fields for test in tests):
        raise reader.error(node, f"{what}: needs one of {', '.join(tests)}")

    def listed(key: str, among: Mapping[str, yaml.Node]) -> tuple[Phrase, ...]:
        if key not in among:
            return ()
        phrases = read_phrases(among[key], reader, f"{what}: {key}", scope.phrase_sets)
        return read_listening(fields, reader, what, phrases)

    at_least, of = 0, ()
    if "at_least" in fields:
        inner = reader.fields(fields["at_least"], f"{what}: at_least", required=("n", "of"))
        of = listed("of", inner)
        at_least = reader.integer(inner["n"], f"{what}: at_least: n", least=1, most=len(of))
    return PhraseSaid(
        scope.who,
        scope.min_confidence,
        any_of=listed("any", fields),
        all_of=listed("all", fields),
        none_of=listed("none", fields),
        at_least=at_least,
        at_least_of=of,
    )


def _read_length(node: yaml.Node, scope: Scope) -> Operator:
    given = _Given(node, scope, "length", optional=("min_chars", "max_chars"))
    return Length(
        scope.who,
        given.integer("min_chars", 0, most=MAX_CHARS),
        given.optional_integer("max_chars", most=MAX_CHARS),
    )


def _read_silence(node: yaml.Node, scope: Scope) -> Operator:
    given = _Given(node, scope, "silence", optional=("min_ms", "after_party", "unless_before", "count"))
    excuse = given.condition("unless_before", scope.of("any"))
    if excuse is not None and excuse.moments != AT_TURNS:
        raise scope.reader.error(node, f"{scope.named('silence')}: unless_before must look at words")
    return Silence(
        min_ms=given.integer("min_ms", 10_000, least=1_000),
        after=given.party("after_party", "any"),
        excuse=excuse,
        count=given.integer("count", 1, least=1, most=MAX_REMEMBERED),
    )


def _read_overtalk(node: yaml.Node, scope: Scope) -> Operator:
    given = _Given(node, scope, "overtalk", optional=("by", "min_ms", "min_chars", "other_started_ms", "count"))
    return TalksOver(
        by=given.party("by", scope.who),
        min_ms=given.integer("min_ms", 1_000),
        min_chars=given.integer("min_chars", BACK_CHANNEL_CHARS + 1, most=MAX_CHARS),
        other_started_ms=given.integer("other_started_ms", 1_000),
        count=given.integer("count", 1, least=1, most=MAX_REMEMBERED),
    )


def _read_call_length(node: yaml.Node, scope: Scope) -> Operator:
    given = _Given(node, scope, "call_length", optional=("min_ms", "max_ms"))
    return CallLength(given.integer("min_ms", 0), given.optional_integer("max_ms"))


def _read_turn_count(node: yaml.Node, scope: Scope) -> Operator:
    given = _Given(node, scope, "turn_count", optional=("party", "min", "max"))
    return TurnCount(
        given.party("party", scope.who),
        given.integer("min", 0, most=MAX_TURNS),
        given.optional_integer("max", most=MAX_TURNS),
    )


def _read_state(node: yaml.Node, scope: Scope) -> Operator:
    entries = scope.reader.entries(node, scope.named("state"))
    if not entries:
        raise scope.reader.error(node, f"{scope.named('state')}: needs a state and its value")
    scope.states_asked.extend((name, key) for name, (key, _) in entries.items())
    states = tuple(
        InState(name, read_state_value(value, scope.reader, scope.named("state")))
        for name, (_, value) in entries.items()
    )
    return states[0] if len(states) == 1 else AllOf(states)


def read_state_value(node: yaml.Node, reader: Reader, what: str) -> StateValue:
    """A word, a whole number, true or false."""
    match tag_of(node):
        case "bool":
            return reader.boolean(node, what)
        case "int":
            return reader.integer(node, what)
        case _:
            return reader.text(node, what, most=MAX_PHRASE_CHARS)


def _read_absent(node: yaml.Node, scope: Scope) -> Operator:
    given = _Given(node, scope, "absent", required=("what",), optional=("by_turn", "by_ms", "close"))
    by_turn = given.optional_integer("by_turn", least=1, most=MAX_TURNS)
    by_ms = given.optional_integer("by_ms", least=1)
    if given.flag("close") == (by_turn is not None or by_ms is not None):
        raise scope.reader.error(node, f"{scope.named('absent')}: needs by_turn, by_ms, or close: true")
    return Absent(given.needed("what", scope), scope.who, scope.min_confidence, by_turn, by_ms)


def _read_followed_by(node: yaml.Node, scope: Scope) -> Operator:
    given = _Given(
        node,
        scope,
        "followed_by",
        required=("after", "expect"),
        optional=("within_turns", "within_ms", "party"),
    )
    who = given.party("party", scope.who)
    within_ms = given.optional_integer("within_ms", least=1)
    within_turns = given.optional_integer("within_turns", least=1, most=MAX_TURNS)
    if within_ms is None and within_turns is None:
        within_turns = 2
    return FollowedBy(
        after=given.needed("after", scope),
        expect=given.needed("expect", scope.of(who)),
        who=who,
        min_confidence=scope.min_confidence,
        within_turns=within_turns,
        within_ms=within_ms,
    )


def _read_preceded_by(node: yaml.Node, scope: Scope) -> Operator:
    given = _Given(node, scope, "preceded_by", required=("before", "require"), optional=("anywhere", "within_turns"))
    within_turns = given.optional_integer("within_turns", least=1, most=MAX_TURNS)
    if given.flag("anywhere") and within_turns is not None:
        raise scope.reader.error(node, f"{scope.named('preceded_by')}: anywhere and within_turns exclude each other")
    return PrecededBy(
        before=given.needed("before", scope),
        require=given.needed("require", scope),
        who=scope.who,
        min_confidence=scope.min_confidence,
        within_turns=within_turns,
    )


def _read_not_after(node: yaml.Node, scope: Scope) -> Operator:
    given = _Given(node, scope, "not_after", required=("after", "forbid"), optional=("until", "times"))
    until_ms = given.optional_integer("until", least=1) if given.is_number("until") else None
    return NotAfter(
        after=given.needed("after", scope),
        forbid=given.needed("forbid", scope),
        until=given.condition("until", scope) if until_ms is None else None,
        until_ms=until_ms,
        times=given.integer("times", 1, least=1, most=MAX_REMEMBERED),
    )


def _read_sequence(node: yaml.Node, scope: Scope) -> Operator:
    given = _Given(node, scope, "sequence", required=("steps",), optional=("within_ms",))
    return Sequence(given.conditions("steps", scope, least=2), given.optional_integer("within_ms", least=1))


def _read_count(node: yaml.Node, scope: Scope) -> Operator:
    given = _Given(node, scope, "count", required=("what",), optional=("min", "max", "within_ms"))
    least = given.integer("min", 0, most=MAX_REMEMBERED)
    most = given.optional_integer("max", most=MAX_REMEMBERED - 1)
    if least == 0 and most is None:
        raise scope.reader.error(node, f"{scope.named('count')}: needs min, max, or both")
    return Count(given.needed("what", scope), least, most, given.optional_integer("within_ms", least=1))


def _read_all(node: yaml.Node, scope: Scope) -> Operator:
    return _checked(AllOf(_read_list(node, scope, "all")), node, scope, "all")


def _read_any(node: yaml.Node, scope: Scope) -> Operator:
    return AnyOf(_read_list(node, scope, "any"))


def _read_not(node: yaml.Node, scope: Scope) -> Operator:
    return Not(read_condition(node, scope, "not"))


def _checked(condition: Operator, node: yaml.Node, scope: Scope, what: str) -> Operator:
    if not condition.moments:
        raise scope.reader.error(node, f"{scope.named(what)}: these conditions are never true at the same moment")
    return condition


def _read_list(node: yaml.Node, scope: Scope, what: str, *, least: int = 1) -> tuple[Operator, ...]:
    items = scope.reader.items(node, scope.named(what), least=least, most=MAX_REMEMBERED)
    return tuple(read_condition(item, scope, what) for item in items)


OPERATORS: dict[str, Callable[[yaml.Node, Scope], Operator]] = {
    "phrase": _read_phrase,
    "length": _read_length,
    "silence": _read_silence,
    "overtalk": _read_overtalk,
    "call_length": _read_call_length,
    "turn_count": _read_turn_count,
    "state": _read_state,
    "absent": _read_absent,
    "followed_by": _read_followed_by,
    "preceded_by": _read_preceded_by,
    "not_after": _read_not_after,
    "sequence": _read_sequence,
    "count": _read_count,
    "all": _read_all,
    "any": _read_any,
    "not": _read_not,
}
"""Names as written in playbooks."""


class _Given:
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
        self._reader = scope.reader
        self._operator = operator
        self._what = scope.named(operator)
        self._fields = scope.reader.fields(node, self._what, required=required, optional=optional)

    def integer(self, key: str, default: int, *, least: int = 0, most: int = 86_400_000) -> int:
        value = self.optional_integer(key, least=least, most=most)
        return default if value is None else value

    def optional_integer(self, key: str, *, least: int = 0, most: int = 86_400_000) -> int | None:
        node = self._fields.get(key)
        return None if node is None else self._reader.integer(node, f"{self._what}: {key}", least=least, most=most)

    def is_number(self, key: str) -> bool:
        node = self._fields.get(key)
        return node is not None and tag_of(node) == "int"

    def flag(self, key: str) -> bool:
        node = self._fields.get(key)
        return node is not None and self._reader.boolean(node, f"{self._what}: {key}")

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
        return _read_list(self._fields[key], scope, f"{self._operator}: {key}", least=least)
