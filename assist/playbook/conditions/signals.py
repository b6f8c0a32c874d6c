"""Conditions on what the models found in an utterance, from YAML to operators."""

from __future__ import annotations

from typing import Literal, cast, get_args

import yaml

from assist.messages import Trend
from assist.playbook.conditions.reading import (
    Given,
    Scope,
    read_texts,
)
from assist.playbook.model import AskedLabel, LabelKind
from assist.playbook.operators.base import Operator
from assist.playbook.operators.order import MAX_REMEMBERED
from assist.playbook.operators.signals import ActFound, EmotionFelt, EmotionTrend, EntityFound, IntentFound
from assist.playbook.reader import line_of

DEFAULT_MIN_INTENSITY = 2


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
        optional=("min_intensity", "min_score", "for_utterances", "heard_in"),
    )
    return EmotionFelt(
        scope.who,
        scope.min_confidence,
        _given_labels(given, scope, "emotion"),
        given.fraction("min_score", 0.0),
        min_intensity=given.integer("min_intensity", DEFAULT_MIN_INTENSITY, least=1, most=3),
        for_utterances=given.integer("for_utterances", 1, least=1, most=MAX_REMEMBERED),
        heard_in=cast(Literal["any", "words", "voice"], given.choice("heard_in", ("any", "words", "voice"), "any")),
    )


def read_emotion_trend(node: yaml.Node, scope: Scope) -> Operator:
    """``emotion_trend``"""
    direction = scope.reader.choice(node, scope.named("emotion_trend"), get_args(Trend))
    return EmotionTrend(scope.who, scope.min_confidence, cast(Trend, direction))


def read_entity(node: yaml.Node, scope: Scope) -> Operator:
    """``entity``"""
    if not isinstance(node, yaml.MappingNode):
        return EntityFound(scope.who, scope.min_confidence, _labels(node, scope, "entity"))
    given = Given(
        node, scope, "entity", required=("any_of",), optional=("is", "in", "min", "max", "above_fact", "below_fact")
    )
    return EntityFound(
        scope.who,
        scope.min_confidence,
        _given_labels(given, scope, "entity"),
        values=(*given.texts("is"), *given.texts("in")),
        least=given.optional_number("min"),
        most=given.optional_number("max"),
        above_fact=given.text("above_fact", most=80),
        below_fact=given.text("below_fact", most=80),
    )


def _given_labels(given: Given, scope: Scope, kind: LabelKind) -> tuple[str, ...]:
    node = given.nodes("any_of")
    assert node is not None  # required
    return _labels(node, scope, kind)


def _labels(node: yaml.Node, scope: Scope, kind: LabelKind) -> tuple[str, ...]:
    labels = read_texts(node, scope.reader, scope.named(kind))
    scope.labels_asked.extend(AskedLabel(kind, label, line_of(node)) for label in labels)
    return labels
