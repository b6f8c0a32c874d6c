"""Rows of digits that were read out: telephone, identity and card numbers, codes, the ends of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from nlp.entities.numbers import DIGIT, ID_CHARS, is_card_number, is_identity_number, read_row
from nlp.understanding.model import FoundEntity

MIN_DIGITS = 3
MAX_PARTS = 8
"""Of one number that is read with pauses."""
_CONTEXT_CHARS = 16
_SCORE_OF_ANSWER = 0.88

_RUN = re.compile(rf"(?<![十百千万亿点第])(?:{DIGIT}|[两三四五六]个(?={DIGIT})){{2,40}}+[xX叉]?(?![十百千万亿点])")
_PAUSE = re.compile(r"(?:[，、 ]|呃|嗯|啊)*")
_COUNTS = re.compile(r"[个年月天日次遍回趟块元毛兆折分期岁条G]")
_IS = r"(?:号码|号)?(?:应该|好像|就)?(?:是|为)?[，：]?$"

_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"0\d{9,11}|[48]00\d{7}")
_IDENTITY = re.compile(r"\d{17}[\dX]")
_BEGINS_LIKE_CARD = re.compile(r"62|4\d|5[1-5]")
_BANKED = re.compile(r"银行卡|储蓄卡|信用卡|工资卡|借记卡|贷记卡|金卡|白金卡|卡号|卡尾|扣款|退款|[三两]张|绑")

_CALLED: tuple[tuple[str, re.Pattern[str], float], ...] = (
    ("agent_id", re.compile(r"工号" + _IS), 0.96),
    ("order_no", re.compile(r"(?:工单|订单|单子|故障单|投诉单|快递单|运单|单|受理编)(?:的?尾号)?" + _IS), 0.95),
    ("passcode", re.compile(r"(?:验证码|动态码|校验码|密码|口令)" + _IS), 0.95),
    (
        "id_tail",
        re.compile(r"(?:身份证|证件)(?:号码?)?的?(?:(?:最后|后|末)[面头]?[三四五六]位|尾号|尾数|尾)?" + _IS),
        0.9,
    ),
    ("bank_card", re.compile(r"(?:银行卡|储蓄卡|信用卡|工资卡|(?<!副)卡号?)的?(?:尾号|(?:后|末)四位|尾)" + _IS), 0.88),
    ("id_tail", re.compile(r"(?:最后|后|末)[面头]?[四五六]位" + _IS), 0.83),
    ("number_tail", re.compile(r"(?:尾号|尾数|尾巴)" + _IS), 0.72),
    ("phone_number", re.compile(r"(?:电话|手机号?|座机|联系方式)" + _IS), 0.7),
)
"""What a row is called before it; the first that fits counts."""
_FOLLOWED: tuple[tuple[str, re.Pattern[str], float], ...] = (
    ("agent_id", re.compile(r"号(?:为您|客服|坐席|话务员)|为您服务"), 0.88),
    ("number_tail", re.compile(r"结尾|这个尾号"), 0.7),
)

_ASKED: tuple[tuple[str, re.Pattern[str], range], ...] = (
    ("passcode", re.compile(r"验证码|动态码|校验码|密码|口令"), range(4, 9)),
    ("agent_id", re.compile(r"工号"), range(3, 7)),
    ("order_no", re.compile(r"(?:工单|订单|投诉单|故障单|快递|运单|受理|单子)[^，。？]{0,4}号|单号"), range(4, 21)),
    ("id_tail", re.compile(r"(?:身份证|证件)[^，。？]{0,6}(?:后|末|尾)"), range(3, 7)),
    ("bank_card", re.compile(r"(?<!副)卡[^，。？]{0,5}(?:后|末|尾|卡?号)"), range(3, 7)),
    (
        "number_tail",
        re.compile(r"(?:手机|电话|号码|副卡|^|[，。？下])[^，。？卡证单]{0,4}(?:尾号|[后末][三四五六]位)"),
        range(3, 7),
    ),
)
"""What a row of so many digits is if the other party has just asked for it, and for nothing else of that length."""


@dataclass(frozen=True, slots=True)
class _Run:
    start: int
    end: int


def find_rows(text: str, previous: str = "") -> Iterator[FoundEntity]:
    """In text order, without overlap; ``previous`` is what the other party said last."""
    runs = [_Run(*found.span()) for found in _RUN.finditer(text)]
    at = 0
    while at < len(runs):
        count, found = _read_at(text, runs[at : at + MAX_PARTS], previous)
        if found:
            yield found
        at += count


def _read_at(text: str, runs: Sequence[_Run], previous: str) -> tuple[int, FoundEntity | None]:
    """How many runs are used up, and what they are; one that is begun again is nothing."""
    start = runs[0].start
    if len(runs) > 1 and text.startswith(text[start : runs[0].end], runs[1].start):
        return 1, None
    last = 1
    while last < len(runs) and _PAUSE.fullmatch(text, runs[last - 1].end, runs[last].start):
        last += 1
    for count in range(last, 0, -1):
        end = runs[count - 1].end
        digits = read_row(text[start:end])
        whole = _whole_number(digits, is_one=count == 1) if digits else None
        if whole:
            return count, FoundEntity(whole[0], start, end, whole[1])
    return _continued(text, runs[:last], _by_context(text, runs[0], _asked(previous, text[start : runs[last - 1].end])))


def _continued(text: str, runs: Sequence[_Run], found: FoundEntity | None) -> tuple[int, FoundEntity | None]:
    """What its context names, with the parts that follow after pauses; not a list (零零二四、零零三七)."""
    count = 1
    while count < len(runs) and "、" not in text[runs[count - 1].end : runs[count].start]:
        count += 1
    if found is None or count == 1 or _COUNTS.match(text, runs[count - 1].end):
        return 1, found
    return count, replace(found, end=runs[count - 1].end)


def _whole_number(digits: str, *, is_one: bool) -> tuple[str, float] | None:
    """What a number is by its own form; of several parts only what can be nothing else."""
    if _MOBILE.fullmatch(digits):
        return "phone_number", 0.95
    if is_identity_number(digits):
        return "id_number", 0.99
    if is_card_number(digits) and len(digits) >= 15 and _BEGINS_LIKE_CARD.match(digits):
        return "bank_card", 0.98
    if not is_one:
        return None
    if _LANDLINE.fullmatch(digits):
        return "phone_number", 0.9
    if 16 <= len(digits) <= 19 and digits.startswith("62"):
        return "bank_card", 0.9
    return ("id_number", 0.9) if len(digits) == ID_CHARS and _IDENTITY.fullmatch(digits) else None


def _asked(previous: str, answer: str) -> str | None:
    """What digits, with their pauses, are if the question before asks for one thing of their length only."""
    length = len(read_row(answer) or "")
    asked = [label for label, asks, lengths in _ASKED if length in lengths and asks.search(previous)]
    return asked[0] if len(asked) == 1 else None


def _by_context(text: str, run: _Run, asked: str | None) -> FoundEntity | None:
    digits = read_row(text[run.start : run.end])
    before = text[max(0, run.start - _CONTEXT_CHARS) : run.start]
    if digits is None:
        return None
    answer = FoundEntity(asked, run.start, run.end, _SCORE_OF_ANSWER) if asked else None
    for label, called, score in _CALLED:
        if called.search(before):
            if answer and score < _SCORE_OF_ANSWER:
                return answer
            if label in ("number_tail", "id_tail") and len(digits) > 6:
                break
            if label == "number_tail" and _BANKED.search(text):
                label = "bank_card"
            return FoundEntity(label, run.start, run.end, score)
    if len(digits) < MIN_DIGITS or _COUNTS.match(text, run.end):
        return None
    for label, follows, score in _FOLLOWED:
        if follows.match(text, run.end):
            return FoundEntity(label, run.start, run.end, score)
    if answer:
        return answer
    if 7 <= len(digits) <= 12:
        return FoundEntity("phone_number", run.start, run.end, 0.7)
    return None
