"""``Redactor`` by rule: what is said in one turn, in the answer to a question, and over several turns."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from assist.messages import Party, PrivateKind, PrivateSpan
from nlp.entities.rows import find_rows
from nlp.privacy import addresses, names
from nlp.privacy.asking import Expected, asked_by
from nlp.privacy.rows import Row, misheard_numbers, old_identity, rows_of, whole_in_row, whole_number
from nlp.privacy.secrets import find_secrets
from nlp.understanding.model import FoundEntity

VERSION = "1"
KEPT_TURNS = 12
"""How far back a number can have begun."""
KEPT_VALUES = 200
"""Private values remembered of a call; beyond it the oldest are forgotten."""
_LEAST_KNOWN_DIGITS = 4
_LEAST_KNOWN_CHARS = 2
_TAIL_DIGITS = 4
"""So many last digits of telephone and card numbers are usual to tell."""
_OPEN_DIGITS = 3
_LEAST_CARD_PART = 8

Found = tuple[int, int, PrivateKind]
"""Characters [from, to)."""

_KINDS: Mapping[str, PrivateKind] = {
    "phone_number": "phone_number",
    "id_number": "id_number",
    "id_tail": "id_number",
    "bank_card": "bank_card",
    "passcode": "passcode",
}
"""Entities that are private, and as what."""
_HARMLESS = frozenset(["order_no", "agent_id", "number_tail"])
_NUMBERED = re.compile(
    r"(?:单号|单(?=[是为：]?$)|编号|流水号?|发票号码|合同|物流|快递|序列号|串号|工号|积分|账期|型号|户号|受理号|编码|版本号|代码|错误|热线|分机号?|拨打|尾号)"
    r"[^，。？0-9零〇幺一二三四五六七八九]{0,4}[，：]?(?:[A-Z]{1,3})?$"
)
"""What a row is called that is nobody's."""
_HOTLINES = re.compile(
    r"(?:100(?:00|10|86|99)|1008[68]\d?|1001[0-9]|12(?:300|315|345|378|398|321|306)|9(?:5|6)\d{3,4}|1(?:10|12|14|19|20|22)|[48]00\d{7})"
)
_OWN: tuple[tuple[PrivateKind, re.Pattern[str], int], ...] = (
    ("id_number", re.compile("身份证|证件"), 5),
    ("bank_card", re.compile("银行卡|储蓄卡|信用卡|工资卡|卡号|存折|账号|[工建农中]行卡"), 8),
    ("phone_number", re.compile("手机|电话|号码|座机|固话|联系|打给|呼转|转到|号"), 7),
)
"""What a long row is by what stands in front of it, from so many digits on."""
_OWN_REACH = 14
_OF_IDENTITY = re.compile("身份证|证件")
_MOBILE_HEAD = re.compile(r"1[3-9]\d{2,9}")
_CONTENT = re.compile(r"[^\W_]")
_SHORT_TURN = 6


@dataclass(slots=True)
class _Turn:
    utterance_id: str
    party: Party
    text: str
    rows: list[Row]
    found: list[Found] = field(default_factory=list["Found"])
    is_complete: bool = False
    """Its last number ends in it."""

    @property
    def digits(self) -> str:
        return "".join(row.digits for row in self.rows)


class RuleRedactor:
    """Rules for Chinese telephone calls; see ``Redactor``."""

    @property
    def name(self) -> str:
        return f"private-rules@{VERSION}"

    def open_call(self) -> RuleCallRedactor:
        return RuleCallRedactor()


