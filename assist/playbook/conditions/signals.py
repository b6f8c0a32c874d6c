"""Conditions on what the models found in an utterance, from YAML to operators."""

from __future__ import annotations

from typing import Literal, cast, get_args

import yaml

from assist.messages import Trend
from assist.playbook.conditions.reading import Given, Scope, read_party, read_texts
from assist.playbook.meaning import Meaning
from assist.playbook.model import AskedLabel, LabelKind
from assist.playbook.operators.base import Operator
from assist.playbook.operators.means import MeansLike
from assist.playbook.operators.order import MAX_REMEMBERED
from assist.playbook.operators.signals import (
    ActFound,
    EmotionFelt,
    EmotionSlope,
    EmotionTrend,
    EntityFound,
    IntentFound,
)
from assist.playbook.reader import Reader, line_of

DEFAULT_MIN_INTENSITY = 2
DEFAULT_MIN_SLOPE = 0.1
"""A tenth of a point of valence from one utterance to the next."""
MAX_OVER = 20
"""Utterances that a trend looks back over."""
DEFAULT_MIN_LIKENESS = 70
"""docs/playbooks.md has the measurements that it rests on."""
LEAST_LIKENESS = 30
"""Of 100; what is less like is not told."""
MAX_LASTING_MS = 600_000
MAX_SENTENCES = 256
"""Examples of a set, and counter-examples."""
MAX_MEANINGS = 100
MIN_EXAMPLES = 3
MAX_SENTENCE_CHARS = 120


def read_meanings(node: yaml.Node, reader: Reader) -> dict[str, Meaning]:
    """The section ``meanings`` of a playbook, in the order of the file."""
    meanings: dict[str, Meaning] = {}
    entries = reader.entries(node, "meanings")
    if len(entries) > MAX_MEANINGS:
        raise reader.error(node, f"meanings: {len(entries)} sets, {MAX_MEANINGS} at most")
    for name, (key, value) in entries.items():
        with reader.part():
            meanings[name] = _read_meaning(name, key, value, reader)
        meanings.setdefault(name, Meaning(name, "any", ()))
    return meanings


def _read_meaning(name: str, key: yaml.Node, node: yaml.Node, reader: Reader) -> Meaning:
    what = f"meaning {name!r}"
    reader.name(key, what)
    fields = reader.fields(node, what, required=("examples",), optional=("party", "unlike"))

    def sentences(part: str, least: int) -> tuple[str, ...]:
        items = reader.items(fields[part], f"{what}: {part}", least=least, most=MAX_SENTENCES)
        return tuple(reader.text(item, f"{what}: {part}", most=MAX_SENTENCE_CHARS) for item in items)

    return Meaning(
        name=name,
        who=read_party(fields["party"], reader, what) if "party" in fields else "any",
        examples=sentences("examples", MIN_EXAMPLES),
        unlike=sentences("unlike", 1) if "unlike" in fields else (),
    )


def read_means(node: yaml.Node, scope: Scope) -> Operator:
    """``means``"""
    if not isinstance(node, yaml.MappingNode):
        return MeansLike(scope.who, scope.min_confidence, _meanings(node, scope), DEFAULT_MIN_LIKENESS / 100)
    given = Given(node, scope, "means", required=("any_of",), optional=("min_score",))
    asked = given.nodes("any_of")
    assert asked is not None  # required
    min_score = given.integer("min_score", DEFAULT_MIN_LIKENESS, least=LEAST_LIKENESS, most=100)
    return MeansLike(scope.who, scope.min_confidence, _meanings(asked, scope), min_score / 100)


def _meanings(node: yaml.Node, scope: Scope) -> tuple[Meaning, ...]:
    names = read_texts(node, scope.reader, scope.named("means"))
    for name in names:
        if name not in scope.meanings:
            known = ", ".join(sorted(scope.meanings)) or "none"
            raise scope.reader.error(node, f"{scope.named('means')}: no meaning {name!r}; known are {known}")
    return tuple(scope.meanings[name] for name in names)


def read_intent(node: yaml.Node, scope: Scope) -> Operator:
    """``intent``"""
    if not isinstance(node, yaml.MappingNode):
        return IntentFound(scope.who, scope.min_confidence, _labels(node, scope, "intent"))
    given = Given(node, scope, "intent", required=("any_of",), optional=("min_score", "primary_only"))
    return IntentFound(
        scope.who,
        scope.min_confidence,
        _given_labels(given, scope, "intent"),
        given.fraction("min_score", 0.0),
        primary_only=given.flag("primary_only"),
    )


