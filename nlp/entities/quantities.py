"""Normal forms of what is counted and paid: money, data, voice, speed, discounts, terms, times."""

from __future__ import annotations

import re
from decimal import Decimal

from nlp.entities.numbers import NUMBER, plain, read_number

_HALF = Decimal("0.5")
_MB_PER_GB = 1_024
_MBIT_PER_GBIT = 1_000
_FEN_PER_YUAN = 100

_YUAN = re.compile(
    rf"(?P<yuan>{NUMBER})(?:个)?[块元]?[多来]?(?:钱|人民币)?"
    r"(?:(?<=[块元])(?:零(?P<odd>[一二三四五六七八九])分?|(?P<jiao>[一二两三四五六七八九]|半)"
    r"(?:[毛角](?P<fen>[一二三四五六七八九])?分?)?)钱?)?(?:话费)?"
)
_COINS = re.compile(
    rf"(?:(?P<jiao>{NUMBER}|半)[毛角](?P<fen>[一二三四五六七八九])?分?|(?P<fen_only>{NUMBER})分)(?:来|多)?钱?"
)
_DATA = re.compile(rf"(?P<half>半)?(?P<number>{NUMBER})?(?P<measure>个)?(?P<more>半)?多?(?P<unit>[GgMmTtKk兆])?[Bb]?")
_SPEED = re.compile(rf"(?P<number>{NUMBER})(?:个)?(?P<unit>[Gg])?(?:兆|[Mm]|[Bb])*")
_COUNTED = re.compile(rf"(?:第|不下|至少|起码|将近|上)?(?P<number>{NUMBER})(?P<unit>\D*)")
_FOLD = re.compile(rf"(?:打)?(?:(?P<tens>[一二两三四五六七八九])(?P<ones>[一二三四五六七八九])?|(?P<point>{NUMBER}))折")
_SHARE = re.compile(rf"百分之(?P<hundredths>百|{NUMBER})|(?P<hundredths_written>{NUMBER})%|(?P<tenths>{NUMBER})成")
_TERM = re.compile(
    rf"(?P<half>大?半)(?:年)(?:期)?|(?P<months>{NUMBER})(?:个月|个?期|月)|(?P<years>{NUMBER})(?:周)?年(?P<more>半)?期?"
)
_MONTHS_PER_YEAR = 12


def amount_in_fen(said: str) -> str | None:
    """一百三十八块五 → 13850, 一块九毛九 → 199, 两毛 → 20, 三十九 → 3900."""
    if found := _COINS.fullmatch(said):
        if found["fen_only"]:
            return _whole(read_number(found["fen_only"]))
        tenths = _HALF if found["jiao"] == "半" else read_number(found["jiao"])
        return None if tenths is None else _whole(tenths * 10 + _digit(found["fen"]))
    found = _YUAN.fullmatch(said)
    yuan = read_number(found["yuan"]) if found else None
    if found is None or yuan is None:
        return None
    coins = 50 if found["jiao"] == "半" else _digit(found["jiao"]) * 10
    return _whole(yuan * _FEN_PER_YUAN + coins + _digit(found["fen"] or found["odd"]))


def data_in_mb(said: str) -> str | None:
    """五百兆 → 500, 两个G → 2048, 九个半G and 九个半 → 9728; a bare number has no unit and no value."""
    found = _DATA.fullmatch(said.removesuffix("流量"))
    if found is None or not (found["unit"] or found["more"]) or bool(found["half"]) == bool(found["number"]):
        return None
    value = _HALF if found["half"] else read_number(found["number"])
    if value is None:
        return None
    unit = (found["unit"] or "G").upper()
    factor = {"K": Decimal(1) / _MB_PER_GB, "G": Decimal(_MB_PER_GB), "T": Decimal(_MB_PER_GB**2)}.get(unit, Decimal(1))
    return plain((value + (_HALF if found["more"] else 0)) * factor)


def speed_in_mbit(said: str) -> str | None:
    """Mbit/s: 千兆 → 1000, 五百兆 → 500, 一个G → 1000."""
    found = _SPEED.fullmatch(said.removesuffix("宽带"))
    value = read_number(found["number"]) if found else None
    if found is None or value is None:
        return None
    return plain(value * (_MBIT_PER_GBIT if found["unit"] else 1))


def minutes_of_voice(said: str) -> str | None:
    """三百分钟 → 300, 两小时 → 120."""
    found = _COUNTED.fullmatch(said)
    value = read_number(found["number"]) if found else None
    if found is None or value is None:
        return None
    return plain(value * 60) if "小时" in found["unit"] or "钟头" in found["unit"] else plain(value)


def number_of_times(said: str) -> str | None:
    """第三次 → 3, 四五个 → 4, 五笔 → 5."""
    found = _COUNTED.fullmatch(said)
    return _whole(read_number(found["number"])) if found else None


def discount_in_percent(said: str) -> str | None:
    """As it is said: what is left to pay, 八折 → 80, 打对折 → 50; or the share named, 百分之二十, 两成 → 20."""
    if re.search("对折|半价|一半|半折", said):
        return "50"
    if found := _FOLD.fullmatch(said):
        if found["point"]:
            tenths = read_number(found["point"])
            return None if tenths is None else plain(tenths * 10)
        return str(_digit(found["tens"]) * 10 + _digit(found["ones"]))
    found = _SHARE.fullmatch(said)
    if found is None:
        return None
    if found["tenths"]:
        tenths = read_number(found["tenths"])
        return None if tenths is None else plain(tenths * 10)
    share = read_number(found["hundredths"] or found["hundredths_written"])
    return None if share is None else plain(share)


def term_in_months(said: str) -> str | None:
    """两年 → 24, 十二期 → 12, 两年半 → 30; None for a term in days."""
    found = _TERM.fullmatch(said)
    if found is None:
        return None
    if found["half"]:
        return "6"
    if found["years"]:
        years = read_number(found["years"])
        return None if years is None else plain((years + (_HALF if found["more"] else 0)) * _MONTHS_PER_YEAR)
    return _whole(read_number(found["months"]))


def _whole(value: Decimal | None) -> str | None:
    return None if value is None else str(int(value))


def _digit(numeral: str | None) -> int:
    value = read_number(numeral) if numeral else None
    return 0 if value is None else int(value)
