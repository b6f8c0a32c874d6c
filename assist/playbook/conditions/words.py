"""Conditions on the words of an utterance, from YAML to operators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import yaml

from assist.measures import spoken_chars
from assist.playbook.conditions.reading import MAX_CHARS, MAX_PHRASE_CHARS, Given, Scope
from assist.playbook.operators.base import Operator
from assist.playbook.operators.order import MAX_REMEMBERED
from assist.playbook.operators.pattern import MAX_PATTERN_CHARS, Pattern, compile_pattern
from assist.playbook.operators.repeats import Repeats
from assist.playbook.operators.text import Length, PhraseSaid
from assist.playbook.phrase import Phrase
from assist.playbook.reader import Reader

DEFAULT_MIN_SYLLABLES = 2
LISTENING_KEYS = ("sounds_like", "min_score", "min_syllables")
MAX_NEAR_CHARS = 200
MAX_SPREAD = 20
"""Hits, and utterances that hold them, that one condition asks for."""
MAX_TOGETHER = 5
"""Phrases whose nearness is judged."""


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


def read_phrase(node: yaml.Node, scope: Scope) -> Operator:
    """``phrase``"""
    reader, what = scope.reader, scope.named("phrase")
    if not isinstance(node, yaml.MappingNode):
        phrases = read_phrases(node, reader, what, scope.phrase_sets)
        return PhraseSaid(scope.who, scope.min_confidence, any_of=read_listening({}, reader, what, phrases))
    tests = ("any", "all", "none", "at_least")
    spread = ("min_hits", "within_utterances")
    fields = reader.fields(node, what, optional=(*tests, "near_chars", "in_order", *spread, *LISTENING_KEYS))
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
    all_of = listed("all", fields)
    near_chars = None
    if "near_chars" in fields:
        near_chars = reader.integer(fields["near_chars"], f"{what}: near_chars", most=MAX_NEAR_CHARS)
    in_order = "in_order" in fields and reader.boolean(fields["in_order"], f"{what}: in_order")
    if (near_chars is not None or in_order) and not 2 <= len(all_of) <= MAX_TOGETHER:
        raise reader.error(node, f"{what}: near_chars and in_order need 2 to {MAX_TOGETHER} phrases in 'all'")
    min_hits, utterances = (
        reader.integer(fields[key], f"{what}: {key}", least=1, most=MAX_SPREAD) if key in fields else 1
        for key in spread
    )
    if min_hits > 1 and "any" not in fields:
        raise reader.error(node, f"{what}: min_hits counts the phrases of 'any'")
    if utterances > 1 and (near_chars is not None or in_order):
        raise reader.error(node, f"{what}: near_chars and in_order look at one utterance, within_utterances at several")
    return PhraseSaid(
        scope.who,
        scope.min_confidence,
        any_of=listed("any", fields),
        all_of=all_of,
        none_of=listed("none", fields),
        at_least=at_least,
        at_least_of=of,
        near_chars=near_chars,
        in_order=in_order,
        min_hits=min_hits,
        within_utterances=utterances,
    )


def read_pattern(node: yaml.Node, scope: Scope) -> Operator:
    """``pattern``"""
    reader, what = scope.reader, scope.named("pattern")
    if isinstance(node, yaml.MappingNode):
        fields = reader.fields(node, what, required=("match",), optional=("unless", "within_utterances"))
    else:
        fields = {"match": node}

    def compiled(key: str) -> str:
        expression = reader.text(fields[key], f"{what}: {key}", most=MAX_PATTERN_CHARS)
        try:
            compile_pattern(expression)
        except ValueError as error:
            raise reader.error(fields[key], f"{what}: {key}: {error}") from error
        return expression

    utterances = 1
    if "within_utterances" in fields:
        utterances = reader.integer(fields["within_utterances"], f"{what}: within_utterances", least=1, most=MAX_SPREAD)
    return Pattern(
        scope.who,
        scope.min_confidence,
        match=compiled("match"),
        unless=compiled("unless") if "unless" in fields else "",
        within_utterances=utterances,
    )


def read_length(node: yaml.Node, scope: Scope) -> Operator:
    """``length``"""
    given = Given(node, scope, "length", optional=("min_chars", "max_chars", "min_ms", "max_ms"))
    return Length(
        scope.who,
        given.integer("min_chars", 0, most=MAX_CHARS),
        given.optional_integer("max_chars", most=MAX_CHARS),
        given.integer("min_ms", 0),
        given.optional_integer("max_ms"),
    )


def read_repeats(node: yaml.Node, scope: Scope) -> Operator:
    """``repeats``"""
    given = Given(node, scope, "repeats", optional=("of", "last_turns", "min_similarity", "nth", "min_chars", "except"))
    excepted = given.nodes("except")
    phrases = () if excepted is None else read_phrases(excepted, scope.reader, "repeats: except", scope.phrase_sets)
    return Repeats(
        who=scope.who,
        min_confidence=scope.min_confidence,
        of_other=given.choice("of", ("own", "other"), "own") == "other",
        last_turns=given.integer("last_turns", 6, least=1, most=MAX_REMEMBERED),
        min_similarity=given.integer("min_similarity", 80, least=50, most=100),
        nth=given.integer("nth", 2, least=2, most=MAX_REMEMBERED),
        min_chars=given.integer("min_chars", 5, least=1, most=MAX_CHARS),
        excepted=tuple(replace(phrase, sounds_like=False) for phrase in phrases),
    )
