"""Where a rule looks, when a call came, and what other rules did, from YAML to operators."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import yaml

from assist.playbook.conditions.reading import MAX_TURNS, Given, Scope, read_texts
from assist.playbook.dates import date_in
from assist.playbook.operators.base import Operator
from assist.playbook.operators.expression import ExpressionHolds, compile_expression, need_in, paths_in
from assist.playbook.operators.hours import MINUTES_OF_DAY, ClockShows, minutes_in
from assist.playbook.operators.order import MAX_REMEMBERED
from assist.playbook.operators.window import HasFired, InEnding, Within
from assist.playbook.reader import Reader

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EDGE_KEYS = ("after", "before", "after_rule", "before_rule", "while")
LIMIT_KEYS = ("within_turns", "within_ms")
WINDOW_KEYS = ("first_turns", "first_ms", "last_turns", "last_ms", "turns", "percent", *EDGE_KEYS)


def read_scope(node: yaml.Node, scope: Scope, what: Operator) -> Operator:
    """``scope`` of a rule: its condition, confined to a part of the call."""
    given = Given(node, scope, "scope", optional=(*WINDOW_KEYS, *LIMIT_KEYS))
    if not any(key in given for key in WINDOW_KEYS):
        raise given.refuse(f"needs one of {', '.join(WINDOW_KEYS)}")
    if any(key in given for key in LIMIT_KEYS) and "after" not in given:
        raise given.refuse("within_turns and within_ms limit what begins with 'after'")
    during = given.condition("while", scope)
    if during is not None and "tick" not in during.moments:
        raise given.refuse("while must be able to last, as a state does; words are over at once")
    first_turns = given.optional_integer("first_turns", least=1, most=MAX_TURNS)
    last_turns = given.optional_integer("last_turns", least=1, most=MAX_TURNS)
    from_turn, to_turn = _read_turns(given, scope, first_turns, last_turns)
    last_ms = given.optional_integer("last_ms", least=1)
    from_percent, to_percent = _read_percent(given, scope)
    is_part = (from_percent, to_percent) != (0, 100)
    is_from_end = from_turn < 0 or (to_turn is not None and to_turn < 0) or last_ms is not None or is_part
    window = Within(
        what,
        first_turns=None if is_from_end else to_turn,
        first_ms=given.optional_integer("first_ms", least=1),
        from_turn=1 if is_from_end else from_turn,
        after_rule=_asked_rule(given, "after_rule", scope),
        before_rule=_asked_rule(given, "before_rule", scope),
        after=given.condition("after", scope),
        before=given.condition("before", scope),
        during=during,
        within_turns=given.optional_integer("within_turns", most=MAX_TURNS),
        within_ms=given.optional_integer("within_ms", least=1),
    )
    if not is_from_end:
        return window
    return InEnding(window, from_turn, -1 if to_turn is None else to_turn, last_ms, from_percent, to_percent)


def _read_percent(given: Given, scope: Scope) -> tuple[int, int]:
    """The part of the call's time, in percent."""
    node = given.nodes("percent")
    if node is None:
        return 0, 100
    part = Given(node, scope, "scope: percent", optional=("from", "to"))
    first, last = part.integer("from", 0, most=100), part.integer("to", 100, most=100)
    if first >= last or (first, last) == (0, 100):
        raise part.refuse("needs from, to, or both, as `to: 20` for the first fifth")
    return first, last


def _read_turns(given: Given, scope: Scope, first: int | None, last: int | None) -> tuple[int, int | None]:
    """The first and the last turn of the part, 1 for the first of the call and -1 for its last; None: to the end."""
    if sum(key in given for key in ("turns", "first_turns", "last_turns")) > 1:
        raise given.refuse("turns, first_turns and last_turns exclude each other")
    node = given.nodes("turns")
    if node is None:
        return (1, first) if last is None else (-last, None)
    turns = Given(node, scope, "scope: turns", optional=("from", "to"))
    from_turn, to_turn = (turns.optional_integer(key, least=-MAX_TURNS, most=MAX_TURNS) for key in ("from", "to"))
    is_backwards = from_turn and to_turn and from_turn > to_turn and (from_turn > 0) is (to_turn > 0)
    if is_backwards or 0 in (from_turn, to_turn) or (from_turn is None and to_turn is None):
        raise turns.refuse("needs from, to, or both; 1 is the first turn of the call and -1 its last")
    return from_turn or 1, to_turn


