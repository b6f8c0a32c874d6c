"""Patterns of days, times of the day, periods and deadlines."""

from __future__ import annotations

from nlp.entities.moments import AGO, CLOCK, FEASTS, NEAR_DAY, PARTS_OF_DAY, YEARS
from nlp.entities.numbers import NOT_INSIDE
from nlp.entities.pattern import Pattern, pattern

_ONES = "一二三四五六七八九"
_MONTH_NUMBER = "(?:十[一二]?|[一二三四五六七八九]|正|[0-9]{1,2})"
_DAY_NUMBER = "(?:二?十[一二三四五六七八九]?|三十一?|[一二三四五六七八九]|[0-9]{1,2})"
_NO_ADDRESS = "(?![楼院线码机店门为客商房柜窗])"
_WEEKDAY = rf"(?:(?:{AGO})个?)?(?:星期|礼拜|周)(?:[一二三四五六日天]|末(?!位|好))"
_MONTH = rf"(?:{AGO})个?月"
_MONTH_OF_YEAR = rf"{NOT_INSIDE}(?:{YEARS})?{_MONTH_NUMBER}月份?"
_DATE = (
    rf"(?:{NEAR_DAY}|{_WEEKDAY}|{FEASTS}|(?:{_MONTH}|{_MONTH_OF_YEAR})?{_DAY_NUMBER}[号日]{_NO_ADDRESS}"
    rf"|(?:{_MONTH}|[月年])底)"
)
_CLOCK = (
    rf"{NOT_INSIDE}(?![一两]点(?!半|[一三]刻|钟|[二三四五]?十)|零点[{_ONES}])(?![百千万]){CLOCK}"
    rf"(?![{_ONES}十百几好小儿滴播]|建议|意见|要求)"
)
_MOMENT = rf"(?:{_DATE}(?:的?(?:{PARTS_OF_DAY}))?(?:快?{CLOCK})?|(?:{PARTS_OF_DAY})(?:快?{CLOCK})?|{_CLOCK})"

DATED: tuple[Pattern, ...] = (
    pattern("deadline", rf"{_MOMENT}(?:之前|以前|前(?![面台后]))", 0.86),
    pattern("deadline", rf"{NEAR_DAY}之内", 0.67),
    pattern("date", rf"(?:{_MONTH}|{_MONTH_OF_YEAR}){_DAY_NUMBER}[号日]", 0.96),
    pattern("date", rf"{NOT_INSIDE}{_DAY_NUMBER}号{_NO_ADDRESS}", 0.88, before="(?:^|[^路街巷弄号栋幢段队组A-Za-z小])"),
    pattern("date", rf"(?:{YEARS}){_MONTH_NUMBER}月份?", 0.91),
    pattern("date", _WEEKDAY, 0.79),
    pattern("date", rf"(?:{_MONTH}|{_MONTH_NUMBER}月|[月年])底", 0.76),
    pattern("date", "(?:大前|前|昨|今|明|大后|后)天|[昨今明]儿个?|昨晚|明早", 0.87),
    pattern("time", rf"(?:(?:{NEAR_DAY}|{_WEEKDAY})的?)?(?<!一)(?:{PARTS_OF_DAY})(?:快|差不多)?{CLOCK}", 0.71),
    pattern("time", rf"(?:{NEAR_DAY}|{_WEEKDAY})(?:上午|下午|中午|傍晚)", 0.88),
    pattern("time", _CLOCK, 0.79),
    pattern("time", "今早", 0.83),
    pattern("period", rf"(?:{_MONTH})(?![底初末中{_ONES}十])", 0.79),
    pattern("period", rf"(?:{AGO})个?(?:周|星期|礼拜)(?![一二三四五六日天末])", 0.88),
    pattern("period", "(?:上上|上|这|本|下)个?季度|(?:去|今|前)年(?![底初])", 0.73),
    pattern("period", "近[两三六半]?(?:个月|年)", 0.67),
)
