"""Sums of reports, from the rows by which the archive finds calls: what a figure counts, a search finds."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy import ColumnElement, Float, FromClause, String, and_, case, cast, func, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from assist.history.recall import REPEAT
from assist.reports.fields import UNHAPPY, Asked
from assist.reports.figures import Sum
from assist.reports.report import By, Group, Period, Report, ReportName, group_of, report_of, week_groups
from assist.reports.words import MOST_TOLD, Word, distinctive_words
from assist.search.query import STANDING, UNKNOWN, Search
from assist.stores.archive_conditions import matching, repeated
from assist.stores.database import Database
from assist.stores.full_text import Statement, full_text_of
from assist.stores.schema import (
    archive_calls,
    archive_flags,
    archive_labels,
    archive_names,
    flag_rulings,
    reviews,
    team_agents,
    teams,
)

_CALLS = archive_calls.c
_FLAGS = archive_flags.c
_NO_TITLE = literal("")
_OF_EVERY_RULE = ("calls", "audited", "audited_weight", "audited_weight_squared")
"""Sums that are the same for every rule: each looks at every call."""


class ReportStore:
    """In the same database as the calls. Every method raises StoreError when the database cannot serve."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._full_text = full_text_of(database.engine.dialect.name)

    async def report(
        self,
        name: ReportName,
        by: By,
        period: Period,
        search: Search,
        asked: Asked,
        *,
        zone: tzinfo,
        now: datetime,
        has_audits: bool = True,
    ) -> Report:
        """A report of the calls that a search finds: those of ``period`` for which ``asked`` holds.

        ``has_audits``: whether it tells what people judged.
        """
        words: Mapping[str, tuple[Word, ...]] = {}
        words_of = 0
        async with self._database.reading() as connection:
            chosen = matching(select(_CALLS.call_no), search, self._full_text)
            asked_for = _everything(name, now, chosen, by, has_audits=has_audits)
            summed = await self._read(connection, search, _told_apart(asked_for, by, period, zone))
            whole = summed
            if by == "rule":  # a call may be flagged by several, or by none
                whole = await self._read(connection, search, _everything(name, now, chosen, has_audits=has_audits))
            if name == "weakness" and by == "reason":
                words, words_of = await self._words(connection, search)
        every = {one: sum(sums[one] for _, _, sums in whole) for one in asked_for.sums}
        groups: Sequence[Group]
        if by == "week":
            groups = week_groups(period, zone, {int(code or 0): sums for code, _, sums in summed})
        else:
            # Every call is looked at by every rule; those that it flagged are all that is stored.
            shared = {one: every[one] for one in _OF_EVERY_RULE if one in every} if by == "rule" else {}
            groups = [group_of(by, code, title, {**sums, **shared}) for code, title, sums in summed]
        return await asyncio.to_thread(
            report_of, name, by, period, asked, total=every, groups=groups, words=words, words_of=words_of
        )

    async def _read(
        self, connection: AsyncConnection, search: Search, asked: _Asked
    ) -> Sequence[tuple[str | None, str, Sum]]:
        """Code, title and sums of each row, in their order."""
        sums, key = asked.sums, asked.key
        columns = [column.label(name) for name, column in sums.items()]
        code = literal(None, String()) if key is None else key
        statement = select(code.label("code"), asked.title.label("title"), *columns).select_from(asked.joined)
        statement = matching(statement, search, self._full_text)
        if key is not None:
            statement = statement.group_by(key)
        found = (await connection.execute(statement)).mappings().all()
        rows = [
            (
                None if row["code"] is None else str(row["code"]),
                row["title"] or "",
                {name: float(row[name] or 0) for name in sums},
            )
            for row in found
        ]
        # Databases do not agree on the order of texts, nor on where those stand that are not there.
        return sorted(rows, key=lambda row: (-row[2][asked.first], row[0] is None, row[0] or ""))

    async def _words(self, connection: AsyncConnection, search: Search) -> tuple[Mapping[str, tuple[Word, ...]], int]:
        """Telling words by reason, and how many calls were looked at."""
        chosen = matching(select(_CALLS.call_no, _CALLS.reason), search, self._full_text)
        newest = chosen.order_by(_CALLS.opened_at.desc(), _CALLS.call_no.desc()).limit(MOST_TOLD).subquery()
        reasons: dict[int, str] = {
            call_no: reason or UNKNOWN for call_no, reason in await connection.execute(select(newest))
        }
        said = await connection.execute(self._full_text.tokens_of("customer", select(newest.c.call_no)))
        rows = [(reasons[call_no], text) for call_no, text in said if call_no in reasons]
        return await asyncio.to_thread(_told, rows), len(reasons)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is summed over which calls, by what."""

    sums: Mapping[str, ColumnElement[Any]]
    joined: FromClause
    key: ColumnElement[Any] | None = None
    """None: all calls together."""
    title: ColumnElement[Any] = _NO_TITLE
    first: str = "calls"
    """The sum whose largest come first."""


def _everything(
    name: ReportName, now: datetime, chosen: Statement, by: By | None = None, *, has_audits: bool
) -> _Asked:
    """The sums of a report over all of its calls; by rule, over those that were flagged. ``chosen``: their numbers."""
    match name:
        case "quality":
            quality = _quality(chosen, by_rule=by == "rule")
            return _audited(quality, by_rule=by == "rule") if has_audits else quality
        case "service":
            return _Asked({**_conduct(), **_repetition(now)}, archive_calls)
        case "weakness":
            feelings, joined = _feelings()
            return _Asked({"calls": func.count(), **feelings, **_repetition(now)}, joined)


def _told_apart(asked: _Asked, by: By, period: Period, zone: tzinfo) -> _Asked:
    """The same for each row."""
    match by:
        case "rule":
            return asked
        case "agent":
            return replace(asked, key=_CALLS.agent_id, title=func.max(_CALLS.agent_name))
        case "team":
            joined = asked.joined.outerjoin(team_agents, team_agents.c.agent_id == _CALLS.agent_id)
            joined = joined.outerjoin(teams, teams.c.team_id == team_agents.c.team_id)
            return replace(asked, joined=joined, key=teams.c.name)
        case "reason":
            return replace(asked, key=_CALLS.reason)
        case "week":
            weeks = period.weeks(zone)
            cuts = [(_CALLS.opened_at < week.before, place) for place, week in enumerate(weeks)]
            return replace(asked, key=case(*cuts, else_=len(weeks) - 1))


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _quality(chosen: Statement, *, by_rule: bool) -> _Asked:
    """Flags are looked at call by call first: a call counts once, however often it was flagged."""
    parts = [_FLAGS.call_no, _FLAGS.rule] if by_rule else [_FLAGS.call_no]
    has = {one: func.max(case((_FLAGS.verdict == one, 1), else_=0)).label(one) for one in (*STANDING, "abstained")}
    standing = _count(_FLAGS.verdict.in_(STANDING)).label("standing")
    flags = select(*parts, *has.values(), standing).where(_FLAGS.call_no.in_(chosen)).group_by(*parts).subquery("flags")
    joined = archive_calls.join(flags, flags.c.call_no == _CALLS.call_no, isouter=not by_rule)
    one = flags.c
    sums = {
        "calls": func.count(),
        "breach": _count(one.breach == 1),
        "breach_untold": _count(and_(one.abstained == 1, one.breach == 0)),
        "at_risk": _count(one.at_risk == 1),
        "at_risk_untold": _count(and_(one.abstained == 1, one.at_risk == 0)),
        "abstained": _count(one.abstained == 1),
        "flags_per_call": func.sum(one.standing),
        "flags_per_call_squared": func.sum(one.standing * one.standing),
    }
    if not by_rule:
        return _Asked(sums, joined)
    names = archive_names.c
    called = select(func.max(names.title)).where(names.kind == "rule", names.code == one.rule)
    return _Asked(sums, joined, one.rule, called.scalar_subquery(), "breach")


def _audited(asked: _Asked, *, by_rule: bool) -> _Asked:
    """Beside the sums of flags those of what people judged, each call weighted by how rarely it would be drawn."""
    told = (reviews.c.kind == "audit", reviews.c.inclusion.is_not(None), reviews.c.score.is_not(None))
    audits = (
        select(
            reviews.c.call_id,
            func.max(reviews.c.review_id).label("review_id"),
            func.max(reviews.c.score).label("score"),
            func.max(1.0 / reviews.c.inclusion).label("weight"),
        )
        .where(*told, reviews.c.is_told.is_(True), reviews.c.state != "withdrawn")
        .group_by(reviews.c.call_id)
        .subquery("audits")
    )
    rulings = flag_rulings.c
    parts = [rulings.review_id, rulings.rule_id] if by_rule else [rulings.review_id]
    right = and_(rulings.is_right.is_(True), rulings.verdict.in_(STANDING))
    judged = (
        select(
            *parts,
            func.max(case((and_(right, rulings.verdict == "breach"), 1), else_=0)).label("confirmed"),
            _count(rulings.verdict.in_(STANDING)).label("judged"),
            _count(right).label("right_ones"),
        )
        .group_by(*parts)
        .subquery("judged")
    )
    same = [judged.c.review_id == audits.c.review_id]
    if by_rule and asked.key is not None:
        same.append(judged.c.rule_id == asked.key)
    joined = asked.joined.outerjoin(audits, audits.c.call_id == _CALLS.call_id).outerjoin(judged, and_(*same))
    weight, score, one = audits.c.weight, audits.c.score, judged.c
    sums = {
        "audited": func.count(weight),
        "audited_weight": func.sum(weight),
        "audited_weight_squared": func.sum(weight * weight),
        "score_weight": func.sum(weight * score),
        "score_weight_squared": func.sum(weight * weight * score * score),
        "score_weight_weight": func.sum(weight * weight * score),
        "confirmed_weight": func.sum(weight * one.confirmed),
        "judged": func.sum(one.judged),
        "judged_weight": func.sum(weight * one.judged),
        "judged_weight_squared": func.sum(weight * weight * one.judged),
        "right_weight": func.sum(weight * one.right_ones),
    }
    return replace(asked, sums={**asked.sums, **sums}, joined=joined)


def _conduct() -> dict[str, ColumnElement[Any]]:
    length_s = _seconds(_CALLS.duration_ms)
    sums: dict[str, ColumnElement[Any]] = {
        "calls": func.count(),
        "handling_s": func.sum(length_s),
        "handling_s_squared": func.sum(length_s * length_s),
    }
    for name, spent_s in (
        ("silence_share", _CALLS.silence_share * length_s),
        ("overtalk_share", _seconds(_CALLS.overtalk_ms)),
    ):
        sums[name] = func.sum(spent_s)
        sums[f"{name}_squared"] = func.sum(spent_s * spent_s)
        sums[f"{name}_handling"] = func.sum(spent_s * length_s)
    for name, speed in (
        ("agent_speed", _CALLS.agent_chars_per_min),
        ("customer_speed", _CALLS.customer_chars_per_min),
    ):
        sums[f"{name}_calls"] = func.count(speed)
        sums[name] = func.sum(speed)
        sums[f"{name}_squared"] = func.sum(speed * speed)
    return sums


def _repetition(now: datetime) -> dict[str, ColumnElement[Any]]:
    """Whether the customer will call again is told by those calls alone for which seven days are over."""
    is_known = and_(_CALLS.customer_id.is_not(None), _CALLS.reason.is_not(None))
    again = repeated("called-again")
    # Looking for the next call costs most: only a ``case`` is sure not to look where it need not.
    known = case((_CALLS.opened_at <= now - REPEAT, case((is_known, 1), else_=0)), else_=case((again, 1), else_=0))
    return {
        "repeat": _count(repeated("repeat")),
        "repeat_known": func.count(_CALLS.repeat_no),
        "called_again": _count(again),
        "called_again_known": func.sum(known),
    }


def _feelings() -> tuple[dict[str, ColumnElement[Any]], FromClause]:
    worst, ends = archive_labels.alias("worst"), archive_labels.alias("ends")
    joined: FromClause = archive_calls
    for label, kind in ((worst, "worst"), (ends, "ends")):
        joined = joined.outerjoin(label, and_(label.c.call_no == _CALLS.call_no, label.c.kind == kind))
    return {
        "felt": func.count(worst.c.label),
        **{emotion: _count(worst.c.label == emotion) for emotion in UNHAPPY},
        "ends_unhappy": _count(ends.c.label.in_(UNHAPPY)),
    }, joined


def _seconds(ms: ColumnElement[Any]) -> ColumnElement[Any]:
    return cast(ms, Float) / 1000.0


def _told(rows: Sequence[tuple[str, str]]) -> Mapping[str, tuple[Word, ...]]:
    groups: dict[str, list[frozenset[str]]] = {}
    for reason, text in rows:
        groups.setdefault(reason, []).append(frozenset(text.split()))
    return distinctive_words(groups)
