"""Patterns of days, times of the day, periods and deadlines."""

from __future__ import annotations

from nlp.entities.durations import LENGTH
from nlp.entities.moments import AGO, CLOCK, EDGE, EVENT_DAY, EVENT_SPAN, FEASTS, NEAR_DAY, PARTS_OF_DAY, YEARS
from nlp.entities.numbers import NOT_INSIDE
from nlp.entities.pattern import Pattern, pattern

_ONES = "一二三四五六七八九"
_MONTH_NUMBER = "(?:十[一二]?|[一二三四五六七八九]|正|[0-9]{1,2})"
_DAY_NUMBER = "(?:二?十[一二三四五六七八九]?|三十一?|[一二三四五六七八九]|[0-9]{1,2})"
_NO_ADDRESS = "(?![楼院线码机店门为客商房柜窗桌栋幢座弄单车仓])"
_BARE_DAY = rf"(?:二十[{_ONES}]?|十[{_ONES}]|三十一?)(?:号|日)?(?![{_ONES}十百千万点多几来块元个G兆条分天年月折期])"
"""Behind its month: 九月二十五."""
_WEEKDAY = rf"(?:(?:{AGO})个?)?(?:星期|礼拜|周)(?:[一二三四五六日天]|末(?!位|好|愉))"
_MONTH = rf"(?:(?:{AGO})个?|那个?)月"
_MONTH_OF_YEAR = rf"{NOT_INSIDE}(?<![块每个])(?:{YEARS})?{_MONTH_NUMBER}月份?"
_NUMBERED = rf"{NOT_INSIDE}(?<![A-Za-z路街巷弄号栋幢段队组小大那])"
_DAY = (
    rf"(?:{NEAR_DAY}(?:{_DAY_NUMBER}号)?|{_WEEKDAY}|(?<![{_ONES}十月]){FEASTS}|(?<!提)(?:{EVENT_DAY})"
    rf"|(?:{_MONTH}|{_MONTH_OF_YEAR}){_DAY_NUMBER}[号日]{_NO_ADDRESS}|{_NUMBERED}{_DAY_NUMBER}号{_NO_ADDRESS}"
    rf"|{_MONTH_OF_YEAR}{_BARE_DAY}"
    rf"|(?:{_MONTH}|{_MONTH_OF_YEAR})的?(?:{EDGE})|月(?:[底末中]|初(?![{_ONES}]))|(?:{YEARS}|(?<!大)年)[底初])"
)
_PART = rf"(?<![一整])(?:{PARTS_OF_DAY})"
_WHOLE_PART = (
    "(?<![一整半])(?:上午|下午|大?中午|早上|早晨|大?晚上|晚间"
    "|(?:大|后)?半夜|夜里|深夜|凌晨|大?清早|一大早|傍晚|大?白天|今早)(?!好)"
)
"""That may stand alone; 下午好 is a greeting."""
_NO_HOUR = rf"(?![{_ONES}十百几好小儿滴播]|建议|意见|要求)"
_NEARLY = "(?:快|差不多)?"
_CLOCK = rf"(?!一点(?![半钟到前之整，。]|[一三]刻|[二三四五]?十)){_NEARLY}{CLOCK}{_NO_HOUR}"
_NO_WORD = "(?!一点(?!半|[一三]刻|钟|[二三四五]?十)|两点(?!半|[一三]刻|钟|[二三四五]?十|[，。]|就|真|不来|$))"
"""Looking ahead: neither 一点 (a little) nor 两点 (two remarks)."""
_BARE_CLOCK = rf"{NOT_INSIDE}{_NEARLY}{_NO_WORD}(?!零点[{_ONES}]|[百千万]){CLOCK}{_NO_HOUR}"
_TIME = rf"(?:{_DAY}的?(?:{_PART})(?:{_CLOCK})?|{_DAY}{_CLOCK}|{_PART}{_CLOCK}|{_WHOLE_PART}|{_BARE_CLOCK})"
_PERIOD = rf"(?:{_MONTH}|(?:{AGO})个?(?:周(?!期)|星期|礼拜)|{_MONTH_OF_YEAR}|(?:{YEARS}))"

DATED: tuple[Pattern, ...] = (
    pattern(
        "deadline",
        rf"(?:{_TIME}|{_DAY}(?:下班)?|下班|{_PERIOD}|到期)(?:之前|以前|前(?![面台后两几天]|一(?!定)))",
        0.97,
    ),
    pattern("deadline", rf"(?:{_DAY}|{_PERIOD})(?:之内|以内|内)", 0.91),
    pattern("deadline", rf"{LENGTH}(?:之内|以内|内)", 0.99),
    pattern("date", _DAY, 0.97),
    pattern("date", rf"{_WEEKDAY}[到至]{_WEEKDAY}", 0.67),
    pattern("time", _TIME, 0.94),
    pattern("time", rf"{_TIME}[到至]{_TIME}", 0.71),
    pattern("period", _PERIOD, 0.96),
    pattern("period", EVENT_SPAN, 0.97),
    pattern("period", "次[月年]", 0.5),
    pattern("period", "(?:上上|上|这|本|下)个?季度", 0.86),
    pattern(
        "period",
        "(?<!期)(?<!款)(?:最近|近|头|前(?!半|一)|首|这(?!半))(?:[一两俩仨三四五六]个?月|半年|[两三]年|[两三]个(?:星期|礼拜))",
        0.89,
    ),
)