def read_act(node: yaml.Node, scope: Scope) -> Operator:
    """``act``"""
    if not isinstance(node, yaml.MappingNode):
        return ActFound(scope.who, scope.min_confidence, _labels(node, scope, "act"))
    given = Given(node, scope, "act", required=("any_of",), optional=("min_score",))
    return ActFound(
        scope.who, scope.min_confidence, _given_labels(given, scope, "act"), given.fraction("min_score", 0.0)
    )


def read_emotion(node: yaml.Node, scope: Scope) -> Operator:
    """``emotion``"""
    if not isinstance(node, yaml.MappingNode):
        return EmotionFelt(
            scope.who, scope.min_confidence, _labels(node, scope, "emotion"), min_intensity=DEFAULT_MIN_INTENSITY
        )
    given = Given(
        node,
        scope,
        "emotion",
        required=("any_of",),
        optional=("min_intensity", "min_score", "for_utterances", "for_ms", "heard_in"),
    )
    return EmotionFelt(
        scope.who,
        scope.min_confidence,
        _given_labels(given, scope, "emotion"),
        given.fraction("min_score", 0.0),
        min_intensity=given.integer("min_intensity", DEFAULT_MIN_INTENSITY, least=1, most=3),
        for_utterances=given.integer("for_utterances", 1, least=1, most=MAX_REMEMBERED),
        for_ms=given.integer("for_ms", 0, most=MAX_LASTING_MS),
        heard_in=cast(Literal["any", "words", "voice"], given.choice("heard_in", ("any", "words", "voice"), "any")),
    )


def read_emotion_trend(node: yaml.Node, scope: Scope) -> Operator:
    """``emotion_trend``"""
    if not isinstance(node, yaml.MappingNode):
        direction = scope.reader.choice(node, scope.named("emotion_trend"), get_args(Trend))
        return EmotionTrend(scope.who, scope.min_confidence, cast(Trend, direction))
    given = Given(node, scope, "emotion_trend", required=("is",), optional=("over_utterances", "min_slope"))
    min_slope = given.fraction("min_slope", DEFAULT_MIN_SLOPE)
    if not min_slope:
        raise given.refuse("min_slope must be above 0; valence lies between -1 and 1")
    direction = given.choice("is", get_args(Trend), "")
    over = given.integer("over_utterances", 5, least=2, most=MAX_OVER)
    return EmotionSlope(scope.who, scope.min_confidence, cast(Trend, direction), over, min_slope)


def read_entity(node: yaml.Node, scope: Scope) -> Operator:
    """``entity``"""
    if not isinstance(node, yaml.MappingNode):
        return EntityFound(scope.who, scope.min_confidence, _labels(node, scope, "entity"))
    compared = ("above_fact", "below_fact", "same_as_fact", "other_than_fact")
    keys = ("is", "in", "min", "max", *compared, "tolerance")
    given = Given(node, scope, "entity", required=("any_of",), optional=keys)
    if "same_as_fact" in given and "other_than_fact" in given:
        raise given.refuse("same_as_fact and other_than_fact exclude each other")
    tolerance = given.optional_number("tolerance") or 0.0
    if tolerance < 0 or ("tolerance" in given and not ("same_as_fact" in given or "other_than_fact" in given)):
        raise given.refuse("tolerance is how far a number may lie from same_as_fact or other_than_fact, 0 or more")
    above, below, same, other = (given.text(key, most=80) for key in compared)
    return EntityFound(
        scope.who,
        scope.min_confidence,
        _given_labels(given, scope, "entity"),
        values=(*given.texts("is"), *given.texts("in")),
        least=given.optional_number("min"),
        most=given.optional_number("max"),
        above_fact=above,
        below_fact=below,
        same_as_fact=same,
        other_than_fact=other,
        tolerance=tolerance,
    )


def _given_labels(given: Given, scope: Scope, kind: LabelKind) -> tuple[str, ...]:
    node = given.nodes("any_of")
    assert node is not None  # required
    return _labels(node, scope, kind)


def _labels(node: yaml.Node, scope: Scope, kind: LabelKind) -> tuple[str, ...]:
    labels = read_texts(node, scope.reader, scope.named(kind))
    scope.labels_asked.extend(AskedLabel(kind, label, line_of(node)) for label in labels)
    return labels
