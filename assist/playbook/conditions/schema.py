"""Conditions in the JSON Schema of the rule language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from assist.messages import CloseCause, CustomerReaction, SaleOutcome, Trend
from assist.playbook.conditions.judging import MAX_ANSWERS
from assist.playbook.conditions.reading import PARTIES
from assist.playbook.conditions.scoping import WEEKDAYS
from assist.playbook.conditions.signals import LEAST_LIKENESS, MAX_OVER, MIN_EXAMPLES
from assist.playbook.operators.expression import MAX_EXPRESSION_CHARS
from assist.playbook.shapes import FRACTION, LABELS, NAME, VALUE, Schema, boolean, integer, mapping, one_of, ref, text

_CONDITION = ref("condition")
_CONDITIONS: Schema = {"type": "array", "items": _CONDITION, "minItems": 1}
_PARTY = one_of(PARTIES, "看谁说的话")
_LISTENING: dict[str, Schema] = {
    "sounds_like": boolean("读音相近也算"),
    "min_score": {**integer("读音相似度下限"), "maximum": 100},
    "min_syllables": integer("少于这么多音节的只按字面", 1),
}
_TURN: Schema = {"type": "integer", "description": "1 是第一个，-1 是最后一个"}
_SCORED = {"min_score": FRACTION}
_BOUNDS: dict[str, Schema] = {"is": LABELS, "in": LABELS, "min": {"type": "number"}, "max": {"type": "number"}}


def phrases() -> Schema:
    """One or several wordings."""
    return {
        "anyOf": [text(), {"type": "array", "items": text(), "minItems": 1}],
        "description": "一个或几个说法；$名字 引用前面的说法集",
    }


def phrase_set() -> Schema:
    """One entry of ``phrase_sets``."""
    return {"anyOf": [ref("phrases"), mapping({"phrases": ref("phrases"), **_LISTENING})]}


def meaning() -> Schema:
    """One entry of ``meanings``."""
    return mapping(
        {
            "party": one_of(PARTIES, "谁会这么说"),
            "examples": {"type": "array", "items": text(), "minItems": MIN_EXAMPLES, "description": "像这样的"},
            "unlike": {"type": "array", "items": text(), "minItems": 1, "description": "相近但不算的"},
        },
        required=("examples",),
    )


def question() -> Schema:
    """One entry of ``questions``."""
    answers: Schema = {"type": "array", "items": text(), "minItems": 2, "maxItems": MAX_ANSWERS}
    return mapping(
        {
            "ask": text("问模型的话，问整通电话"),
            "answers": {**answers, "description": "可以怎么回答；unclear（说不清）总是可以"},
            "sample_percent": {**integer("问百分之几的通话", 1), "maximum": 100},
        },
        required=("ask", "answers"),
    )


def condition() -> dict[str, Schema]:
    """What may stand in a condition: whose words it looks at, and operators."""
    return {"party": _PARTY, **operators()}


def operators() -> dict[str, Schema]:
    """By the names in playbooks."""
    return {**_on_words(), **_on_signals(), **_on_time(), **_on_order(), **_joined()}


def _on_words() -> dict[str, Schema]:
    phrase = {
        "any": ref("phrases"),
        "all": ref("phrases"),
        "none": ref("phrases"),
        "at_least": mapping({"n": integer("", 1), "of": ref("phrases")}, required=("n", "of")),
        "near_chars": integer("all 里前后两个说法之间最多隔几个字"),
        "in_order": boolean("all 里的说法须按顺序"),
        "min_hits": integer("any 里的说法一共说了几处", 1),
        "within_utterances": integer("可以分在连续几句里说", 1),
        **_LISTENING,
    }
    pattern = {"match": text(), "unless": text(), "within_utterances": integer("可以分在连续几句里说", 1)}
    return {
        "phrase": {"anyOf": [ref("phrases"), mapping(phrase)], "description": "说了（没说）这些话"},
        "pattern": {
            "anyOf": [text(), mapping(pattern, required=("match",))],
            "description": "正则表达式（RE2），unless 为排除",
        },
        "length": mapping(
            {"min_chars": integer(), "max_chars": integer(), "min_ms": integer(), "max_ms": integer()},
            about="一句话的字数、说了多久",
        ),
        "repeats": mapping(
            {
                "of": one_of(("own", "other"), "重复自己的还是对方的话"),
                "last_turns": integer("往前看几句", 1),
                "min_similarity": {**integer("相似度下限", 50), "maximum": 100},
                "nth": integer("第几遍", 2),
                "min_chars": integer("短于这么多字的不算", 1),
                "except": ref("phrases"),
            },
            about="把差不多的话又说了一遍",
        ),
    }


def _on_signals() -> dict[str, Schema]:
    def labelled(properties: Mapping[str, Schema], about: str) -> Schema:
        return {
            "anyOf": [LABELS, mapping({"any_of": LABELS, **properties}, required=("any_of",))],
            "description": about,
        }

    feeling = {
        **_SCORED,
        "min_intensity": {**integer("强度下限", 1), "maximum": 3},
        "for_utterances": integer("连续几句", 1),
        "for_ms": integer("持续多久"),
        "heard_in": one_of(("any", "words", "voice"), "凭话语还是凭声音"),
    }
    trend = mapping(
        {
            "is": one_of(get_args(Trend)),
            "over_utterances": {**integer("看最近几句", 2), "maximum": MAX_OVER},
            "min_slope": {"type": "number", "exclusiveMinimum": 0, "maximum": 1, "description": "每句至少变化多少"},
        },
        required=("is",),
    )
    compared = {
        **_BOUNDS,
        "above_fact": text("须大于这项已知信息"),
        "below_fact": text("须小于这项已知信息"),
        "same_as_fact": text("须与这项已知信息一致"),
        "other_than_fact": text("须与这项已知信息不一致"),
        "tolerance": {"type": "number", "minimum": 0, "description": "数相差这么多以内算一致"},
    }
    return {
        "means": {
            "anyOf": [
                LABELS,
                mapping(
                    {"any_of": LABELS, "min_score": {**integer("相似度下限", LEAST_LIKENESS), "maximum": 100}},
                    required=("any_of",),
                ),
            ],
            "description": "意思像 meanings 里的（其中一个）句子集",
        },
        "intent": labelled({**_SCORED, "primary_only": boolean("只看主意图")}, "想要什么（意图代码）"),
        "act": labelled(_SCORED, "这句话在做什么（对话行为代码）"),
        "emotion": labelled(feeling, "什么情绪（情绪代码）"),
        "emotion_trend": {"anyOf": [one_of(get_args(Trend)), trend], "description": "不满在上升、平稳还是下降"},
        "entity": labelled(compared, "提到了什么（实体代码）及其值"),
    }


def _on_time() -> dict[str, Schema]:
    loud = {
        "above_own_db": integer("比自己开头响多少分贝", 1),
        "below_own_db": integer("比自己开头轻多少分贝", 1),
        "step_db": integer("相邻两句相差多少分贝", 1),
        "span_db": integer("最响与最轻的一句相差多少分贝", 1),
        "for_ms": integer("持续多久"),
    }
    repeated = {"min_chars": integer("", 1), "for_utterances": integer("", 1)}
    over = {
        "min_ms": integer(),
        "min_chars": integer(),
        "other_started_ms": integer("对方已经说了多久"),
        "merge_gap_ms": integer("隔得这么近的算一次"),
        "count": integer("", 1),
    }
    rate = {
        "above": integer("每分钟字数", 1),
        "below": integer("每分钟字数", 1),
        "change_ratio": {"type": "number", "description": "是自己开头语速的几倍：大于 1 为变快，小于 1 为变慢"},
        "over": one_of(("utterance", "window", "call"), "一句、一段时间还是整通"),
        "window_ms": integer("一段时间有多长", 10_000),
    }
    share = {"min_percent": integer(), "max_percent": integer(), "after_ms": integer()}
    quiet = {
        "min_ms": integer("", 1_000),
        "after_party": _PARTY,
        "before_party": {**_PARTY, "description": "谁先开口，打破了静音"},
        "unless_before": {**_CONDITION, "description": "静音前这样打过招呼的不算"},
        "unless_after": {**_CONDITION, "description": "再开口时这样说的不算"},
        "count": integer("", 1),
    }
    held = {
        "by": _PARTY,
        "begins": {**_CONDITION, "description": "怎样请对方稍等；不写则按对话行为 hold"},
        "min_ms": integer("至少多久"),
        "max_ms": integer("至多多久；写了它，等待结束时才定", 1),
        "count": integer("", 1),
        "min_percent": {**integer("等待至少占通话的百分之几，结束时才定"), "maximum": 100},
        "max_percent": {**integer("等待至多占通话的百分之几，结束时才定"), "maximum": 100},
    }
    ended = {"cause": one_of(get_args(CloseCause)), "after_party": _PARTY, "min_ms": integer(), "max_ms": integer()}
    return {
        "silence": mapping(quiet, about="没人说话多久"),
        "hold": mapping(held, about="请对方稍等之后多久没有回来；共等了多久"),
        "reply_gap": mapping({"min_ms": integer(), "max_ms": integer()}, about="接对方的话隔了多久"),
        "first_words": mapping({"max_ms": integer("", 1_000)}, about="接通后迟迟不开口"),
        "hang_up": mapping(ended, about="怎么挂断的，最后一句话之后多久"),
        "overtalk": mapping({"by": _PARTY, **over}, about="抢话"),
        "speech_rate": mapping({**rate, **repeated}, about="语速"),
        "loudness": mapping({**loud, **repeated}, about="音量，与自己相比"),
        "talk_share": mapping({"party": _PARTY, **share}, about="说话占比；any 为有人说话的时间占通话的比例"),
        "call_length": mapping({"min_ms": integer(), "max_ms": integer()}, about="通话时长"),
        "turn_count": mapping({"party": _PARTY, "min": integer(), "max": integer()}, about="话轮数"),
        "held_for": mapping(
            {"what": _CONDITION, "min_ms": integer("", 1)}, required=("what", "min_ms"), about="某种情形持续多久"
        ),
    }


def _on_order() -> dict[str, Schema]:
    turns, span = integer("", 1), integer("", 1)
    absent = {"what": _CONDITION, "by_turn": turns, "by_ms": span, "close": boolean("到通话结束")}
    duty = {"after": _CONDITION, "expect": _CONDITION, "within_turns": turns, "within_ms": span, "party": _PARTY}
    first = {"before": _CONDITION, "require": _CONDITION, "within_turns": turns, "anywhere": boolean()}
    barred = {
        "after": _CONDITION,
        "forbid": _CONDITION,
        "until": {"anyOf": [span, _CONDITION]},
        "times": integer("", 1),
    }
    counted = {"what": _CONDITION, "min": integer(), "max": integer(), "within_ms": span}
    steps = {
        "steps": _CONDITIONS,
        "within_ms": span,
        "within_turns": turns,
        "strict": boolean("步骤之间不许说别的"),
    }
    return {
        "absent": mapping(absent, required=("what",), about="到期还没说"),
        "followed_by": mapping(duty, required=("after", "expect"), about="之后应当跟着什么，没跟上"),
        "preceded_by": mapping(first, required=("before", "require"), about="做之前应当先做什么，没做"),
        "not_after": mapping(barred, required=("after", "forbid"), about="之后不许做的做了"),
        "sequence": mapping(steps, required=("steps",), about="依次发生"),
        "count": mapping(counted, required=("what",), about="发生了几次"),
    }


def _joined() -> dict[str, Schema]:
    dated = {
        "older_than_months": integer("这个日期距来电已超过几个月"),
        "within_days": integer("这个日期在来电当天起几天之内"),
        "in_last_days": integer("这个日期在来电之前几天之内"),
    }
    fact = {"path": text("customer.、history.、agent. 或 call. 开头"), **_BOUNDS, "known": boolean("是否已知"), **dated}
    return {
        "fact": mapping(fact, required=("path",), about="已知的客户、坐席、通话信息"),
        "tag": {**LABELS, "description": "客户有（其中一个）标签"},
        **_on_what_became(),
        **_on_course(),
        "state": {"type": "object", "additionalProperties": VALUE, "minProperties": 1, "description": "处于某个状态"},
        "condition": text("conditions 里起了名字的条件", pattern=NAME),
        "all": {**_CONDITIONS, "description": "都成立"},
        "any": {**_CONDITIONS, "description": "任一成立"},
        "not": {**_CONDITION, "description": "不成立"},
        "at_least": mapping({"n": integer("", 1), "of": _CONDITIONS}, required=("n", "of"), about="至少几个成立"),
    }


def _on_course() -> dict[str, Schema]:
    hour = text("几点，如 08:30", pattern=r"^\d{1,2}:[0-5]\d$")
    days: Schema = {"anyOf": [one_of(WEEKDAYS), {"type": "array", "items": one_of(WEEKDAYS), "minItems": 1}]}
    fired = mapping({"any_of": LABELS, "min": integer("共几次", 1)}, required=("any_of",))
    return {
        "expression": text("布尔表达式（CEL），如 double(customer.arpu) >= 150", maxLength=MAX_EXPRESSION_CHARS),
        "clock": mapping(
            {
                "from": hour,
                "to": hour,
                "weekdays": days,
                "dates": {**LABELS, "description": "这些日子，如节假日"},
                "since": text("从这一天起"),
                "until": text("到这一天为止"),
            },
            about="来电时的钟点与日子，按热线所在时区",
        ),
        "fired": {"anyOf": [LABELS, fired], "description": "这些规则此前触发过"},
    }


def _on_what_became() -> dict[str, Schema]:
    def some_of(values: tuple[str, ...]) -> Schema:
        return {"anyOf": [one_of(values), {"type": "array", "items": one_of(values), "minItems": 1}]}

    of = text("last-offer 最近一次推荐，any-offer 任何一次，或规则、业务的编号")
    reaction = {"of": of, "is": some_of(get_args(CustomerReaction)), "min_confidence": FRACTION}
    return {
        "reaction": mapping(reaction, required=("is",), about="客户对推荐的态度，由话语听出"),
        "cue_said": mapping(
            {"of": text("规则或业务的编号"), "is": boolean()}, required=("of",), about="坐席说了提示的话"
        ),
        "result": mapping({"of": of, "is": some_of(get_args(SaleOutcome))}, required=("is",), about="推荐的结果"),
        "judge": {
            "type": "object",
            "additionalProperties": LABELS,
            "minProperties": 1,
            "description": "通话结束时模型对 questions 里的问题这样回答",
        },
    }


def scope() -> Schema:
    """The key ``scope`` of a rule."""
    return mapping(
        {
            "first_turns": integer("只看开头几个话轮", 1),
            "first_ms": integer("只看开头多久", 1),
            "last_turns": integer("只看最后几个话轮，结束时才定", 1),
            "last_ms": integer("只看最后多久，结束时才定", 1),
            "turns": mapping({"from": _TURN, "to": _TURN}, about="只看第几到第几个话轮；负数从后往前数，结束时才定"),
            "percent": mapping(
                {"from": {**integer(), "maximum": 100}, "to": {**integer(), "maximum": 100}},
                about="只看通话时间的百分之几到百分之几，结束时才定",
            ),
            "after": {**_CONDITION, "description": "从这个条件成立起"},
            "before": {**_CONDITION, "description": "到这个条件成立为止"},
            "within_turns": integer("after 之后几个话轮之内，每次成立重新算起"),
            "within_ms": integer("after 之后多久之内，每次成立重新算起", 1),
            "while": {**_CONDITION, "description": "只在这种情形持续期间"},
            "after_rule": text("这条规则触发过之后"),
            "before_rule": text("这条规则触发之前"),
        },
        about="规则只看通话的哪一段",
    )
