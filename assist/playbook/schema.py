"""The rule language as a JSON Schema, for editors: what may stand where, with a word of help.

It describes the form. What only the reader can tell (a phrase set that is not there, a condition that is never true, a
pattern that does not compile) it does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from assist.messages import CloseCause, PromptKind, Severity, TagTone, Trend, Verdict
from assist.playbook.cases.reading import GOES_ON, SPEAKERS
from assist.playbook.conditions import ON_FACTS
from assist.playbook.conditions.reading import PARTIES
from assist.playbook.model import Language

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
NAME = "^[a-z][a-z0-9_-]{0,63}$"


def json_schema() -> Schema:
    """Of a whole playbook."""
    return {
        "$schema": DIALECT,
        "title": "Livecue playbook",
        **_mapping(
            {
                "name": _text("话术本的名字：小写字母、数字、- 和 _", pattern=NAME),
                "version": {"type": ["string", "integer"], "description": "版本，随每条提示和质检结果显示"},
                "title": _text("给人看的标题"),
                "language": _one_of(get_args(Language), "系统自带语句的语言"),
                "utc_offset": _text("热线所在时区，如 +08:00", pattern=r"^[+-][01]\d:[0-5]\d$"),
                "etiquette": _ETIQUETTE,
                "lexicon": {"type": "array", "items": _TERM, "description": "识别器不常见的名称：套餐、产品、业务"},
                "phrase_sets": {"type": "object", "additionalProperties": {"$ref": "#/$defs/phrase_set"}},
                "tags": {"type": "array", "items": {"$ref": "#/$defs/tag"}, "description": "客户标签，由已知信息得出"},
                "rules": {"type": "array", "items": {"$ref": "#/$defs/rule"}, "minItems": 1},
            },
            required=("name", "version", "title", "rules"),
        ),
        "$defs": {
            "phrases": _PHRASES,
            "phrase_set": {"anyOf": [_ref("phrases"), _mapping({"phrases": _ref("phrases"), **_LISTENING})]},
            "condition": {
                **_mapping({"party": _PARTY, **_operators()}),
                "minProperties": 1,
                "description": "几个条件写在一起，须同时成立",
            },
            "tag": _mapping(
                {
                    "id": _text("标签编号", pattern=NAME),
                    "title": _text("显示的名称"),
                    "tone": _one_of(get_args(TagTone), "plain 一般、good 优质、care 须留意"),
                    **{name: _joined()[name] for name in ON_FACTS},
                },
                required=("id", "title"),
            ),
            "rule": _rule(),
            "case": _CASE,
            "line": _LINE,
        },
    }


def _mapping(properties: Mapping[str, Schema], *, required: tuple[str, ...] = (), about: str = "") -> Schema:
    found: Schema = {"type": "object", "properties": dict(properties), "additionalProperties": False}
    if required:
        found["required"] = list(required)
    return {**found, "description": about} if about else found


def _text(about: str = "", **more: Any) -> Schema:
    return {"type": "string", "minLength": 1, **more, **({"description": about} if about else {})}


def _integer(about: str = "", least: int = 0) -> Schema:
    return {"type": "integer", "minimum": least, **({"description": about} if about else {})}


def _flag(about: str = "") -> Schema:
    return {"type": "boolean", **({"description": about} if about else {})}


def _one_of(values: tuple[str, ...], about: str = "") -> Schema:
    return {"enum": list(values), **({"description": about} if about else {})}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


_CONDITION = _ref("condition")
_CONDITIONS: Schema = {"type": "array", "items": _CONDITION, "minItems": 1}
_PARTY = _one_of(PARTIES, "看谁说的话")
_FRACTION: Schema = {"type": "number", "minimum": 0, "maximum": 1}
_VALUE: Schema = {"type": ["string", "integer", "boolean"]}
_LABELS: Schema = {"anyOf": [_VALUE, {"type": "array", "items": _VALUE, "minItems": 1}]}
_PHRASES: Schema = {
    "anyOf": [_text(), {"type": "array", "items": _text(), "minItems": 1}],
    "description": "一个或几个说法；$名字 引用前面的说法集",
}
_LISTENING: dict[str, Schema] = {
    "sounds_like": _flag("读音相近也算"),
    "min_score": {**_integer("读音相似度下限"), "maximum": 100},
    "min_syllables": _integer("少于这么多音节的只按字面", 1),
}
_ETIQUETTE = _mapping(
    {
        "no_selling_while": {"type": "object", "additionalProperties": _VALUE, "description": "这些状态下不推荐"},
        "because": _text("撤回推荐时给坐席看的原因"),
        "max_open_prompts": {**_integer("同时最多几条提示", 1), "maximum": 10},
        "min_gap_ms": _integer("两条提示之间至少隔多久"),
    },
    about="提示的分寸",
)
_TERM: Schema = {
    "anyOf": [
        _text(),
        _mapping({"term": _text(), "heard_as": {"type": "array", "items": _text()}}, required=("term",)),
    ]
}
_SCORED = {"min_score": _FRACTION}
_BOUNDS: dict[str, Schema] = {"is": _LABELS, "in": _LABELS, "min": {"type": "number"}, "max": {"type": "number"}}


def _operators() -> dict[str, Schema]:
    """By the names in playbooks."""
    return {**_on_words(), **_on_signals(), **_on_time(), **_on_order(), **_joined()}


def _on_words() -> dict[str, Schema]:
    phrase = {
        "any": _ref("phrases"),
        "all": _ref("phrases"),
        "none": _ref("phrases"),
        "at_least": _mapping({"n": _integer("", 1), "of": _ref("phrases")}, required=("n", "of")),
        "near_chars": _integer("all 里前后两个说法之间最多隔几个字"),
        "in_order": _flag("all 里的说法须按顺序"),
        **_LISTENING,
    }
    return {
        "phrase": {"anyOf": [_ref("phrases"), _mapping(phrase)], "description": "说了（没说）这些话"},
        "pattern": {
            "anyOf": [_text(), _mapping({"match": _text(), "unless": _text()}, required=("match",))],
            "description": "正则表达式（RE2），unless 为排除",
        },
        "length": _mapping({"min_chars": _integer(), "max_chars": _integer()}, about="一句话的字数"),
        "repeats": _mapping(
            {
                "of": _one_of(("own", "other"), "重复自己的还是对方的话"),
                "last_turns": _integer("往前看几句", 1),
                "min_similarity": {**_integer("相似度下限", 50), "maximum": 100},
                "nth": _integer("第几遍", 2),
                "min_chars": _integer("短于这么多字的不算", 1),
                "except": _ref("phrases"),
            },
            about="把差不多的话又说了一遍",
        ),
    }


def _on_signals() -> dict[str, Schema]:
    def labelled(properties: Mapping[str, Schema], about: str) -> Schema:
        return {
            "anyOf": [_LABELS, _mapping({"any_of": _LABELS, **properties}, required=("any_of",))],
            "description": about,
        }

    feeling = {
        **_SCORED,
        "min_intensity": {**_integer("强度下限", 1), "maximum": 3},
        "for_utterances": _integer("连续几句", 1),
        "heard_in": _one_of(("any", "words", "voice"), "凭话语还是凭声音"),
    }
    compared = {**_BOUNDS, "above_fact": _text("须大于这项已知信息"), "below_fact": _text("须小于这项已知信息")}
    return {
        "intent": labelled({**_SCORED, "primary_only": _flag("只看主意图")}, "想要什么（意图代码）"),
        "act": labelled(_SCORED, "这句话在做什么（对话行为代码）"),
        "emotion": labelled(feeling, "什么情绪（情绪代码）"),
        "emotion_trend": _one_of(get_args(Trend), "不满在上升、平稳还是下降"),
        "entity": labelled(compared, "提到了什么（实体代码）及其值"),
    }


def _on_time() -> dict[str, Schema]:
    loud = {"above_own_db": _integer("", 1), "below_own_db": _integer("", 1)}
    repeated = {"min_chars": _integer("", 1), "for_utterances": _integer("", 1)}
    over = {"min_ms": _integer(), "min_chars": _integer(), "other_started_ms": _integer(), "count": _integer("", 1)}
    rate = {
        "above": _integer("每分钟字数", 1),
        "below": _integer("每分钟字数", 1),
        "over": _one_of(("utterance", "call")),
    }
    share = {"min_percent": _integer(), "max_percent": _integer(), "after_ms": _integer()}
    quiet = {
        "min_ms": _integer("", 1_000),
        "after_party": _PARTY,
        "unless_before": _CONDITION,
        "count": _integer("", 1),
    }
    ended = {"cause": _one_of(get_args(CloseCause)), "after_party": _PARTY, "min_ms": _integer(), "max_ms": _integer()}
    return {
        "silence": _mapping(quiet, about="没人说话多久"),
        "reply_gap": _mapping({"min_ms": _integer(), "max_ms": _integer()}, about="接对方的话隔了多久"),
        "first_words": _mapping({"max_ms": _integer("", 1_000)}, about="接通后迟迟不开口"),
        "hang_up": _mapping(ended, about="怎么挂断的，最后一句话之后多久"),
        "overtalk": _mapping({"by": _PARTY, **over}, about="抢话"),
        "speech_rate": _mapping({**rate, **repeated}, about="语速"),
        "loudness": _mapping({**loud, **repeated}, about="音量，与自己开头相比"),
        "talk_share": _mapping({"party": _PARTY, **share}, about="说话占比"),
        "call_length": _mapping({"min_ms": _integer(), "max_ms": _integer()}, about="通话时长"),
        "turn_count": _mapping({"party": _PARTY, "min": _integer(), "max": _integer()}, about="话轮数"),
        "held_for": _mapping(
            {"what": _CONDITION, "min_ms": _integer("", 1)}, required=("what", "min_ms"), about="某种情形持续多久"
        ),
    }


def _on_order() -> dict[str, Schema]:
    turns, span = _integer("", 1), _integer("", 1)
    absent = {"what": _CONDITION, "by_turn": turns, "by_ms": span, "close": _flag("到通话结束")}
    duty = {"after": _CONDITION, "expect": _CONDITION, "within_turns": turns, "within_ms": span, "party": _PARTY}
    first = {"before": _CONDITION, "require": _CONDITION, "within_turns": turns, "anywhere": _flag()}
    barred = {
        "after": _CONDITION,
        "forbid": _CONDITION,
        "until": {"anyOf": [span, _CONDITION]},
        "times": _integer("", 1),
    }
    counted = {"what": _CONDITION, "min": _integer(), "max": _integer(), "within_ms": span}
    return {
        "absent": _mapping(absent, required=("what",), about="到期还没说"),
        "followed_by": _mapping(duty, required=("after", "expect"), about="之后应当跟着什么，没跟上"),
        "preceded_by": _mapping(first, required=("before", "require"), about="做之前应当先做什么，没做"),
        "not_after": _mapping(barred, required=("after", "forbid"), about="之后不许做的做了"),
        "sequence": _mapping({"steps": _CONDITIONS, "within_ms": span}, required=("steps",), about="依次发生"),
        "count": _mapping(counted, required=("what",), about="发生了几次"),
    }


def _joined() -> dict[str, Schema]:
    dated = {
        "older_than_months": _integer("这个日期距来电已超过几个月"),
        "within_days": _integer("这个日期在来电当天起几天之内"),
        "in_last_days": _integer("这个日期在来电之前几天之内"),
    }
    fact = {"path": _text("customer.、agent. 或 call. 开头"), **_BOUNDS, "known": _flag("是否已知"), **dated}
    return {
        "fact": _mapping(fact, required=("path",), about="已知的客户、坐席、通话信息"),
        "tag": {**_LABELS, "description": "客户有（其中一个）标签"},
        "state": {"type": "object", "additionalProperties": _VALUE, "minProperties": 1, "description": "处于某个状态"},
        "all": {**_CONDITIONS, "description": "都成立"},
        "any": {**_CONDITIONS, "description": "任一成立"},
        "not": {**_CONDITION, "description": "不成立"},
        "at_least": _mapping({"n": _integer("", 1), "of": _CONDITIONS}, required=("n", "of"), about="至少几个成立"),
    }


def _rule() -> Schema:
    prompt = {
        "kind": _one_of(get_args(PromptKind), "soothe 安抚、step 步骤、answer 解答、say 话术、close 促成、offer 推荐"),
        "title": _text("提示标题"),
        "body": _text("坐席可以照着说的话"),
    }
    flag = {
        "title": _text("质检项名称"),
        "verdict": _one_of(("breach", "at_risk", "met")),
        "met": _text("做到了时的说明"),
    }
    withdrawal = _mapping({"when": _CONDITION, "because": _text()}, required=("when", "because"))
    return _mapping(
        {
            "id": _text("规则编号", pattern=NAME),
            "title": _text("给人看的名称"),
            "party": _one_of(PARTIES, "看谁说的话、考核谁"),
            "when": _one_of(("live", "close", "both"), "通话中、结束时，或都看"),
            "severity": _one_of(get_args(Severity)),
            "min_confidence": _FRACTION,
            "cool_down_ms": _integer("触发后歇多久"),
            "max_per_call": _integer("一通电话最多几次", 1),
            "expires_ms": _integer("提示显示多久", 1_000),
            "early": _flag("话还没说完、已经确定的部分就可以触发提示"),
            "because": _text("为什么：可用 {quote}、{seconds}、{count}"),
            "emit": {
                **_mapping(
                    {"prompt": _mapping(prompt, required=("kind", "title", "body")), "flag": _mapping(flag)},
                    about="给坐席的提示、给质检的标记",
                ),
                "minProperties": 1,
            },
            "set": {"type": "object", "additionalProperties": _VALUE, "description": "设置状态"},
            "withdraw": {"type": "array", "items": withdrawal, "description": "提示何时收回"},
            "cases": _mapping(
                {name: {"type": "array", "items": _ref("case")} for name in ("fires", "silent")},
                about="用例：应当触发与不应触发的对话",
            ),
            **_operators(),
        },
        required=("id",),
    )


_DIALOGUE: Schema = {"type": "array", "items": _ref("line"), "minItems": 1}
_CASE: Schema = {
    "anyOf": [
        _DIALOGUE,
        _mapping(
            {
                "dialogue": _DIALOGUE,
                "verdict": _one_of(get_args(Verdict)),
                "end": _one_of((*get_args(CloseCause), GOES_ON)),
                "known": {"type": "object", "additionalProperties": _VALUE},
            },
            required=("dialogue",),
        ),
    ]
}
_FOUND: Schema = {"anyOf": [_LABELS, {"type": "object", "additionalProperties": _FRACTION}]}
_LINE = _mapping(
    {
        **{name: _text("说的话") for name in SPEAKERS},
        "silence_ms": _integer("之前静默多久"),
        "overlap_ms": _integer("提前多久开口"),
        "confidence": _FRACTION,
        "chars_per_min": _integer("语速"),
        "intents": _FOUND,
        "acts": _FOUND,
        "entities": {"type": "object", "additionalProperties": _VALUE},
        "emotion": {
            "anyOf": [
                _text(),
                _mapping(
                    {
                        "label": _text(),
                        "score": _FRACTION,
                        "intensity": {**_integer(), "maximum": 3},
                        "trend": _one_of(get_args(Trend)),
                    },
                    required=("label",),
                ),
            ]
        },
    }
)
