"""What is asked of the archive, in SQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal, Protocol, assert_never

from sqlalchemy import Column, ColumnElement, Table, and_, exists, extract, false, not_, or_, select

from assist.history.recall import REPEAT
from assist.search.query import (
    UNKNOWN,
    Condition,
    Flagged,
    InTeam,
    Labelled,
    Measure,
    Measured,
    Of,
    Offered,
    Opened,
    Person,
    Practised,
    Repeated,
    Repetition,
    Said,
    Search,
)
from assist.stores.full_text import FullText, Statement
from assist.stores.schema import (
    archive_calls,
    archive_flags,
    archive_labels,
    archive_names,
    archive_offers,
    team_agents,
    teams,
)
from assist.stores.scopes import in_scope

NameKind = Literal["rule", "offer"]

_CALLS = archive_calls.c
_MEASURES: dict[Measure, Column[Any]] = {
    "duration": _CALLS.duration_ms,
    "silence": _CALLS.longest_silence_ms,
    "silence-share": _CALLS.silence_share,
    "overtalk": _CALLS.overtalk_ms,
}
_PEOPLE: dict[Person, tuple[Column[Any], Column[Any]]] = {
    "agent": (_CALLS.agent_id, _CALLS.agent_name),
    "customer": (_CALLS.customer_id, _CALLS.customer_name),
}


def where(search: Search, full_text: FullText) -> Iterator[ColumnElement[bool]]:
    """Every condition but words that have to occur: the full-text index joins those."""
    yield in_scope(search.scope, call_id=_CALLS.call_id, agent_id=_CALLS.agent_id)
    belongs = _is_among if search.has_words else _is_in
    for one in search.conditions:
        if isinstance(one, Said) and not one.is_excluded:
            continue
        holds = _holds(one, full_text, belongs)
        yield not_(holds) if one.is_excluded else holds


def matching(statement: Statement, search: Search, full_text: FullText) -> Statement:
    """The statement over ``archive_calls`` for the calls that are wanted."""
    if said := list(search.said):
        statement = full_text.joined(statement, said)
    return statement.where(*where(search, full_text))


def repeated(repetition: Repetition) -> ColumnElement[bool]:
    """Whether an archived call is one of several; False where it cannot be known."""
    if repetition == "repeat":
        return and_(_CALLS.repeat_no.is_not(None), _CALLS.repeat_no > 1)
    later = archive_calls.alias("later")
    passed_s = extract("epoch", later.c.opened_at) - extract("epoch", _CALLS.opened_at)
    return and_(
        _CALLS.customer_id.is_not(None),
        _CALLS.reason.is_not(None),
        exists().where(
            later.c.customer_id == _CALLS.customer_id,
            later.c.opened_at > _CALLS.opened_at,
            later.c.reason == _CALLS.reason,
            later.c.is_practice.is_(False),
            passed_s <= int(REPEAT.total_seconds()),
        ),
    )


def _holds(one: Condition, full_text: FullText, belongs: _Belongs) -> ColumnElement[bool]:
    match one:
        case Said():
            return full_text.says(one)
        case Of():
            ids, names = _PEOPLE[one.person]
            # An agent that nobody knows is not "another one": without an id a comparison would be neither.
            return or_(and_(ids.is_not(None), ids.in_(one.any_of)), names.in_(one.any_of))
        case InTeam():
            named = or_(teams.c.team_id.in_(one.any_of), teams.c.name.in_(one.any_of))
            agents = select(team_agents.c.agent_id).join(teams, teams.c.team_id == team_agents.c.team_id).where(named)
            return and_(_CALLS.agent_id.is_not(None), _CALLS.agent_id.in_(agents))
        case Labelled(kind="reason"):
            return or_(_CALLS.reason.in_(one.any_of), _CALLS.reason.is_(None) if UNKNOWN in one.any_of else false())
        case Labelled():
            labels = archive_labels.c
            return belongs(archive_labels, labels.kind == one.kind, labels.label.in_(one.any_of))
        case Flagged():
            flags = archive_flags.c
            asked = [flags.verdict.in_(one.verdicts)]
            if one.severities:
                asked.append(flags.severity.in_(one.severities))
            return belongs(archive_flags, *asked, *_named("rule", one.any_of, flags.rule))
        case Offered():
            offers = archive_offers.c
            taken: list[ColumnElement[bool]] = []
            if one.reactions:
                taken.append(offers.reaction.in_(one.reactions))
            if one.is_sold is not None:
                taken.append(offers.is_sold.is_(one.is_sold))
            return belongs(archive_offers, *taken, *_named("offer", one.any_of, offers.offer))
        case Repeated():
            return repeated(one.repetition)
        case Practised():
            return _CALLS.is_practice.is_(True)
        case Measured():
            column = _MEASURES[one.measure]
            return _between(column, one.least, one.most)
        case Opened():
            bounds: list[ColumnElement[bool]] = []
            if one.since is not None:
                bounds.append(_CALLS.opened_at >= one.since)
            if one.before is not None:
                bounds.append(_CALLS.opened_at < one.before)
            return and_(True, *bounds)
        case _:
            assert_never(one)


def _between(column: Column[Any], least: float | None, most: float | None) -> ColumnElement[bool]:
    bounds: list[ColumnElement[bool]] = []
    if least is not None:
        bounds.append(column >= least)
    if most is not None:
        bounds.append(column <= most)
    return and_(True, *bounds)


class _Belongs(Protocol):
    """Whether a table has a row of the call for which everything that is asked holds."""

    def __call__(self, table: Table, *asked: ColumnElement[bool]) -> ColumnElement[bool]: ...


def _is_in(table: Table, *asked: ColumnElement[bool]) -> ColumnElement[bool]:
    """By all such calls, found once: right where nothing else narrows the calls down."""
    return _CALLS.call_no.in_(select(table.c.call_no).where(*asked))


def _is_among(table: Table, *asked: ColumnElement[bool]) -> ColumnElement[bool]:
    """By the call's own rows: right where words have left few calls to look at."""
    return exists().where(table.c.call_no == _CALLS.call_no, *asked)


def _named(kind: NameKind, any_of: Sequence[str], codes: Column[Any]) -> Iterator[ColumnElement[bool]]:
    """By code, or by a part of what it was ever called."""
    if any_of:
        names = archive_names.c
        called = or_(*(names.title.icontains(name, autoescape=True) for name in any_of))
        yield codes.in_(select(names.code).where(names.kind == kind, or_(names.code.in_(any_of), called)))
