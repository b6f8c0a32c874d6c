"""What single moments of calls mean to a playbook, id by id, by all that it hears with and by phrases alone.

``livecue eval moments``. A moment is one turn and what was said before it. Each need, reaction, rule, and part of a
rule that the moments ask for is made a rule of its own that rests on words alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Literal, cast

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from assist.backtest import Ruleset, read_call, replay
from assist.errors import InputError
from assist.messages import Agent, Customer, Flag
from assist.playbook import Playbook, parse_playbook
from assist.ports import Analyser
from bench.advice import OPENED_AT, Tally, log_of
from bench.judged_calls import CHAR_MS, LEAD_MS, PAUSE_MS, TAIL_MS, JudgedCall, JudgedTurn
from gateway.settings import Settings
from gateway.wiring import open_understanding, phrase_listener
from models.engine import Engine

Half = Literal["odd", "even", "all"]
Condition = dict[str, Any]

OF_CALLS = frozenset({"state", "fact", "tag", "fired", "reaction", "cue_said", "result", "clock", "scope"})
"""Operators that ask how a call stands: no moment tells it."""
ABOUT_RULES = frozenset(
    {"id", "title", "party", "request", "early", "when", "severity", "min_confidence", "cool_down_ms", "max_per_call"}
    | {"expires_ms", "because", "emit", "set", "score", "cases", "withdraw"}
)
INNER = {"followed_by": "after", "preceded_by": "before", "not_after": "forbid", "absent": "what", "hold": "begins"}
"""What of an operator of order is said in one turn."""
DUTIES = {"followed_by": "expect", "preceded_by": "require", "absent": "what"}


class Moment(BaseModel):
    """One line of a file of moments."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    """A need, a reaction, a rule, or ``RULE.PART``."""
    party: Literal["agent", "customer"]
    before: str | None
    """What the other party said right before."""
    text: str
    truth: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """One id over its moments."""

    moment_id: str
    party: str
    near: int
    """Moments that are near and do not mean it."""
    heard: Tally
    by_phrases: Tally

    def as_row(self) -> dict[str, Any]:
        phrases = {
            f"phrases_{name}": value for name, value in self.by_phrases.as_values().items() if name != "expected"
        }
        return {"id": self.moment_id, "party": self.party, "near": self.near, **self.heard.as_values(), **phrases}


def read_moments(path: Path, half: Half) -> list[Moment]:
    """Of the odd or the even lines, the first being 1. Raises InputError "bad-truth"."""
    lines = path.read_text(encoding="utf-8").splitlines()
    try:
        return [
            Moment.model_validate(json.loads(line))
            for number, line in enumerate(lines, 1)
            if half == "all" or (number % 2 == 1) == (half == "odd")
        ]
    except (ValidationError, ValueError) as error:
        raise InputError(f"{path}: {error}", code="bad-truth") from error


async def measure_moments(settings: Settings, path: Path, playbook: str, half: Half) -> Mapping[str, Any]:
    """Precision and recall per id. Raises InputError "bad-truth", PlaybookError, ConfigurationError."""
    moments = read_moments(path, half)
    source = settings.playbooks_dir / f"{playbook}.yaml"
    probe = probe_of(source.read_text(encoding="utf-8"), dict.fromkeys(one.id for one in moments))
    rules = Ruleset(probe, phrase_listener(probe))
    engine = Engine(workers=1)
    try:
        understanding = await open_understanding(settings, engine)
        heard = [await hears(one, rules, understanding) for one in moments]
    finally:
        await engine.close()
    by_phrases = [await hears(one, rules, None) for one in moments]
    rows = list(judged(moments, heard, by_phrases))
    return {
        "moments": len(moments),
        "half": half,
        "playbook": playbook,
        "understanding": settings.nlu.model,
        "heard": total(row.heard for row in rows),
        "by_phrases": total(row.by_phrases for row in rows),
        "ids": [row.as_row() for row in rows],
        "mistakes": [
            {"id": one.id, "mistake": "missed" if one.truth else "wrong", "words": one.text}
            for one, is_heard in zip(moments, heard, strict=True)
            if is_heard != one.truth
        ],
    }


def judged(moments: Sequence[Moment], heard: Sequence[bool], by_phrases: Sequence[bool]) -> Iterable[Judged]:
    """In the order of the file's ids."""
    order = {moment_id: at for at, moment_id in enumerate(dict.fromkeys(one.id for one in moments))}
    lines = sorted(zip(moments, heard, by_phrases, strict=True), key=lambda line: order[line[0].id])
    for moment_id, found in groupby(lines, key=lambda line: line[0].id):
        rows = list(found)
        expected = sum(one.truth for one, _, _ in rows)
        yield Judged(
            moment_id,
            rows[0][0].party,
            len(rows) - expected,
            Tally(expected, sum(hit for _, hit, _ in rows), sum(hit and one.truth for one, hit, _ in rows)),
            Tally(expected, sum(hit for _, _, hit in rows), sum(hit and one.truth for one, _, hit in rows)),
        )


