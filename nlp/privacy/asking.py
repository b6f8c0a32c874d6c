"""What a party wants to hear, and for how long the other one may be telling it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from assist.messages import Party, PrivateKind
from nlp.privacy import addresses, names
from nlp.privacy.secrets import ASKED_CODE, ASKED_EMAIL, ASKED_PLATE

MOST_TURNS = 12
MOST_ASIDES = 2
"""Turns of something else, one after the other, after which nobody is telling it any more."""
_WHOLE_DIGITS = {"phone_number": 11, "id_number": 18, "bank_card": 19}

_ASKING = re.compile(
    "请问|请您?|麻烦|提供|报一?下|说一?下|念|报给|告诉|核对|核实|是什么|是多少|多少|哪个|哪里|哪儿|呢？|吗|贵姓|称呼|留一?个|输入|说出|登记|收到|发(?:给|到|了)|核身|身份"
)
_TELLING = re.compile("报给你|我报|我念|你记|号码啊|我说慢|我给你报|我直接说|报一下")
_ASKED: tuple[tuple[PrivateKind, re.Pattern[str]], ...] = (
    ("plate", ASKED_PLATE),
    ("email", ASKED_EMAIL),
    ("id_number", re.compile("身份证|证件")),
    ("bank_card", re.compile("卡号|银行账号|对公账号")),
    ("passcode", ASKED_CODE),
    ("address", addresses.ASKED),
    ("person", names.ASKED),
    (
        "phone_number",
        re.compile("手机号|电话号?|号码|联系方式|座机|固话|哪个号|前三位|中间四位|十一位"),
    ),
)


_OF_DIGITS = frozenset(["phone_number", "id_number", "bank_card", "passcode"])
_TAIL = re.compile("尾号|后四位|末四位|最后四位")


@dataclass(frozen=True, slots=True)
class Expected:
    """Something private that is being told."""

    kinds: tuple[PrivateKind, ...]
    """At least one; the first of them that has digits is what rows are taken for."""
    asker: Party
    turns: int = 0
    asides: int = 0
    digits: int = 0

    def after(self, *, is_on: bool, digits: int) -> Expected | None:
        """After another turn; None once it was told, or where nobody tells it any more."""
        so_far = self.digits + digits
        asides = 0 if is_on else self.asides + 1
        is_told = len(self.kinds) == 1 and so_far >= _WHOLE_DIGITS.get(self.kinds[0], 100)
        if is_told or self.turns >= MOST_TURNS or asides >= MOST_ASIDES:
            return None
        return replace(self, turns=self.turns + 1, asides=asides, digits=so_far)

    @property
    def digits_kind(self) -> PrivateKind | None:
        """What rows of digits are taken for."""
        return next((kind for kind in self.kinds if kind in _OF_DIGITS), None)


def asked_by(text: str, *, has_rows: bool) -> tuple[PrivateKind, ...]:
    """What a turn asks for, or announces; empty where it tells all of it itself."""
    if not (_ASKING.search(text) or _TELLING.search(text)) or (has_rows and not _TELLING.search(text)):
        return ()
    is_tail = _TAIL.search(text) is not None
    return tuple(kind for kind, pattern in _ASKED if pattern.search(text) and not (is_tail and kind == "phone_number"))