class RuleCallRedactor:
    """See ``CallRedactor``. Takes time in proportion to the text and to the number of turns kept."""

    def __init__(self) -> None:
        self._turns: deque[_Turn] = deque(maxlen=KEPT_TURNS)
        self._digits: dict[str, PrivateKind] = {}
        self._words: dict[str, PrivateKind] = {}
        self._expected: Expected | None = None

    def hear(self, utterance_id: str, party: Party, text: str) -> Mapping[str, tuple[PrivateSpan, ...]]:
        rows = rows_of(text)
        turn = _Turn(utterance_id, party, text, rows, is_complete=bool(rows) and bool(whole_in_row(rows[-1])))
        previous = next((other.text for other in reversed(self._turns) if other.party != party), "")
        asked = _Asked.of(self._expected, party)
        turn.found = _tidy([*_in_turn(turn.text, turn.rows, previous, asked), *self._known(text, turn.rows)])
        self._turns.append(turn)
        told = {utterance_id: _spans(turn.found)}
        for earlier in self._spread(turn):
            told[earlier.utterance_id] = _spans(earlier.found)
        told[utterance_id] = _spans(turn.found)
        self._remember(turn)
        for earlier in self._said_before(turn):
            told[earlier.utterance_id] = _spans(earlier.found)
        self._expect(turn)
        return told

    def find(self, text: str, *, is_open: bool = False) -> tuple[PrivateSpan, ...]:
        rows = rows_of(text)
        found = [*_in_turn(text, rows, "", _Asked()), *self._known(text, rows)]
        if is_open and rows and not _CONTENT.search(text, rows[-1].end) and len(rows[-1].digits) >= _OPEN_DIGITS:
            found.append((rows[-1].start, rows[-1].end, "phone_number"))
        return _spans(_tidy(found))

    def learn(self, kind: PrivateKind, value: str) -> None:
        rows = rows_of(value)
        if len(rows) == 1 and rows[0].end - rows[0].start == len(value):
            _keep(self._digits, rows[0].digits, kind)
        elif len(value) >= _LEAST_KNOWN_CHARS:
            _keep(self._words, value, kind)

    def _known(self, text: str, rows: Iterable[Row]) -> Iterator[Found]:
        """What was told before and is said again, whole or in part."""
        for row in rows:
            for run in row.runs:
                if len(run.digits) < _LEAST_KNOWN_DIGITS:
                    continue
                for digits, kind in self._digits.items():
                    if run.digits in digits and not _is_usual(run.digits, digits, kind):
                        yield run.start, run.end, kind
                        break
        for word, kind in self._words.items():
            at = text.find(word)
            while at >= 0:
                yield at, at + len(word), kind
                at = text.find(word, at + 1)

    def _spread(self, turn: _Turn) -> Iterator[_Turn]:
        """Earlier turns of a number that ends in this one; their finds and those of the turn are completed."""
        if not turn.rows:
            return
        parts = [turn]
        for earlier in list(self._turns)[-2::-1]:
            if earlier.party != turn.party:
                if _is_aside(earlier, parts):
                    continue
                return
            if not earlier.rows or earlier.is_complete or not _ends_with_row(earlier):
                return
            parts.insert(0, earlier)
            kind = whole_number("".join(part.digits for part in parts))
            if kind:
                turn.is_complete = True
                for part in parts:
                    part.found = _tidy([*part.found, *((row.start, row.end, kind) for row in part.rows)])
                _keep(self._digits, "".join(part.digits for part in parts), kind)
                yield from parts[:-1]
                return

    def _said_before(self, turn: _Turn) -> Iterator[_Turn]:
        """Earlier turns that say what only this one tells to be private."""
        if not turn.found:
            return
        for earlier in self._turns:
            if earlier is turn:
                continue
            found = _tidy([*earlier.found, *self._known(earlier.text, earlier.rows)])
            if found != earlier.found:
                earlier.found = found
                yield earlier

    def _remember(self, turn: _Turn) -> None:
        for start, end, kind in turn.found:
            said = turn.text[start:end]
            rows = rows_of(said)
            digits = "".join(row.digits for row in rows)
            if kind in ("phone_number", "id_number", "bank_card", "passcode") and len(digits) >= _LEAST_KNOWN_DIGITS:
                _keep(self._digits, digits, kind)
            elif kind not in ("phone_number", "id_number", "bank_card") and len(said) >= _LEAST_KNOWN_CHARS:
                _keep(self._words, said, kind)

    def _expect(self, turn: _Turn) -> None:
        """What the next turns may bring."""
        asked = asked_by(turn.text, has_rows=any(len(row.digits) >= _OPEN_DIGITS for row in turn.rows))
        if asked:
            self._expected = Expected(asked, turn.party)
        elif self._expected:
            is_on = bool(turn.found) or len(_CONTENT.findall(turn.text)) <= _SHORT_TURN
            digits = len(turn.digits) if turn.party != self._expected.asker else 0
            self._expected = self._expected.after(is_on=is_on, digits=digits)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a turn may bring because the call is about it just now."""

    digits: PrivateKind | None = None
    """Of either party: the one tells it, the other reads it back."""
    answers: tuple[PrivateKind, ...] = ()
    """Of the party that was asked."""

    @classmethod
    def of(cls, expected: Expected | None, party: Party) -> _Asked:
        if expected is None:
            return cls()
        return cls(expected.digits_kind, expected.kinds if expected.asker != party else ())


def _in_turn(text: str, rows: list[Row], previous: str, asked: _Asked) -> Iterator[Found]:
    harmless: list[Found] = []
    for entity in find_rows(text, previous):
        if entity.label in _HARMLESS:
            if entity.label == "number_tail" and asked.digits == "id_number":
                continue
            harmless.append((entity.start, entity.end, "withheld"))
        elif entity.label in _KINDS and _is_private(text, entity):
            yield entity.start, entity.end, _KINDS[entity.label]
    for row in rows:
        if any(start < row.end and row.start < end for start, end, _ in harmless):
            continue
        yield from _in_row(text, row, asked.digits)
    for found in misheard_numbers(text):
        if not _is_harmless(text, found[0], text[found[0] : found[1]]):
            yield found
    for start, end in names.find_names(text, is_asked="person" in asked.answers):
        yield start, end, "person"
    for start, end in addresses.find_addresses(text, is_asked="address" in asked.answers):
        yield start, end, "address"
    yield from find_secrets(text, asked=asked.answers)


def _in_row(text: str, row: Row, asked: PrivateKind | None) -> Iterator[Found]:
    """What a row is by its form, by what stands before it, or because it was asked for."""
    whole = whole_in_row(row)
    if _is_harmless(text, row.start, row.digits):
        return
    yield from whole
    if whole:
        return
    if asked and _may_answer(text, row):
        yield row.start, row.end, asked
        return
    before = text[max(0, row.start - _OWN_REACH) : row.start]
    for kind, called, least in _OWN:
        if called.search(before) and len(row.digits) >= least:
            yield row.start, row.end, kind
            return
    if old_identity(row.digits):
        yield row.start, row.end, "id_number"
    elif _MOBILE_HEAD.fullmatch(row.digits) and len(row.digits) >= 7:
        yield row.start, row.end, "phone_number"
    elif len(row.digits) >= 13:
        yield row.start, row.end, "id_number" if 17 <= len(row.digits) <= 18 else "bank_card"


def _may_answer(text: str, row: Row) -> bool:
    """Whether a row says something of what was asked for: the shorter it is, the less may stand around it."""
    around = len(_CONTENT.findall(text)) - len(_CONTENT.findall(text[row.start : row.end]))
    return len(row.digits) >= 4 or around <= {1: 0, 2: 2, 3: 8}[len(row.digits)]


def _is_harmless(text: str, start: int, said: str) -> bool:
    """Whether a row is the number of a thing or of a hotline."""
    before = text[max(0, start - _OWN_REACH) : start]
    if _NUMBERED.search(before) and not _OF_IDENTITY.search(before):
        return True
    rows = rows_of(said)
    return bool(rows) and _HOTLINES.fullmatch("".join(row.digits for row in rows)) is not None


def _is_private(text: str, entity: FoundEntity) -> bool:
    """Whether it is nobody else's number, and no last digits of a card."""
    said = text[entity.start : entity.end]
    if entity.label == "bank_card" and sum(len(row.digits) for row in rows_of(said)) < _LEAST_CARD_PART:
        return False
    return not _is_harmless(text, entity.start, said)