def read_fired(node: yaml.Node, scope: Scope) -> Operator:
    """``fired``"""
    if not isinstance(node, yaml.MappingNode):
        return HasFired(_rules(node, scope), 1)
    given = Given(node, scope, "fired", required=("any_of",), optional=("min",))
    asked = given.nodes("any_of")
    assert asked is not None  # required
    return HasFired(_rules(asked, scope), given.integer("min", 1, least=1, most=MAX_REMEMBERED))


def check_rules(asked: Iterable[tuple[str, yaml.Node]], rules: set[str], reader: Reader) -> None:
    """Refuse a rule that is asked for and not there."""
    if reader.complaints:
        return  # it may be the one that could not be read
    for rule_id, node in asked:
        if rule_id not in rules:
            raise reader.error(node, f"fired, after_rule, before_rule: no rule {rule_id!r} in this playbook")


def read_clock(node: yaml.Node, scope: Scope) -> Operator:
    """``clock``"""
    hours, days = ("from", "to"), ("weekdays", "dates", "since", "until")
    given = Given(node, scope, "clock", optional=(*hours, *days))
    if not any(key in given for key in (*hours, *days)):
        raise given.refuse("needs from and to, or days: weekdays, dates, since, until")
    from_min, to_min = (minutes_in(given.text(key, default)) for key, default in (("from", "00:00"), ("to", "24:00")))
    if from_min is None or to_min is None or from_min in (MINUTES_OF_DAY, to_min):
        raise given.refuse('from and to are different times of the day in quotes, as "08:30" and "18:00"')
    weekdays = given.texts("weekdays")
    strange = [day for day in weekdays if day not in WEEKDAYS]
    if strange:
        raise given.refuse(f"weekdays: no day {strange[0]!r}; they are {', '.join(WEEKDAYS)}")
    since, until = (_day(text, key, given) if (text := given.text(key)) else None for key in ("since", "until"))
    if since is not None and until is not None and until < since:
        raise given.refuse("until lies before since")
    dates = frozenset(_day(text, "dates", given) for text in given.texts("dates"))
    return ClockShows(from_min, to_min, frozenset(map(WEEKDAYS.index, weekdays)), dates, since, until)


def _day(text: str, key: str, given: Given) -> date:
    day = date_in(text)
    if day is None:
        raise given.refuse(f"{key}: {text!r} is no day, as 2026-10-01 is")
    return day


def read_expression(node: yaml.Node, scope: Scope) -> Operator:
    """``expression``"""
    reader, what = scope.reader, scope.named("expression")
    source = reader.text(node, what)
    try:
        compile_expression(source)
        paths = paths_in(source)
    except ValueError as error:
        raise reader.error(node, f"{what}: {error}") from error
    for root, name in paths:
        if root == "tag" and name not in scope.tags:
            raise reader.error(node, f"{what}: no tag {name!r}; known are {', '.join(sorted(scope.tags)) or 'none'}")
    scope.states_asked.extend((name, node) for root, name in paths if root == "state")
    scope.rules_asked.extend((name, node) for root, name in paths if root == "fired")
    return ExpressionHolds(scope.who, scope.min_confidence, source, paths, need_in(source))


def _rules(node: yaml.Node, scope: Scope) -> tuple[str, ...]:
    rules = read_texts(node, scope.reader, scope.named("fired"))
    scope.rules_asked.extend((rule_id, node) for rule_id in rules)
    return rules


def _asked_rule(given: Given, key: str, scope: Scope) -> str:
    rule_id = given.text(key, most=64)
    if rule_id:
        scope.rules_asked.append((rule_id, given.nodes(key) or given.node))
    return rule_id