def total(tallies: Iterable[Tally]) -> Mapping[str, float | int | None]:
    """Over all ids."""
    known = list(tallies)
    return Tally(*(sum(getattr(one, name) for one in known) for name in ("expected", "found", "right"))).as_values()


async def hears(moment: Moment, rules: Ruleset, understanding: Analyser | None) -> bool:
    """Whether the rule of the moment's id reacts to its turn."""
    call = call_of(moment)
    log = await log_of(call, rules.playbook, understanding, None, opened_at=OPENED_AT)
    said = replay(read_call(log), rules)
    begins_ms = call.turns[-1].start_ms
    return any(
        isinstance(one, Flag) and one.because.rule_id == rule_id(moment.id) and one.at_ms > begins_ms for one in said
    )


def call_of(moment: Moment) -> JudgedCall:
    """A call of the moment's turn and the one before it."""
    other: Literal["agent", "customer"] = "customer" if moment.party == "agent" else "agent"
    turns: list[JudgedTurn] = []
    at_ms = LEAD_MS
    said: Sequence[tuple[Literal["agent", "customer"], str | None]] = (
        (other, moment.before),
        (moment.party, moment.text),
    )
    for party, text in said:
        if text:
            end_ms = at_ms + CHAR_MS * len(text)
            turns.append(JudgedTurn(party=party, text=text, start_ms=at_ms, end_ms=end_ms))
            at_ms = end_ms + PAUSE_MS
    return JudgedCall(
        name="moment", title="moment", agent=Agent(agent_id="1"), customer=Customer(customer_id="1"),
        duration_ms=at_ms + TAIL_MS, turns=tuple(turns), is_timed=False,
    )  # fmt: skip


def probe_of(text: str, ids: Iterable[str]) -> Playbook:
    """A playbook of one rule for each id, with the phrases and meanings of the one in ``text``.

    Raises InputError "bad-truth" for an id that the playbook does not know.
    """
    book = cast(dict[str, Any], yaml.safe_load(text))
    sources = {rule["id"]: rule for rule in book["rules"]}
    selling = book.get("selling", {})
    sources |= {need["id"]: {**need, "party": "customer"} for need in selling.get("needs", ())}
    sources |= {name: {**one, "party": "customer"} for name, one in selling.get("reactions", {}).items()}
    rules: list[Condition] = []
    for moment_id in ids:
        name, _, part = moment_id.partition(".")
        if name not in sources:
            raise InputError(f"The playbook has no need, reaction or rule {name!r}.", code="bad-truth")
        rule = sources[name]
        condition = of_words(part_of(rule, part) if part else without(rule, ABOUT_RULES))
        if condition is None:
            raise InputError(f"{moment_id}: nothing of its condition is said in words.", code="bad-truth")
        shown = {"because": "听到", "emit": {"flag": {"title": "听到", "verdict": "met"}}, "max_per_call": 10}
        rules.append({"id": rule_id(moment_id), "party": rule.get("party", "any"), **condition, **shown})
    kept = {key: book[key] for key in ("title", "language", "phrase_sets", "meanings") if key in book}
    probe = {"name": "moments", "version": 1, **kept, "rules": rules}
    return parse_playbook(yaml.safe_dump(probe, allow_unicode=True, sort_keys=False), "moments")


def rule_id(moment_id: str) -> str:
    return moment_id.replace(".", "_")


def part_of(rule: Condition, part: str) -> Condition:
    """``duty`` is what a rule asks for, ``fee`` and ``effect`` are of two; other parts are what a duty hangs on."""
    if part == "trial":
        return rule["scope"]["after"]
    if part in ("fee", "effect"):
        return rule["any"][("fee", "effect").index(part)]["preceded_by"]["require"]
    ways = DUTIES if part == "duty" else INNER
    body = rule if not rule.get("any") else rule["any"][0]
    operator = next(key for key in ways if key in body)
    return body[operator][ways[operator]]


def without(condition: Condition, keys: frozenset[str]) -> Condition:
    return {key: value for key, value in condition.items() if key not in keys}


def of_words(condition: Condition) -> Condition | None:
    """The condition less what a call has to tell; of an order, the words of the moment. None: nothing is left."""
    left: Condition = {}
    for key, value in without(condition, OF_CALLS).items():
        if key in INNER and isinstance(value, dict):
            return of_words(cast(Condition, value)[INNER[key]])
        if key in ("all", "any"):
            kept = [one for one in map(of_words, value) if one]
            if kept:
                left[key] = kept
        elif key == "not":
            if inner := of_words(value):
                left[key] = inner
        else:
            left[key] = value
    return left if any(key != "party" for key in left) else None
