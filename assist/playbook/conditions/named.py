"""Conditions with a name: the section ``conditions`` of a playbook, and the operator ``condition`` that uses one.

A use is the condition written out in its place: whose words it looks at, how surely they have to be heard and what may
stand in it are told by the place, and each use remembers by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from difflib import get_close_matches

import yaml

from assist.errors import PlaybookError
from assist.playbook.conditions.reading import NamedConditions, Scope, read_operators
from assist.playbook.model import UnusedCondition
from assist.playbook.operators.base import Operator
from assist.playbook.reader import line_of

MAX_CONDITIONS = 200
MAX_NESTED = 4
"""Names inside each other."""
MAX_WRITTEN_CHARS = 1024 * 1024
"""Of all uses in a playbook, written out: about what the largest playbook can hold that is written by hand."""


def read_conditions(node: yaml.Node, base: Scope) -> NamedConditions:
    """The section ``conditions``.

    Each is read by itself, so that what is wrong with it is told once, at its own line.
    """
    reader, nodes = base.reader, dict[str, yaml.Node]()
    entries = reader.entries(node, "conditions")
    if len(entries) > MAX_CONDITIONS:
        raise reader.error(node, f"conditions: {len(entries)} of them, {MAX_CONDITIONS} at most")
    for name, (key, value) in entries.items():
        reader.name(key, f"condition {name!r}")
        nodes[name] = value
    trial = replace(base, who="customer", conditions=NamedConditions(nodes), judges_asked=[])
    for name in nodes:
        with reader.part():
            _try(name, trial)
    return NamedConditions(nodes, tried=set(nodes), broken=trial.conditions.broken)


def unused_in(conditions: NamedConditions) -> Iterator[UnusedCondition]:
    """Those that nothing uses of the playbook that was read, in the order of the file."""
    return (
        UnusedCondition(name, line_of(node)) for name, node in conditions.nodes.items() if name not in conditions.used
    )


def read_named(node: yaml.Node, scope: Scope) -> Operator:
    """``condition``"""
    reader, what, conditions = scope.reader, scope.named("condition"), scope.conditions
    name = reader.text(node, what)
    if name not in conditions.nodes:
        raise reader.error(node, f"{what}: no condition {name!r}{_hint(name, conditions)}")
    if name in scope.within:
        course = " → ".join((*scope.within[scope.within.index(name) :], name))
        raise reader.error(node, f"{what}: {name!r} leads back to itself: {course}")
    if len(scope.within) == MAX_NESTED:
        raise reader.error(node, f"{what}: {name!r} stands inside {MAX_NESTED} others; that is the most")
    _try(name, scope)
    if name in conditions.broken:
        raise conditions.broken[name]
    definition = conditions.nodes[name]
    conditions.used.add(name)
    conditions.written_chars += definition.end_mark.index - definition.start_mark.index
    if conditions.written_chars > MAX_WRITTEN_CHARS:
        raise reader.error(node, f"{what}: written out, named conditions hold over {MAX_WRITTEN_CHARS} characters")
    try:
        return _read(name, replace(scope, where=f"{scope.where}: condition {name!r}"))
    except PlaybookError as error:
        if scope.within:
            raise
        # By itself it can be read: what is wrong is that it stands here.
        raise reader.error(node, f"{error.reason} (line {error.line})") from error


def _try(name: str, scope: Scope) -> None:
    """Read a condition by itself, once. Raises PlaybookError, which is kept for those that use it."""
    conditions = scope.conditions
    if name in conditions.tried:
        return
    conditions.tried.add(name)
    try:
        # Some operators want to know whose words they look at, which the place of a use tells.
        _read(name, replace(scope, who="customer", where=f"condition {name!r}"))
    except PlaybookError as error:
        conditions.broken[name] = error
        raise


def _read(name: str, scope: Scope) -> Operator:
    definition = scope.conditions.nodes[name]
    fields = scope.reader.fields(definition, scope.where, optional=("party", *scope.operators))
    return read_operators(definition, fields, replace(scope, within=(*scope.within, name)), "condition")


def _hint(name: str, conditions: NamedConditions) -> str:
    near = get_close_matches(name, conditions.nodes, n=1)
    return f"; did you mean {near[0]!r}?" if near else f"; known are {', '.join(sorted(conditions.nodes)) or 'none'}"
