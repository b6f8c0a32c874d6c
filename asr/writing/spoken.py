"""What was said, from what a recogniser wrote: numbers in digits become the words a speaker uses for them.

Recognisers write 1200块, 一千二百块 and 1,200块 for the same sound, as it happens. Rules and error rates need one form.
A number is read by value before a measure word, digit by digit where it names something (a year, a telephone, an
account), and otherwise as it would most likely be said. Digits that belong to a Latin word stay: 5G, iPhone15, MP3;
and a network is always written like one, 五G → 5G, also by recognisers that write no digits.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from asr.text import Edit, edits_of
from assist.numerals import MAX_QUANTITY_DIGITS, digits_of, read_digits, read_quantity

_INTEGER = r"(?:\d{1,3}(?:,\d{3})+(?![\d,])|\d+)"
_NUMBER = rf"{_INTEGER}(?:\.\d+)?"
_COUNTED = "[年月日号点时分个元块角毛天周次岁名人条张台部兆万亿千百倍折度米公斤层楼GMT]"
_WRITTEN = re.compile(
    rf"""
      (?P<word>   [A-Za-z][A-Za-z0-9'+\-]* )
    | (?P<network> [2-6]G (?![A-Za-z]) )
    | (?P<network_said> (?<![零一二两三四五六七八九十百千万点]) [二三四五六]G (?![A-Za-z]) )
    | (?P<spelled> (?<![\d.]) (?: \d (?:[,，、\-\ ]\d){{2,}} (?![\d.,]) | \d (?:\.\d){{3,}} (?![\d.]) ) )
    | (?P<date>   \d{{4}} (?P<mark>[-/.]) \d{{1,2}} (?P=mark) \d{{1,2}} (?!\d) )
    | (?P<version> \d+ (?:\.\d+){{2,}} )
    | (?P<clock>  (?:[01]?\d|2[0-4]) (?::[0-5]\d){{1,2}} (?!\d) )
    | (?P<ratio>  \d+ : \d+ )
    | (?P<percent> {_NUMBER} %? [-~～] {_NUMBER} % | {_NUMBER} % )
    | (?P<money>  [¥￥$] {_NUMBER} )
    | (?P<range>  {_NUMBER} [-~～] {_NUMBER} (?= {_COUNTED} ) )
    | (?P<groups> \d{{3,4}} (?: [\ -] \d{{3,8}} )+ (?![\d.,%]) )
    | (?P<fraction> \d{{1,3}} / \d{{1,3}} (?![\d/]) )
    | (?P<number> {_NUMBER} (?P<letters>[A-Za-z]*) )
    """,
    re.VERBOSE,
)
_LATIN_UNITS = frozenset(["G", "GB", "M", "MB", "K", "KB", "T", "TB", "Mbps", "kg", "km", "cm", "mm", "ml", "g"])
_MEASURE = re.compile(
    r"[万亿千百多几余来个只条张台部岁家位种天日号月年周点时分秒次遍回趟件份套杯瓶斤吨米里度折倍层楼栋幢间线兆名人户口页集季"
    r"代届级档字句段本元块毛角钱环项款例期股步辆座群寸匹排站轮%]"
    r"|星期|礼拜|小时|公里|公斤|厘米|毫米|平方|立方|单元|美元|欧元|港币|英镑|日元|人民币|左右|以上|以下|以内|之间|[GMKT]B?(?![A-Za-z])"
)
_TWO_AS_LIANG = re.compile(
    r"[万亿千百个只条张台部岁家位种天年周点次遍回趟件份套杯瓶斤吨米里倍层间兆名人户口页集季句段本元块毛角项款轮分秒]"
    r"|星期|礼拜|小时|公里|公斤|平方|单元|[GMKT]B?(?![A-Za-z])"
)
_NAMED = re.compile(r"号(?!线)|室|房|路|次列车|国道|网点")
"""After three digits and more these make a name of the number."""
_NAMES = re.compile(
    r"(?:尾号|号码|卡号|账号|工号|单号|编号|房号|车牌|邮编|分机|密码|验证码|代码|尾数|后[一二三四五六七八]位|[Qq]{2}|拨打?|打|按|转|证)"
    r"(?:是|为|就是)?[，：:, ]?$"
)
"""Before a number these make a name of it."""
_LONGEST_NAME = 8


def spoken_edits(text: str) -> tuple[Edit, ...]:
    """What to replace in simplified, half-width text, in text order; nothing in text that is spoken form already."""
    return tuple(edits_of(_WRITTEN, text, _said))


def _said(match: re.Match[str]) -> str:
    read = next((reader for kind, reader in _READERS.items() if match[kind]), None)
    return read(match) if read else match.group()


def _read_spelled(match: re.Match[str]) -> str:
    return read_digits("".join(character for character in match.group() if character.isdigit()))


def _read_date(match: re.Match[str]) -> str:
    year, month, day = match.group().split(match["mark"])
    return f"{read_digits(year)}年{read_quantity(month)}月{read_quantity(day)}日"


def _read_network(match: re.Match[str]) -> str:
    return f"{digits_of(match.group()[0])}G"


def _read_version(match: re.Match[str]) -> str:
    return "点".join(_by_value(part) for part in match.group().split("."))


def _read_clock(match: re.Match[str]) -> str:
    hour, *rest = match.group().split(":")
    parts = ["零" * (part[0] == "0") + read_quantity(part) for part in rest]
    minutes = parts[0] if len(parts) == 1 else f"{parts[0]}分{parts[1]}秒"
    has_minutes = any(int(part) for part in rest)
    return _two_as_liang(read_quantity(hour), "点") + "点" + (minutes if has_minutes else "")


def _read_ratio(match: re.Match[str]) -> str:
    one, other = match.group().split(":")
    return f"{_by_value(one)}比{_by_value(other)}"


def _read_percent(match: re.Match[str]) -> str:
    parts = re.split(r"[-~～]", match.group().replace("%", ""))
    return "到".join("百分之百" if part == "100" else f"百分之{_by_value(part)}" for part in parts)


def _read_money(match: re.Match[str]) -> str:
    unit = "美元" if match.group().startswith("$") else "元"
    amount = match.group()[1:]
    has_unit = re.match(r"[万亿千百元块美]", match.string[match.end() :])
    return _in_context(amount, "", unit) + ("" if has_unit else unit)


def _read_range(match: re.Match[str]) -> str:
    after = match.string[match.end() :]
    return "到".join(_in_context(part, "", after) for part in re.split(r"[-~～]", match.group()))


def _read_groups(match: re.Match[str]) -> str:
    parts = re.split(r"[ -]", match.group())
    if sum(map(len, parts)) < 7:
        return "".join(_in_context(part, "", "") for part in parts)
    return "".join(map(read_digits, parts))


def _read_fraction(match: re.Match[str]) -> str:
    part, whole = match.group().split("/")
    if int(part) < int(whole):
        return f"{_by_value(whole)}分之{_by_value(part)}"
    return _by_value(part) + _by_value(whole)


def _read_number(match: re.Match[str]) -> str:
    letters = match["letters"]
    number = match.group().removesuffix(letters)
    if letters and letters not in _LATIN_UNITS:
        return match.group()
    before = match.string[max(0, match.start() - _LONGEST_NAME) : match.start()]
    return _in_context(number, before, letters + match.string[match.end() :]) + letters


def _in_context(number: str, before: str, after: str) -> str:
    """A number as it is said between its neighbours."""
    if "." in number:
        return _by_value(number)
    digits = number.replace(",", "")
    if len(digits) > MAX_QUANTITY_DIGITS or _is_name(digits, before, after):
        return read_digits(digits)
    return _two_as_liang(read_quantity(digits), after)


def _is_name(digits: str, before: str, after: str) -> bool:
    """Whether a whole number is read digit by digit."""
    size, value = len(digits), int(digits)
    if (size > 1 and digits[0] == "0") or (size == 2 and after.startswith("年代")):
        return True
    if after.startswith("年") and (size == 4 or size == 2):
        return 1_800 <= value < 2_200 or (50 <= value < 100 and value % 10 != 0)
    if size == 2 and after.startswith("后") and not after.startswith(("后面", "后来")):
        return value >= 50 and value % 5 == 0
    if size >= 3 and _NAMED.match(after):
        return True
    if _MEASURE.match(after):
        return False
    if _NAMES.search(before):
        return True
    if size == 4:
        return (1_900 <= value < 2_100 and value != 2_000) or value % 10 != 0
    return size > 4 and len(digits.rstrip("0")) > 2


def _by_value(number: str) -> str:
    whole, _, fraction = number.replace(",", "").partition(".")
    said = read_quantity(whole) if len(whole) <= MAX_QUANTITY_DIGITS else read_digits(whole)
    return f"{said}点{read_digits(fraction)}" if fraction else said


def _two_as_liang(said: str, after: str) -> str:
    return "两" if said == "二" and _TWO_AS_LIANG.match(after) else said


_READERS: dict[str, Callable[[re.Match[str]], str]] = {
    "network_said": _read_network,
    "spelled": _read_spelled,
    "date": _read_date,
    "version": _read_version,
    "clock": _read_clock,
    "ratio": _read_ratio,
    "percent": _read_percent,
    "money": _read_money,
    "range": _read_range,
    "groups": _read_groups,
    "fraction": _read_fraction,
    "number": _read_number,
}
"""How each kind of writing is read; the others stay."""
