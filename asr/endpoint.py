"""What the words of an utterance say about its end; pure.

Asked in a silence as long as follows a finished sentence (``asr.segmenter.Pause``). An ending is called finished or
unfinished only where the words leave little doubt: finished if five in six clauses that end so end their turn as well,
unfinished if hardly any sentence ends so (at most 2 % of the occurrences), counted over 74,000 turns of service and
everyday dialogue.
"""

from __future__ import annotations

from itertools import takewhile

from asr.segmenter import Ending
from asr.text import letters

FINISHED = ("吗", "再见", "拜拜", "愉快", "怎么办", "多少钱", "是什么")

GOES_ON = (
    # Joins what comes next.
    *("因为", "所以", "但是", "可是", "不过", "而且", "并且", "然后", "以及", "或者", "还有", "另外", "比如", "比如说"),
    *("例如", "首先", "其次", "虽然", "尽管", "如果", "假如", "要是", "只要", "除非", "就是说", "也就是说", "如果说"),
    *("那么", "既然", "无论", "即使", "哪怕", "包括", "尤其", "甚至", "同时", "但", "而", "且", "或", "和", "跟"),
    # Wants its object.
    *("关于", "对于", "由于", "为了", "根据", "按照", "把", "被", "从", "让", "帮我", "请问", "我想", "我要", "我想问"),
    *("想问一下", "请问一下", "就是", "的是", "号码是", "号是", "地址是", "电话是", "密码是", "名字是", "问题是"),
    # Wants its noun, its number or its predicate.
    *("这个", "那个", "这种", "每个", "某个", "第", "两", "每", "各", "我们的", "很", "最", "非常", "特别是", "比较"),
    *("也", "就", "又", "再", "还", "先", "将", "正在", "已经"),
    # Thinks aloud.
    *("呃", "嗯"),
)
"""Left out are endings of sentences as well: 是, 在, 给, 要, 想, 会, 的, 的话, 一个, 可能."""

ANSWERS = frozenset({"嗯", "嗯嗯", "就是", "还", "先", "第", "两"})
"""Complete by themselves, though they end like something that goes on."""

_DIGITS = frozenset("0123456789零〇一二三四五六七八九幺")
_MIN_DIGITS = 3
"""Fewer are an amount or an answer, not a number being dictated."""
_WHOLE_NUMBERS = frozenset({4, 5, 6, 8, 11, 15, 16, 18, 19})
"""Digits of: last four, hotline, code, landline or date, mobile, old identity, card, identity, card."""


def judge(text: str) -> Ending:
    """How the utterance ends. ``text`` is simplified."""
    said = letters(text)
    if said.endswith(FINISHED):
        return "finished"
    if said not in ANSWERS and (said.endswith(GOES_ON) or _is_dictating(said)):
        return "unfinished"
    return "unclear"


def _is_dictating(said: str) -> bool:
    """Whether it ends in the middle of a number that is read digit by digit."""
    digits = len(list(takewhile(_DIGITS.__contains__, reversed(said))))
    return digits >= _MIN_DIGITS and digits not in _WHOLE_NUMBERS