def _is_usual(part: str, whole: str, kind: PrivateKind) -> bool:
    return kind in ("phone_number", "bank_card") and len(part) == _TAIL_DIGITS and whole.endswith(part)


def _is_aside(turn: _Turn, parts: list[_Turn]) -> bool:
    """Whether the other party only says yes between two parts of a number, or says a part after them."""
    said = len(_CONTENT.findall(turn.text))
    return said <= _SHORT_TURN or (bool(turn.rows) and said - len(turn.digits) <= _SHORT_TURN and bool(parts))


def _ends_with_row(turn: _Turn) -> bool:
    return len(_CONTENT.findall(turn.text, turn.rows[-1].end)) <= 2


def _keep(known: dict[str, PrivateKind], value: str, kind: PrivateKind) -> None:
    known.setdefault(value, kind)
    if len(known) > KEPT_VALUES:
        del known[next(iter(known))]


def _tidy(found: Iterable[Found]) -> list[Found]:
    """In text order; what overlaps is one span of the longest one's kind."""
    joined: list[tuple[int, int, PrivateKind, int]] = []
    for start, end, kind in sorted(found):
        if joined and start < joined[-1][1]:
            first, last, kept, length = joined[-1]
            longest = (kind, end - start) if end - start > length else (kept, length)
            joined[-1] = (first, max(last, end), *longest)
        else:
            joined.append((start, end, kind, end - start))
    return [(start, end, kind) for start, end, kind, _ in joined]


def _spans(found: Iterable[Found]) -> tuple[PrivateSpan, ...]:
    return tuple(PrivateSpan(start=start, end=end, kind=kind) for start, end, kind in found)
