"""The language of the search box: words, "phrases" and ``field:value``, in any order; all of it has to hold.

    宽带 "不需要了" -套餐 party:customer flag:forbidden-words,price intent:complain_billing emotion:angry ends:neutral
    offer:family reaction:refused agent:8001 silence>30s silence>=20% duration:1m..5m date:2026-03-01..2026-03-07

A comma says "or", a minus before anything "not". ``party`` holds for all words, ``verdict`` and ``severity`` for all
flags, ``reaction`` and ``sold`` for all offers. Fields have Chinese names as well, and full-width signs are as good.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from difflib import get_close_matches

from assist.errors import InputError
from assist.messages import OfferReaction, Party, Severity, Verdict
from assist.search.query import (
    STANDING,
    Condition,
    Flagged,
    InTeam,
    LabelKind,
    Labelled,
    Measured,
    Of,
    Offered,
    Opened,
    Person,
    Practised,
    Repeated,
    Repetition,
    Said,
)
from assist.search.tokens import phrase_of
from assist.search.values import SPANS, days_of, one_of, span_of, truth_of

MAX_CHARS = 1_000
MAX_CONDITIONS = 50

FIELDS = {
    "party": ("说话方", "方"),
    "agent-says": ("坐席说",),
    "customer-says": ("客户说",),
    "agent": ("坐席",),
    "team": ("班组", "团队"),
    "customer": ("客户",),
    "reason": ("来电原因", "原因"),
    "intent": ("意图",),
    "emotion": ("情绪",),
    "begins": ("开始情绪",),
    "ends": ("结束情绪",),
    "worst": ("最差情绪",),
    "flag": ("标记", "质检"),
    "verdict": ("结论",),
    "severity": ("级别",),
    "offer": ("推荐", "业务"),
    "reaction": ("态度",),
    "sold": ("成交",),
    "repeat": ("重复来电",),
    "called-again": ("再次来电",),
    "practice": ("练习",),
    "duration": ("时长",),
    "silence": ("静默",),
    "overtalk": ("抢话",),
    "date": ("日期",),
}
"""Fields and their other names."""

_NAMES = {name: field for field, others in FIELDS.items() for name in (field, *others)}
_OPENING = {'"': '"', "“": "”", "”": "”", "「": "」", "＂": "＂"}
_SEPARATORS = re.compile("[,，、;；。]+")
_SIGNS = str.maketrans("：＞＜＝，－！", ":><=,-!")
_LABELS: dict[str, LabelKind] = {
    "reason": "reason",
    "intent": "intent",
    "emotion": "emotion",
    "begins": "begins",
    "ends": "ends",
    "worst": "worst",
}
_REPETITIONS: dict[str, Repetition] = {"repeat": "repeat", "called-again": "called-again"}
_PERSONS: dict[str, Person] = {"agent": "agent", "customer": "customer"}
_SPEAKERS: dict[str, Party] = {"agent-says": "agent", "customer-says": "customer"}

PARTIES: dict[str, Party] = {"坐席": "agent", "客户": "customer", "混合": "mixed"}
VERDICTS: dict[str, Verdict] = {"违规": "breach", "预警": "at_risk", "达标": "met", "存疑": "abstained"}
SEVERITIES: dict[str, Severity] = {"严重": "critical", "重要": "major", "一般": "minor"}
REACTIONS: dict[str, OfferReaction] = {"接受": "accepted", "犹豫": "hesitant", "拒绝": "refused", "没有回应": "ignored"}


@dataclass(frozen=True, slots=True)
class _Item:
    """One piece of the text."""

    field: str
    """Empty: words."""
    sign: str
    values: tuple[str, ...]
    is_excluded: bool

    @property
    def shown(self) -> str:
        return f"{self.field}{self.sign}{','.join(self.values)}"


def conditions_of(text: str, *, zone: tzinfo, now: datetime) -> tuple[Condition, ...]:
    """What the text asks for; dates are days of ``zone``, and count back from ``now``.

    Raises InputError "search-too-long", "search-unclosed-quote", "search-unknown-field", "search-bad-value".
    """
    if len(text) > MAX_CHARS:
        raise InputError(f"A search may have {MAX_CHARS} characters.", code="search-too-long")
    found: list[Condition] = []
    beside: list[_Item] = []
    for item in _items(text):
        if item.field in ("party", "verdict", "severity", "reaction", "sold"):
            beside.append(item)
        else:
            found.append(_condition(item, zone, now))
    if len(found) + len(beside) > MAX_CONDITIONS:
        raise InputError(f"A search may have {MAX_CONDITIONS} parts.", code="search-too-long")
    return tuple(_joined(found, beside))


def _joined(found: Sequence[Condition], beside: Sequence[_Item]) -> Iterator[Condition]:
    """Conditions with what was said of all of their kind; of none: of anything of that kind."""
    for item in beside:
        if item.is_excluded or item.sign not in (":", "="):
            raise _bad(item, f"Write {item.field}: with what is wanted.")
    party = _party(beside)
    flag = _flag(beside)
    offer = _offer(beside)
    for one in found:
        match one:
            case Said(party=None):
                yield replace(one, party=party)
            case Flagged() if flag is not None:
                yield replace(one, verdicts=flag.verdicts, severities=flag.severities)
            case Offered() if offer is not None:
                yield replace(one, reactions=offer.reactions, is_sold=offer.is_sold)
            case _:
                yield one
    if flag is not None and not any(isinstance(one, Flagged) for one in found):
        yield flag
    if offer is not None and not any(isinstance(one, Offered) for one in found):
        yield offer


def _party(beside: Sequence[_Item]) -> Party | None:
    asked = [one for item in beside if item.field == "party" for one in item.values]
    if len(asked) > 1:
        raise InputError(
            "Words are of one party; write agent-says: and customer-says: for both.", code="search-bad-value"
        )
    return one_of("party", asked[0], PARTIES) if asked else None


def _flag(beside: Sequence[_Item]) -> Flagged | None:
    verdicts: tuple[Verdict, ...] = tuple(one_of("verdict", one, VERDICTS) for one in _asked(beside, "verdict"))
    severities: tuple[Severity, ...] = tuple(one_of("severity", one, SEVERITIES) for one in _asked(beside, "severity"))
    if not verdicts and not severities:
        return None
    return Flagged((), verdicts or STANDING, severities)


def _offer(beside: Sequence[_Item]) -> Offered | None:
    reactions: tuple[OfferReaction, ...] = tuple(
        one_of("reaction", one, REACTIONS) for one in _asked(beside, "reaction")
    )
    sold = _asked(beside, "sold")
    if not reactions and not sold:
        return None
    return Offered(reactions=reactions, is_sold=truth_of("sold", sold[-1]) if sold else None)


def _asked(beside: Sequence[_Item], field: str) -> list[str]:
    return [one for item in beside if item.field == field for one in item.values]


def _condition(item: _Item, zone: tzinfo, now: datetime) -> Condition:
    field, values, excluded = item.field, item.values, item.is_excluded
    if field in SPANS:
        least, most = span_of(field, item.sign, values)
        measure = SPANS[field]
        if field == "silence" and any(value.rstrip().endswith(("%", "％")) for value in values):
            measure = "silence-share"
        return Measured(measure, least, most, excluded)
    if field == "date":
        since, before = days_of(item.sign, values, zone=zone, now=now)
        return Opened(since, before, excluded)
    if item.sign not in (":", "=", ""):
        raise _bad(item, f"Write {field}:VALUE.")
    match field:
        case "":
            return _said(item, None)
        case "agent-says" | "customer-says":
            return _said(item, _SPEAKERS[field])
        case "agent" | "customer":
            return Of(_PERSONS[field], values, excluded)
        case "team":
            return InTeam(values, excluded)
        case "repeat" | "called-again":
            is_so = truth_of(field, values[-1])
            return Repeated(_REPETITIONS[field], is_excluded=excluded == is_so)
        case "practice":
            return Practised(is_excluded=excluded == truth_of(field, values[-1]))
        case "flag":
            return Flagged(_named(values), is_excluded=excluded)
        case "offer":
            return Offered(_named(values), is_excluded=excluded)
        case _:
            return Labelled(_LABELS[field], values, excluded)


def _said(item: _Item, party: Party | None) -> Said:
    words = item.values[0]
    if len(item.values) > 1:
        raise _bad(item, "Words have no commas between them; quote the phrase.")
    if phrase_of(words) is None:
        raise _bad(item, "There is no word in it.")
    return Said(words, party, item.is_excluded)


def _named(values: tuple[str, ...]) -> tuple[str, ...]:
    """``*`` and ``any`` name nothing in particular."""
    return () if any(value in ("*", "any", "任意") for value in values) else values


def _items(text: str) -> Iterator[_Item]:
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        excluded = text[at].translate(_SIGNS) in "-!" and at + 1 < len(text) and not text[at + 1].isspace()
        if excluded:
            at += 1
        if text[at] in _OPENING:
            words, at = _quoted(text, at)
            yield _Item("", "", (words,), excluded)
            continue
        end = at
        while end < len(text) and not text[end].isspace() and text[end].translate(_SIGNS) not in ":<>=":
            if text[end] in _OPENING:
                break
            end += 1
        head = text[at:end]
        if end == len(text) or text[end].isspace() or text[end] in _OPENING or not _is_name(head):
            words, at = _bare(text, at)
            for one in _SEPARATORS.split(words):
                if phrase_of(one) is not None:
                    yield _Item("", "", (one,), excluded)
            continue
        sign = text[end].translate(_SIGNS)
        if sign in "<>" and text[end + 1 : end + 2].translate(_SIGNS) == "=":
            sign += "="
        values, at = _values(text, end + len(sign))
        yield _Item(_field(head), sign, values, excluded)


def _is_name(head: str) -> bool:
    """Whether something before a sign can only be meant as a field: times (10:30) and addresses cannot."""
    return bool(head) and all(char.isalpha() or char in "-_" for char in head)


def _field(head: str) -> str:
    name = head.lower().replace("_", "-")
    if name in _NAMES:
        return _NAMES[name]
    near = get_close_matches(name, _NAMES, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(FIELDS)}."
    raise InputError(
        f"There is no field {head[:40]!r}; {hint} Quote words that hold a sign.", code="search-unknown-field"
    )


def _values(text: str, at: int) -> tuple[tuple[str, ...], int]:
    """What stands after a sign, told apart by commas."""
    found: list[str] = []
    while True:
        if at < len(text) and text[at] in _OPENING:
            value, at = _quoted(text, at)
        else:
            end = at
            while end < len(text) and not text[end].isspace() and text[end].translate(_SIGNS) != ",":
                end += 1
            value, at = text[at:end], end
        value = value.strip()
        if not value:
            raise InputError("A field has nothing after its sign; write field:value.", code="search-bad-value")
        found.append(value)
        if at == len(text) or text[at].translate(_SIGNS) != ",":
            return tuple(found), at
        at += 1


def _quoted(text: str, at: int) -> tuple[str, int]:
    end = text.find(_OPENING[text[at]], at + 1)
    if end < 0:
        raise InputError(f"A quote is not closed: {text[at : at + 20]}", code="search-unclosed-quote")
    return text[at + 1 : end], end + 1


def _bare(text: str, at: int) -> tuple[str, int]:
    end = at
    while end < len(text) and not text[end].isspace() and text[end] not in _OPENING:
        end += 1
    return text[at:end], end


def _bad(item: _Item, hint: str) -> InputError:
    return InputError(f"{item.shown[:60]} cannot be searched for. {hint}", code="search-bad-value")
