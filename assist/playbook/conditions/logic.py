"""Conditions made of others, states and facts, from YAML to operators."""

from __future__ import annotations

import re

import yaml

from assist.playbook.conditions.reading import Given, Scope, read_condition, read_list, read_state_value, read_texts
from assist.playbook.operators.base import Operator
from assist.playbook.operators.facts import FactDated, FactHolds, TagHolds
from assist.playbook.operators.logic import AtLeast, InState, Not, all_of, any_of

MAX_DAYS = 36_525
"""A century; of months more than enough."""

_PATH = re.compile(r"(?:customer|agent|call|history)\.\S{1,72}")


def read_all(node: yaml.Node, scope: Scope) -> Operator:
    """``all``"""
    condition = all_of(read_list(node, scope, "all"))
    if not condition.moments:
        raise scope.reader.error(node, f"{scope.named('all')}: these conditions are never true at the same moment")
    return condition


def read_any(node: yaml.Node, scope: Scope) -> Operator:
    """``any``"""
    return any_of(read_list(node, scope, "any"))


def read_not(node: yaml.Node, scope: Scope) -> Operator:
    """``not``"""
    return Not(read_condition(node, scope, "not"))


def read_at_least(node: yaml.Node, scope: Scope) -> Operator:
    """``at_least``"""
    given = Given(node, scope, "at_least", required=("n", "of"))
    of = given.conditions("of", scope, least=2)
    return AtLeast(of, given.integer("n", 1, least=1, most=len(of)))


def read_state(node: yaml.Node, scope: Scope) -> Operator:
    """``state``"""
    entries = scope.reader.entries(node, scope.named("state"))
    if not entries:
        raise scope.reader.error(node, f"{scope.named('state')}: needs a state and its value")
    scope.states_asked.extend((name, key) for name, (key, _) in entries.items())
    states = tuple(
        InState(name, read_state_value(value, scope.reader, scope.named("state")))
        for name, (_, value) in entries.items()
    )
    return states[0] if len(states) == 1 else all_of(states)


def read_fact(node: yaml.Node, scope: Scope) -> Operator:
    """``fact``"""
    days = ("older_than_months", "within_days", "in_last_days")
    given = Given(node, scope, "fact", required=("path",), optional=("is", "in", "min", "max", "known", *days))
    path = given.text("path", most=80)
    if not _PATH.fullmatch(path):
        raise given.refuse("path must begin with customer., history., agent. or call., as customer.plan")
    least, most = given.optional_number("min"), given.optional_number("max")
    values = (*given.texts("is"), *given.texts("in"))
    known = given.flag("known") if "known" in given else None
    dated = [given.optional_integer(key, most=MAX_DAYS) for key in days]
    is_dated = any(one is not None for one in dated)
    tests = (bool(values), least is not None or most is not None, known is not None, is_dated)
    if sum(tests) != 1 or sum(one is not None for one in dated) > 1:
        raise given.refuse(f"needs one of is, in, min and max, known, {', '.join(days)}")
    return FactDated(path, *dated) if is_dated else FactHolds(path, values, least, most, known)


def read_tag(node: yaml.Node, scope: Scope) -> Operator:
    """``tag``"""
    tags = read_texts(node, scope.reader, scope.named("tag"))
    for tag in tags:
        if tag not in scope.tags:
            known = ", ".join(sorted(scope.tags)) or "none"
            raise scope.reader.error(node, f"{scope.named('tag')}: no tag {tag!r}; known are {known}")
    return TagHolds(tags)
