"""Conditions on what comes after what, from YAML to operators."""

from __future__ import annotations

import yaml

from assist.playbook.conditions.reading import MAX_TURNS, Given, Scope
from assist.playbook.operators.base import Operator
from assist.playbook.operators.order import (
    MAX_REMEMBERED,
    Absent,
    Count,
    FollowedBy,
    NotAfter,
    PrecededBy,
    Sequence,
)


def read_absent(node: yaml.Node, scope: Scope) -> Operator:
    """``absent``"""
    given = Given(node, scope, "absent", required=("what",), optional=("by_turn", "by_ms", "close"))
    by_turn = given.optional_integer("by_turn", least=1, most=MAX_TURNS)
    by_ms = given.optional_integer("by_ms", least=1)
    if given.flag("close") == (by_turn is not None or by_ms is not None):
        raise given.refuse("needs by_turn, by_ms, or close: true")
    return Absent(given.needed("what", scope), scope.who, scope.min_confidence, by_turn, by_ms)


def read_followed_by(node: yaml.Node, scope: Scope) -> Operator:
    """``followed_by``"""
    given = Given(
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


def read_preceded_by(node: yaml.Node, scope: Scope) -> Operator:
    """``preceded_by``"""
    given = Given(node, scope, "preceded_by", required=("before", "require"), optional=("anywhere", "within_turns"))
    within_turns = given.optional_integer("within_turns", least=1, most=MAX_TURNS)
    if given.flag("anywhere") and within_turns is not None:
        raise given.refuse("anywhere and within_turns exclude each other")
    return PrecededBy(
        before=given.needed("before", scope),
        require=given.needed("require", scope),
        who=scope.who,
        min_confidence=scope.min_confidence,
        within_turns=within_turns,
    )


def read_not_after(node: yaml.Node, scope: Scope) -> Operator:
    """``not_after``"""
    given = Given(node, scope, "not_after", required=("after", "forbid"), optional=("until", "times"))
    until_ms = given.optional_integer("until", least=1) if given.is_number("until") else None
    return NotAfter(
        after=given.needed("after", scope),
        forbid=given.needed("forbid", scope),
        until=given.condition("until", scope) if until_ms is None else None,
        until_ms=until_ms,
        times=given.integer("times", 1, least=1, most=MAX_REMEMBERED),
    )


def read_sequence(node: yaml.Node, scope: Scope) -> Operator:
    """``sequence``"""
    given = Given(node, scope, "sequence", required=("steps",), optional=("within_ms", "within_turns", "strict"))
    return Sequence(
        steps=given.conditions("steps", scope, least=2),
        within_ms=given.optional_integer("within_ms", least=1),
        within_turns=given.optional_integer("within_turns", least=1, most=MAX_TURNS),
        who=scope.who,
        is_strict=given.flag("strict"),
    )


def read_count(node: yaml.Node, scope: Scope) -> Operator:
    """``count``"""
    given = Given(node, scope, "count", required=("what",), optional=("min", "max", "within_ms"))
    least = given.integer("min", 0, most=MAX_REMEMBERED)
    most = given.optional_integer("max", most=MAX_REMEMBERED - 1)
    if least == 0 and most is None:
        raise given.refuse("needs min, max, or both")
    return Count(given.needed("what", scope), least, most, given.optional_integer("within_ms", least=1))
