"""The form people read: amounts, dates, times, data volumes and numbers of a spoken text in digits.

A small grammar over runs of numerals. What it is not sure of stays as it was said: vague numbers (三四个, 十几天),
fixed phrases (一五一十, 二百五), counts below ten (一个, 两次), number words inside other words (万一, 十分). Numbers
of different things never run together: 三十元五百兆 → 30元500兆.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import rjieba

from assist.messages import Rewrite, RewriteKind
from assist.numerals import digits_of, value_of

_DIGIT = "[零〇一二三四五六七八九]"
_QUANTITY = "[零〇一二两三四五六七八九十百千万亿]+"
_RUN = re.compile("[零〇幺一二两三四五六七八九十百千万亿](?:[零〇幺一二三四五六七八九十百千万亿]|(?<=[零百千万亿])两)*")
"""Numerals of one number; 两 begins another one, unless it stands at the head of a part: 三十|两个, 一万两千."""
_NUMERAL_BELOW_MYRIAD = re.compile("[零〇一二两三四五六七八九十百千]")
_NUMBER = rf"{_QUANTITY}(?:点{_DIGIT}+)?"

_MEASURE = (
    r"(?:个|只|条|张|台|部|岁|家|位|种|天|日|号|月|年|周|次|遍|回|趟|件|份|套|杯|瓶|斤|吨|米|公里|公斤|厘米|毫米|平方|立方|度|折|倍|层|楼|栋|幢"
    r"|间|线|名|人|户|口|页|集|期|届|级|档|字|句|段|本|道|篇|强|单元|路(?=公交|车)|元|块|毛|角|美元|欧元|港币|英镑|人民币|兆|分钟|小时|秒|秒钟|分钱|个月|星期|周年"
    r"|多[个块元天年岁次人条兆万分小]|[GMKT]B?(?![A-Za-z]))"
)
"""What a number of ten or more counts."""
_STRICT_MEASURE = re.compile(
    r"元|毛钱|分钱|块钱|兆|个?[GMKT]B?(?![A-Za-z])|个兆|折(?!腾|扣|磨)|分钟|小时|岁(?!月)|美元|欧元|港币|英镑|人民币|公里|公斤|厘米|毫米|单元"
)
"""What makes digits of a number below ten."""
_COUNTED = re.compile(rf"{_MEASURE}|的(?!确)|(?:到|至){_QUANTITY}{_MEASURE}")
_PART_OF_DAY = re.compile(
    r"(?:上午|下午|早上|早晨|晚上|中午|凌晨|傍晚|夜里|半夜|今晚|明早|今早)(?:的|是|就是)?$|点(?:半|整|[零一二三四五六七八九十]+分?)?[-~到至]$"
)
_AFTER_HOUR = re.compile(r"半(?!天)|整|钟|[一三]刻|之前|以前|之后|以后|左右|前(?!面)|[-~到至][一两三四五六七八九十]+点")
_AFTER_ONE = re.compile(r"[，。？！、给再来到的打我你您开之]|$")
"""After 晚上一点 and the like, where a time is meant and not a little."""
_NOT_CLOCK = re.compile(r"建议|意见|要求|问题|原因|理由|好处")
_CALLED = re.compile(
    r"(?:尾号|号码|卡号|账号|工号|单号|编号|房号|邮编|分机|密码|验证码|代码|尾数|后[一二三四五六七八]位|拨打?|打|按|电话|身份证|热线)"
    r"(?:是|为|就是)?[，：]?$"
)
_BRAND = re.compile(r"(?:[A-Za-z]|苹果|安卓|华为|小米|荣耀|鸿蒙)$")
_COUNTED_FROM_TWENTY = re.compile(r"多(?!么|少)|分(?!之|钟|别|期|享)")
_PAID = re.compile(r"[充交扣收花付送减返涨降欠](?:了|您|你|我)?$")
_VAGUE_BEFORE = re.compile(r"[几数]$|正月$")
_VAGUE_AFTER = re.compile(r"[几来余]")
_BEFORE_TAIL = re.compile(rf"{_QUANTITY}[块毛]$")
_MONEY = re.compile(r"元|块|毛|角|分钱|美元|欧元|港币|英镑|人民币|万元|亿元|多[元块]")
_COUNTED_COINS = re.compile(rf"[块毛](?:钱|{_DIGIT}(?![块毛点]))")
_COINS = re.compile(r"[块毛](?=[，。？！、了的吧啊呢吗]|$)")
MIN_DIGITS = 5
"""So many digits in a row are a number of something; fewer have to be called one."""
_SET_PHRASES = re.compile(r"二百五(?![十块元])|一点一[点滴]|一[百千万]个(?=不|放心|愿意|满意|理由)|三三两两")
_UNITS_IN_WORDS = re.compile(rf"(?:第|百分之)?(?:{_MEASURE}|点|份|钟|钱|多|路|世纪|分之){{0,2}}")


def rewrites_of(text: str) -> tuple[Rewrite, ...]:
    """What to show otherwise in a spoken text, in text order without overlap."""
    return tuple(_apart(text, _found(text)))


@dataclass(frozen=True, slots=True)
class _Place:
    """A run of numerals in its text."""

    text: str
    start: int
    end: int

    @property
    def run(self) -> str:
        return self.text[self.start : self.end]

    @property
    def before(self) -> str:
        return self.text[max(0, self.start - 8) : self.start]

    @property
    def after(self) -> str:
        return self.text[self.end :]

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """The pattern where the run starts."""
        return pattern.match(self.text, self.start)

    def rewrite(self, written: str, kind: RewriteKind, end: int | None = None) -> Rewrite:
        return Rewrite(start=self.start, end=self.end if end is None else end, written=written, kind=kind)


def _found(text: str) -> Iterator[Rewrite]:
    kept = _fixed(text)
    at = 0
    while found := _RUN.search(text, at):
        start, at = found.span()
        if any(start < end and begin < at for begin, end in kept):
            at = max(at, *(end for begin, end in kept if start < end and begin < at))
            continue
        place = _Place(text, start, at)
        for reader in _READERS:
            if rewrites := reader(place):
                yield from rewrites
                at = max(at, rewrites[-1].end)
                break


def _fixed(text: str) -> list[tuple[int, int]]:
    """Where set phrases and words with a number word in them stand."""
    found = [match.span() for match in _SET_PHRASES.finditer(text)]
    at = 0
    for token in rjieba.cut(text, False):
        rest = _RUN.sub("", token)
        if len(token) > 2 and rest and rest != token and not _UNITS_IN_WORDS.fullmatch(rest):
            found.append((at, at + len(token)))
        at += len(token)
    return found


def _percent(place: _Place) -> list[Rewrite] | None:
    """百分之二十 → 20%, 百分之十到二十 → 10%到20%, 百分之百 → 100%."""
    found = place.match(_PERCENT)
    if not found:
        return None
    parts = [_exact("一百" if part == "百" else part) for part in (found["from"], found["to"]) if part]
    if None in parts or _VAGUE_AFTER.match(place.text, found.end()):
        return None
    return [place.rewrite("到".join(f"{part}%" for part in parts), "percent", found.end())]


_PERCENT = re.compile(
    rf"百分之(?P<from>百(?!{_DIGIT})|{_NUMBER})(?:(?:到|至)(?:百分之)?(?P<to>{_NUMBER})(?!{_MEASURE}))?"
)


def _year(place: _Place) -> list[Rewrite] | None:
    """二零二四年 → 2024年, 零八年 → 08年, 九零后 → 90后; 七八年 may as well be a length of time."""
    digits = digits_of(place.run) if "两" not in place.run else None
    if digits is None or len(digits) not in (2, 4):
        return None
    if len(digits) == 4:
        is_year = place.after.startswith("年") and 1_800 <= int(digits) < 2_200
    elif place.after.startswith("年"):
        is_year = int(digits[1]) != int(digits[0]) + 1 and digits != "35"
    else:
        is_year = place.after.startswith("后") and digits[1] in "05" and digits[0] in "056789"
    return [place.rewrite(digits, "date")] if is_year else None


def _month_or_day(place: _Place) -> list[Rewrite] | None:
    value = value_of(place.run)
    if value is None or "两" in place.run or _VAGUE_BEFORE.search(place.before):
        return None
    if place.after.startswith("月") and 1 <= value <= 12:
        return [place.rewrite(str(value), "date")]
    is_after_month = re.search(rf"{_QUANTITY}月份?$", place.before) is not None
    if not 1 <= value <= 31:
        return None
    if place.after.startswith("号") or (is_after_month and place.after.startswith("日")):
        return [place.rewrite(str(value), "date")]
    if is_after_month and value >= 10 and not re.match(_MEASURE, place.after):
        return [place.rewrite(str(value), "date")]
    return None


def _clock(place: _Place) -> list[Rewrite] | None:
    """下午两点半 → 下午2点半, 八点三十 → 8点30; 一点 and 三点建议 are no times."""
    hour = value_of(place.run)
    if hour is None or hour > 24 or not place.after.startswith("点"):
        return None
    rest = place.after[1:]
    is_part_of_day = _PART_OF_DAY.search(place.before) is not None
    shown = place.rewrite(str(hour), "time")
    minutes = _RUN.match(rest)
    if minutes:
        written = _minutes(minutes.group(), rest[minutes.end() :], is_part_of_day=is_part_of_day)
        if written is not None:
            start = place.end + 1
            return [shown, Rewrite(start=start, end=start + minutes.end(), written=written, kind="time")]
    is_clock = _AFTER_HOUR.match(rest) or (
        is_part_of_day and not _NOT_CLOCK.match(rest) and (hour > 1 or _AFTER_ONE.match(rest))
    )
    return [shown] if is_clock and (not minutes or _AFTER_HOUR.match(rest)) else None


def _minutes(said: str, after: str, *, is_part_of_day: bool) -> str | None:
    is_named = after.startswith("分") and not after.startswith(("分之", "分钱"))
    if said.startswith("零") and len(said) == 2:
        return digits_of(said) if is_named or is_part_of_day else None
    value = value_of(said)
    if value is not None and value < 60 and ("十" in said or (is_named and is_part_of_day)):
        return str(value)
    return digits_of(said) if is_part_of_day and len(said) == 2 and "十" not in said else None


def _row_of_digits(place: _Place) -> list[Rewrite] | None:
    """幺三八零零一三八零零零 → 138 0013 8000, 尾号八二一三 → 尾号8213."""
    digits = digits_of(place.run) if "两" not in place.run else None
    if digits is None or len(digits) < 3:
        return None
    end = place.end
    if len(digits) == 17 and place.after[:1] in ("x", "X"):
        digits, end = digits + "X", end + 1
    if len(digits) < MIN_DIGITS:
        is_called = _CALLED.search(place.before) is not None
        if place.run == "七七八八" and not is_called:
            return None
        is_row = is_called or len(digits) == 4 or any(numeral in place.run for numeral in "零〇幺")
        is_address = re.match(r"[号室房路弄]", place.after) is not None
        if not is_address and (not is_row or re.match(_MEASURE, place.after)):
            return None
    return [place.rewrite(_grouped(digits), "phone" if _is_phone(digits) else "digits", end)]


def _is_phone(digits: str) -> bool:
    return re.fullmatch(r"1[3-9]\d{9}|[48]00\d{7}|0\d{9,11}|1\d{4}|9\d{4}|1[12]\d", digits) is not None


def _grouped(digits: str) -> str:
    """In groups as they are read: mobile 3 4 4, service 3 3 4, area code, identity card 6 8 4, cards in fours."""
    for pattern, groups in _GROUPS:
        if re.fullmatch(pattern, digits):
            return re.sub(groups, lambda match: " ".join(match.groups()), digits)
    if len(digits) < 12:
        return digits
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


_GROUPS = (
    (r"1[3-9]\d{9}", r"(\d{3})(\d{4})(\d{4})"),
    (r"[48]00\d{7}", r"(\d{3})(\d{3})(\d{4})"),
    (r"0(?:10|2\d)\d{8}", r"(\d{3})(\d{4})(\d{4})"),
    (r"0[3-9]\d{2}\d{7,8}", r"(\d{4})(\d{3,4})(\d{4})"),
    (r"\d{17}[\dX]", r"(\d{6})(\d{8})(\w{4})"),
)


def _decimal(place: _Place) -> list[Rewrite] | None:
    """三点五 → 3.5, 一点二点三 → 1.2.3; 一点 before a digit has to count something."""
    found = place.match(_WITH_POINT)
    if not found or _VAGUE_BEFORE.search(place.before) or _NUMERAL_BELOW_MYRIAD.match(place.text, found.end()):
        return None
    written = _exact(found.group())
    counts = re.match(rf"{_MEASURE}|[万亿]", place.text[found.end() :]) is not None
    fraction = found.group().partition("点")[2]
    is_ambiguous = place.run == "一" or (fraction[0] in "零〇" and len(fraction) == 2 and place.run != "零")
    if written is None or (is_ambiguous and not counts and "点" not in fraction):
        return None
    return [place.rewrite(written, _kind(place.text, found.end()), found.end())]


_WITH_POINT = re.compile(rf"{_QUANTITY}(?:点{_DIGIT}+)+(?![刻十百千])(?!点)")


def _quantity(place: _Place) -> list[Rewrite] | None:
    """A whole number that counts something, or is plainly a number."""
    value = value_of(place.run)
    if _VAGUE_BEFORE.search(place.before) or _VAGUE_AFTER.match(place.after):
        return None
    if _BEFORE_TAIL.search(place.before) and (tail := _coins(place)):
        return [tail]
    if value is None:
        return _two_numbers(place)
    if value < 10:
        is_number = _STRICT_MEASURE.match(place.after) or _COUNTED_COINS.match(place.after)
        is_number = is_number or (place.run not in "一二两" and _COINS.match(place.after))
    else:
        is_number = len(place.run) > 2 or _COUNTED.match(place.after)
        is_number = is_number or (value >= 20 and _COUNTED_FROM_TWENTY.match(place.after))
        is_number = (
            is_number or place.before.endswith("第") or _BRAND.search(place.before) or _PAID.search(place.before)
        )
    return [place.rewrite(_short(place.run), _kind(place.text, place.end))] if is_number else None


def _coins(place: _Place) -> Rewrite | None:
    """The 五 of 三块五, also before 一个月."""
    digit, rest = place.run[0], place.run[1:]
    value = value_of(digit)
    if value is None or rest not in ("", "一") or (re.match(_MEASURE, place.after) is not None) != bool(rest):
        return None
    return place.rewrite(str(value), "amount", place.start + 1)


def _two_numbers(place: _Place) -> list[Rewrite] | None:
    """五十九三十 before G: a price and a volume said in one breath; 三十四十 is vague."""
    for cut in range(2, len(place.run) - 1):
        one, other = value_of(place.run[:cut]), value_of(place.run[cut:])
        is_complete = place.run[cut - 1] in "十百" or place.run[cut - 2] == "十"
        if one is None or other is None or not is_complete or min(one, other) < 10 or other - one == 10:
            continue
        if _COUNTED.match(place.after):
            middle = place.start + cut
            first = Rewrite(start=place.start, end=middle, written=str(one), kind="number")
            return [first, Rewrite(start=middle, end=place.end, written=str(other), kind=_kind(place.text, place.end))]
    return None


def _kind(text: str, end: int) -> RewriteKind:
    return "amount" if _MONEY.match(text, end) else "number"


def _exact(said: str) -> str | None:
    """A number with or without decimals in digits; None if it is not well-formed."""
    whole, *fractions = said.split("点")
    value = value_of(whole)
    digits = [digits_of(fraction) for fraction in fractions]
    if value is None or None in digits:
        return None
    return ".".join((str(value), *(part for part in digits if part)))


def _short(said: str) -> str:
    """In digits, but for round 万 and 亿: 三十万 → 30万, 十二亿五千万 → 12亿5000万, 三万五 → 35000."""
    head, myriad, tail = said.rpartition("亿")
    if myriad and (not tail or tail.endswith("万")):
        return f"{value_of(head)}亿" + (_short(tail.removeprefix("零")) if tail else "")
    if said.endswith("万"):
        return f"{value_of(said[:-1])}万"
    return str(value_of(said))


_READERS: tuple[Callable[[_Place], list[Rewrite] | None], ...] = (
    _percent,
    _year,
    _month_or_day,
    _clock,
    _row_of_digits,
    _decimal,
    _quantity,
)
"""The first that knows what a run of numerals is has the say."""


def _apart(text: str, rewrites: Iterator[Rewrite]) -> Iterator[Rewrite]:
    """With a space where digits would touch other digits or Latin letters before them."""
    last_end = -1
    for rewrite in rewrites:
        before, after = text[rewrite.start - 1 : rewrite.start], text[rewrite.end : rewrite.end + 1]
        lead = " " if rewrite.start == last_end or _is_latin(before) else ""
        trail = " " if after.isascii() and after.isdigit() else ""
        last_end = rewrite.end
        yield rewrite.model_copy(update={"written": lead + rewrite.written + trail}) if lead or trail else rewrite


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()
