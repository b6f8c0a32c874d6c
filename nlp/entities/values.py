"""What an entity is worth: the normal form of each label, from the words that name it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from nlp.entities.durations import read_length
from nlp.entities.moments import read_deadline, read_moment, read_period
from nlp.entities.names import (
    CHANNELS,
    PAYMENTS,
    REGULATORS,
    RIVALS,
    Codes,
    device_of,
    direction_of,
    indicator_of,
    longest_code,
)
from nlp.entities.numbers import NUMBER, plain, read_number, read_row
from nlp.entities.quantities import (
    amount_in_fen,
    data_in_mb,
    discount_in_percent,
    minutes_of_voice,
    number_of_times,
    speed_in_mbit,
    term_in_months,
)
from nlp.entities.regions import REGIONS

_ABOUT = re.compile(r"^(?:不到|不足|快|将近|接近|差不多|大概|大约|约)|(?:整|出头|左右|上下)$")
_FILLERS = re.compile(r"呃|嗯|啊|哦|那个什么|[，。？,.\s]")
_PRICED_PLAN = re.compile(
    rf"(?P<price>{NUMBER})(?:[块元]钱?)?(?:月租)?(?:的?(?:五G|四G|5G|4G)?套餐|的?那个|的?那[一款]?档?|的|档|那款)?"
)


def normal_form(label: str, surface: str, reference: datetime | None = None) -> str | None:
    """The normal form of an entity, the same on every machine; None where its words cannot be read.

    ``reference``, the beginning of the call, turns days and months told from it into dates; without it they are symbols
    (``assist.calendar``). Vague numbers give the least that was meant. A passcode is never given: only how long
    it is, as asterisks.
    """
    said = _FILLERS.sub("", surface)
    if not said:
        return None
    if label in _ROWS:
        return read_row(surface)
    if label in _MOMENTS:
        return _MOMENTS[label](said, reference)
    if label in _READERS:
        return _READERS[label](_ABOUT.sub("", said))
    return said


def _coded(codes: Codes) -> Callable[[str], str | None]:
    return lambda said: longest_code(said, codes)


def _rival(said: str) -> str:
    return longest_code(said, RIVALS) or "other"


def _plan(said: str) -> str:
    """By its price where that is all its name, 五十九的那个 → plan:59; else as it is said."""
    found = _PRICED_PLAN.fullmatch(said)
    price = read_number(found["price"]) if found else None
    return said if price is None else f"plan:{plain(price)}"


def _passcode(said: str) -> str | None:
    row = read_row(said)
    return None if row is None else "*" * len(row)


_ROWS = frozenset(["phone_number", "number_tail", "id_number", "id_tail", "bank_card", "order_no", "agent_id"])
_MOMENTS: dict[str, Callable[[str, datetime | None], str | None]] = {
    "date": read_moment,
    "time": read_moment,
    "period": read_period,
    "deadline": read_deadline,
}
_READERS: dict[str, Callable[[str], str | None]] = {
    "amount": amount_in_fen,
    "data_volume": data_in_mb,
    "minutes": minutes_of_voice,
    "sms_count": number_of_times,
    "bandwidth": speed_in_mbit,
    "discount": discount_in_percent,
    "contract_term": term_in_months,
    "duration": read_length,
    "count": number_of_times,
    "passcode": _passcode,
    "plan": _plan,
    "plan_direction": direction_of,
    "device": device_of,
    "indicator": indicator_of,
    "rival": _rival,
    "region": _coded(REGIONS),
    "channel": _coded(CHANNELS),
    "payment": _coded(PAYMENTS),
    "regulator": _coded(REGULATORS),
}
