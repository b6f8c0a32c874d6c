"""The rule language as a JSON Schema, for editors: what may stand where, with a word of help.

It describes the form. What only the reader can tell (a phrase set that is not there, a condition that is never true, a
pattern that does not compile) it does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from assist.messages import CloseCause, CustomerReaction, PromptKind, SaleOutcome, Severity, TagTone, Trend, Verdict
from assist.playbook.cases.reading import GOES_ON, SPEAKERS
from assist.playbook.conditions import ON_FACTS
from assist.playbook.conditions.reading import PARTIES
from assist.playbook.conditions.scoping import WEEKDAYS
from assist.playbook.conditions.signals import LEAST_LIKENESS, MIN_EXAMPLES
from assist.playbook.experiments.schema import experiment
from assist.playbook.model import MAX_POINTS, Language
from assist.playbook.offers.catalogue import AgentMode
from assist.playbook.offers.reading import ABOUT_CUSTOMERS
from assist.playbook.offers.schema import need, offer, reaction, selling
from assist.playbook.operators.expression import MAX_EXPRESSION_CHARS
from assist.playbook.shapes import NAME, Schema, boolean, integer, mapping, one_of, ref, text

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> Schema:
    """Of a whole playbook."""
    return {
        "$schema": DIALECT,
        "title": "Livecue playbook",
        **mapping(
            {
                "name": text("话术本的名字：小写字母、数字、- 和 _", pattern=NAME),
                "version": {"type": ["string", "integer"], "description": "版本，随每条提示和质检结果显示"},
                "title": text("给人看的标题"),
                "language": one_of(get_args(Language), "系统自带语句的语言"),
                "utc_offset": text("热线所在时区，如 +08:00", pattern=r"^[+-][01]\d:[0-5]\d$"),
                "etiquette": _ETIQUETTE,
                "lexicon": {"type": "array", "items": _TERM, "description": "识别器不常见的名称：套餐、产品、业务"},
                "phrase_sets": {"type": "object", "additionalProperties": {"$ref": "#/$defs/phrase_set"}},
                "meanings": {
                    "type": "object",
                    "additionalProperties": ref("meaning"),
                    "description": "同一个意思的句子",
                },
                "tags": {"type": "array", "items": {"$ref": "#/$defs/tag"}, "description": "客户标签，由已知信息得出"},
                "selling": selling(_VALUE),
                "offers": {"type": "array", "items": ref("offer"), "minItems": 1, "description": "可以推荐的业务"},
                "rules": {"type": "array", "items": {"$ref": "#/$defs/rule"}, "minItems": 1},
            },
            required=("name", "version", "title", "rules"),
        ),
        "$defs": {
            "phrases": _PHRASES,
            "phrase_set": {"anyOf": [ref("phrases"), mapping({"phrases": ref("phrases"), **_LISTENING})]},
            "condition": {
                **mapping({"party": _PARTY, **_operators()}),
                "minProperties": 1,
                "description": "几个条件写在一起，须同时成立",
            },
            "tag": mapping(
                {
                    "id": text("标签编号", pattern=NAME),
                    "title": text("显示的名称"),
                    "tone": one_of(get_args(TagTone), "plain 一般、good 优质、care 须留意"),
                    **{name: _joined()[name] for name in ON_FACTS},
                },
                required=("id", "title"),
            ),
            "meaning": mapping(
                {
                    "party": one_of(PARTIES, "谁会这么说"),
                    "examples": {"type": "array", "items": text(), "minItems": MIN_EXAMPLES, "description": "像这样的"},
                    "unlike": {"type": "array", "items": text(), "minItems": 1, "description": "相近但不算的"},
                },
                required=("examples",),
            ),
            "need": need({"party": _PARTY, **_operators()}),
            "reaction": reaction({"party": _PARTY, **_operators()}),
            "experiment": experiment(),
            "offer": offer({name: _joined()[name] for name in ABOUT_CUSTOMERS}),
            "rule": _rule(),
            "case": _CASE,
            "line": _LINE,
        },
    }


_CONDITION = ref("condition")
_CONDITIONS: Schema = {"type": "array", "items": _CONDITION, "minItems": 1}
_PARTY = one_of(PARTIES, "看谁说的话")
_FRACTION: Schema = {"type": "number", "minimum": 0, "maximum": 1}
_VALUE: Schema = {"type": ["string", "integer", "boolean"]}
_LABELS: Schema = {"anyOf": [_VALUE, {"type": "array", "items": _VALUE, "minItems": 1}]}
_PHRASES: Schema = {
    "anyOf": [text(), {"type": "array", "items": text(), "minItems": 1}],
    "description": "一个或几个说法；$名字 引用前面的说法集",
}
_LISTENING: dict[str, Schema] = {
    "sounds_like": boolean("读音相近也算"),
    "min_score": {**integer("读音相似度下限"), "maximum": 100},
    "min_syllables": integer("少于这么多音节的只按字面", 1),
}
_MODE = mapping(
    {
        "kinds": {"type": "array", "items": one_of(get_args(PromptKind)), "minItems": 1},
        "brief": boolean("只显示标题，正文点开再看"),
    }
)
_ETIQUETTE = mapping(
    {
        "no_selling_while": {"type": "object", "additionalProperties": _VALUE, "description": "这些状态下不推荐"},
        "never_to": {"type": "array", "items": text(), "minItems": 1, "description": "对有这些标签的客户不推荐"},
        "because": text("撤回推荐时给坐席看的原因"),
        "max_open_prompts": {**integer("同时最多几条提示", 1), "maximum": 10},
        "min_gap_ms": integer("两条提示之间至少隔多久"),
        "modes": mapping(dict.fromkeys(get_args(AgentMode), _MODE), about="新手、熟手坐席各看到什么"),
    },
    about="提示的分寸",
)
_TERM: Schema = {
    "anyOf": [
        text(),
        mapping({"term": text(), "heard_as": {"type": "array", "items": text()}}, required=("term",)),
    ]
}
_SCORED = {"min_score": _FRACTION}
_BOUNDS: dict[str, Schema] = {"is": _LABELS, "in": _LABELS, "min": {"type": "number"}, "max": {"type": "number"}}


def _operators() -> dict[str, Schema]:
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
        **_LISTENING,
    }
    return {
        "phrase": {"anyOf": [ref("phrases"), mapping(phrase)], "description": "说了（没说）这些话"},
        "pattern": {
            "anyOf": [text(), mapping({"match": text(), "unless": text()}, required=("match",))],
            "description": "正则表达式（RE2），unless 为排除",
        },
        "length": mapping({"min_chars": integer(), "max_chars": integer()}, about="一句话的字数"),
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
            "anyOf": [_LABELS, mapping({"any_of": _LABELS, **properties}, required=("any_of",))],
            "description": about,
        }

    feeling = {
        **_SCORED,
        "min_intensity": {**integer("强度下限", 1), "maximum": 3},
        "for_utterances": integer("连续几句", 1),
        "heard_in": one_of(("any", "words", "voice"), "凭话语还是凭声音"),
    }
    compared = {**_BOUNDS, "above_fact": text("须大于这项已知信息"), "below_fact": text("须小于这项已知信息")}
    return {
        "means": {
            "anyOf": [
                _LABELS,
                mapping(
                    {"any_of": _LABELS, "min_score": {**integer("相似度下限", LEAST_LIKENESS), "maximum": 100}},
                    required=("any_of",),
                ),
            ],
            "description": "意思像 meanings 里的（其中一个）句子集",
        },
        "intent": labelled({**_SCORED, "primary_only": boolean("只看主意图")}, "想要什么（意图代码）"),
        "act": labelled(_SCORED, "这句话在做什么（对话行为代码）"),
        "emotion": labelled(feeling, "什么情绪（情绪代码）"),
        "emotion_trend": one_of(get_args(Trend), "不满在上升、平稳还是下降"),
        "entity": labelled(compared, "提到了什么（实体代码）及其值"),
    }


def _on_time() -> dict[str, Schema]:
    loud = {"above_own_db": integer("", 1), "below_own_db": integer("", 1)}
    repeated = {"min_chars": integer("", 1), "for_utterances": integer("", 1)}
    over = {"min_ms": integer(), "min_chars": integer(), "other_started_ms": integer(), "count": integer("", 1)}
    rate = {
        "above": integer("每分钟字数", 1),
        "below": integer("每分钟字数", 1),
        "over": one_of(("utterance", "call")),
    }
    share = {"min_percent": integer(), "max_percent": integer(), "after_ms": integer()}
    quiet = {
        "min_ms": integer("", 1_000),
        "after_party": _PARTY,
        "unless_before": _CONDITION,
        "count": integer("", 1),
    }
    ended = {"cause": one_of(get_args(CloseCause)), "after_party": _PARTY, "min_ms": integer(), "max_ms": integer()}
    return {
        "silence": mapping(quiet, about="没人说话多久"),
        "reply_gap": mapping({"min_ms": integer(), "max_ms": integer()}, about="接对方的话隔了多久"),
        "first_words": mapping({"max_ms": integer("", 1_000)}, about="接通后迟迟不开口"),
        "hang_up": mapping(ended, about="怎么挂断的，最后一句话之后多久"),
        "overtalk": mapping({"by": _PARTY, **over}, about="抢话"),
        "speech_rate": mapping({**rate, **repeated}, about="语速"),
        "loudness": mapping({**loud, **repeated}, about="音量，与自己开头相比"),
        "talk_share": mapping({"party": _PARTY, **share}, about="说话占比"),
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
    return {
        "absent": mapping(absent, required=("what",), about="到期还没说"),
        "followed_by": mapping(duty, required=("after", "expect"), about="之后应当跟着什么，没跟上"),
        "preceded_by": mapping(first, required=("before", "require"), about="做之前应当先做什么，没做"),
        "not_after": mapping(barred, required=("after", "forbid"), about="之后不许做的做了"),
        "sequence": mapping({"steps": _CONDITIONS, "within_ms": span}, required=("steps",), about="依次发生"),
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
        "tag": {**_LABELS, "description": "客户有（其中一个）标签"},
        **_on_what_became(),
        **_on_course(),
        "state": {"type": "object", "additionalProperties": _VALUE, "minProperties": 1, "description": "处于某个状态"},
        "all": {**_CONDITIONS, "description": "都成立"},
        "any": {**_CONDITIONS, "description": "任一成立"},
        "not": {**_CONDITION, "description": "不成立"},
        "at_least": mapping({"n": integer("", 1), "of": _CONDITIONS}, required=("n", "of"), about="至少几个成立"),
    }


def _on_course() -> dict[str, Schema]:
    hour = text("几点，如 08:30", pattern=r"^\d{1,2}:[0-5]\d$")
    days: Schema = {"anyOf": [one_of(WEEKDAYS), {"type": "array", "items": one_of(WEEKDAYS), "minItems": 1}]}
    fired = mapping({"any_of": _LABELS, "min": integer("共几次", 1)}, required=("any_of",))
    return {
        "expression": text("布尔表达式（CEL），如 double(customer.arpu) >= 150", maxLength=MAX_EXPRESSION_CHARS),
        "clock": mapping({"from": hour, "to": hour, "weekdays": days}, about="来电时的钟点与星期，按热线所在时区"),
        "fired": {"anyOf": [_LABELS, fired], "description": "这些规则此前触发过"},
    }


def _window() -> Schema:
    return mapping(
        {
            "first_turns": integer("只看开头几个话轮", 1),
            "first_ms": integer("只看开头多久", 1),
            "last_turns": integer("只看最后几个话轮，结束时才定", 1),
            "after": {**_CONDITION, "description": "从这个条件成立起"},
            "before": {**_CONDITION, "description": "到这个条件成立为止"},
            "after_rule": text("这条规则触发过之后"),
            "before_rule": text("这条规则触发之前"),
        },
        about="规则只看通话的哪一段",
    )


def _on_what_became() -> dict[str, Schema]:
    def some_of(values: tuple[str, ...]) -> Schema:
        return {"anyOf": [one_of(values), {"type": "array", "items": one_of(values), "minItems": 1}]}

    of = text("last-offer 最近一次推荐，any-offer 任何一次，或规则、业务的编号")
    reaction = {"of": of, "is": some_of(get_args(CustomerReaction)), "min_confidence": _FRACTION}
    return {
        "reaction": mapping(reaction, required=("is",), about="客户对推荐的态度，由话语听出"),
        "cue_said": mapping(
            {"of": text("规则或业务的编号"), "is": boolean()}, required=("of",), about="坐席说了提示的话"
        ),
        "result": mapping({"of": of, "is": some_of(get_args(SaleOutcome))}, required=("is",), about="推荐的结果"),
    }


def _rule() -> Schema:
    prompt = {
        "kind": one_of(get_args(PromptKind), "soothe 安抚、step 步骤、answer 解答、say 话术、close 促成、offer 推荐"),
        "title": text("提示标题"),
        "body": text("坐席可以照着说的话"),
        "experiment": ref("experiment"),
    }
    flag = {
        "title": text("质检项名称"),
        "verdict": one_of(("breach", "at_risk", "met")),
        "met": text("做到了时的说明"),
    }
    withdrawal = mapping({"when": _CONDITION, "because": text()}, required=("when", "because"))
    return mapping(
        {
            "id": text("规则编号", pattern=NAME),
            "title": text("给人看的名称"),
            "party": one_of(PARTIES, "看谁说的话、考核谁"),
            "when": one_of(("live", "close", "both"), "通话中、结束时，或都看"),
            "severity": one_of(get_args(Severity)),
            "min_confidence": _FRACTION,
            "cool_down_ms": integer("触发后歇多久"),
            "max_per_call": integer("一通电话最多几次", 1),
            "expires_ms": integer("提示显示多久", 1_000),
            "early": boolean("话还没说完、已经确定的部分就可以触发提示"),
            "because": text("为什么：可用 {quote}、{seconds}、{count}"),
            "emit": {
                **mapping(
                    {"prompt": mapping(prompt, required=("kind", "title", "body")), "flag": mapping(flag)},
                    about="给坐席的提示、给质检的标记",
                ),
                "minProperties": 1,
            },
            "set": {"type": "object", "additionalProperties": _VALUE, "description": "设置状态"},
            "scope": {**_window(), "minProperties": 1},
            "score": {
                "type": "integer",
                "minimum": -MAX_POINTS,
                "maximum": MAX_POINTS,
                "description": "质检加分或扣分",
            },
            "withdraw": {"type": "array", "items": withdrawal, "description": "提示何时收回"},
            "cases": mapping(
                {name: {"type": "array", "items": ref("case")} for name in ("fires", "silent")},
                about="用例：应当触发与不应触发的对话",
            ),
            **_operators(),
        },
        required=("id",),
    )


_DIALOGUE: Schema = {"type": "array", "items": ref("line"), "minItems": 1}
_CASE: Schema = {
    "anyOf": [
        _DIALOGUE,
        mapping(
            {
                "dialogue": _DIALOGUE,
                "verdict": one_of(get_args(Verdict)),
                "end": one_of((*get_args(CloseCause), GOES_ON)),
                "known": {"type": "object", "additionalProperties": _VALUE},
                "offered": {**_LABELS, "description": "必须提示推荐的业务"},
                "not_offered": {**_LABELS, "description": "不得提示推荐的业务"},
            },
            required=("dialogue",),
        ),
    ]
}
_FOUND: Schema = {"anyOf": [_LABELS, {"type": "object", "additionalProperties": _FRACTION}]}
_LINE = mapping(
    {
        **{name: text("说的话") for name in SPEAKERS},
        "silence_ms": integer("之前静默多久"),
        "overlap_ms": integer("提前多久开口"),
        "confidence": _FRACTION,
        "chars_per_min": integer("语速"),
        "intents": _FOUND,
        "acts": _FOUND,
        "entities": {"type": "object", "additionalProperties": _VALUE},
        "means": _FOUND,
        "emotion": {
            "anyOf": [
                text(),
                mapping(
                    {
                        "label": text(),
                        "score": _FRACTION,
                        "intensity": {**integer(), "maximum": 3},
                        "trend": one_of(get_args(Trend)),
                    },
                    required=("label",),
                ),
            ]
        },
    }
)
