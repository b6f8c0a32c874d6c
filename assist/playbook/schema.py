"""The rule language as a JSON Schema, for editors: what may stand where, with a word of help.

It describes the form. What only the reader can tell (a phrase set that is not there, a condition that is never true, a
pattern that does not compile) it does not.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import get_args

from assist.messages import CodeHalf, PromptKind, Severity, TagTone
from assist.playbook.budget import MAX_PLACES
from assist.playbook.cases.schema import case, line
from assist.playbook.conditions import ON_FACTS
from assist.playbook.conditions.reading import PARTIES
from assist.playbook.conditions.schema import (
    condition,
    meaning,
    operators,
    phrase_set,
    phrases,
    question,
    scope,
)
from assist.playbook.etiquette import KEPT_KINDS, MAX_ALLOWANCES, MAX_BECAUSE_CHARS, MAX_WITHIN_MS, MIN_WITHIN_MS
from assist.playbook.experiments.schema import experiment, general
from assist.playbook.model import MAX_POINTS, Language
from assist.playbook.offers.catalogue import AgentMode
from assist.playbook.offers.reading import ABOUT_CUSTOMERS
from assist.playbook.offers.schema import need, offer, reaction, selling
from assist.playbook.shapes import FRACTION, LABELS, NAME, VALUE, Schema, boolean, integer, mapping, one_of, ref, text

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(channels: Collection[str] = ()) -> Schema:
    """Of a whole playbook; ``channels``: those of an installation, where rules are written for one."""
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
                "experiments": general(),
                "lexicon": {"type": "array", "items": _TERM, "description": "识别器不常见的名称：套餐、产品、业务"},
                "phrase_sets": {"type": "object", "additionalProperties": {"$ref": "#/$defs/phrase_set"}},
                "meanings": {
                    "type": "object",
                    "additionalProperties": ref("meaning"),
                    "description": "同一个意思的句子",
                },
                "questions": {
                    "type": "object",
                    "additionalProperties": ref("question"),
                    "description": "通话结束时问模型的问题；默认不问，须由运维打开",
                },
                "conditions": {
                    "type": "object",
                    "additionalProperties": ref("condition"),
                    "description": "起了名字的条件，规则用 condition 引用，与原样写在那里一样",
                },
                "tags": {"type": "array", "items": {"$ref": "#/$defs/tag"}, "description": "客户标签，由已知信息得出"},
                "selling": selling(),
                "offers": {"type": "array", "items": ref("offer"), "minItems": 1, "description": "可以推荐的业务"},
                "dispositions": {
                    "type": "array",
                    "items": _DISPOSITION,
                    "minItems": 1,
                    "description": "通话小结的归类，加在默认归类之外",
                },
                "rules": {"type": "array", "items": {"$ref": "#/$defs/rule"}, "minItems": 1},
            },
            required=("name", "version", "title", "rules"),
        ),
        "$defs": {
            "phrases": phrases(),
            "phrase_set": phrase_set(),
            "condition": {
                **mapping(condition()),
                "minProperties": 1,
                "description": "几个条件写在一起，须同时成立",
            },
            "tag": mapping(
                {
                    "id": text("标签编号", pattern=NAME),
                    "title": text("显示的名称"),
                    "tone": one_of(get_args(TagTone), "plain 一般、good 优质、care 须留意"),
                    **{name: operators()[name] for name in ON_FACTS},
                },
                required=("id", "title"),
            ),
            "allowance": _ALLOWANCE,
            "meaning": meaning(),
            "question": question(),
            "need": need(condition()),
            "reaction": reaction(condition()),
            "experiment": experiment(),
            "offer": offer({name: operators()[name] for name in ABOUT_CUSTOMERS}),
            "channel": _channel(channels),
            "rule": _rule(),
            "case": case(),
            "line": line(),
        },
    }


_DISPOSITION = mapping(
    {
        "code": text("归类代码；与默认代码相同时改其名称", pattern=NAME),
        "half": one_of(get_args(CodeHalf), "reason 来电原因、result 处理结果"),
        "title": text("显示的名称"),
        "english": text("英文名称；不写则用 title"),
        "intents": {**LABELS, "description": "主要来电意图是其中之一时归到这里"},
        "phrases": {**ref("phrases"), "description": "说了这些话时归到这里，按文字"},
        "party": one_of(PARTIES, "这些话由谁说"),
        "fired": {**LABELS, "description": "这些规则给过提示或标记时归到这里"},
    },
    required=("code", "half", "title"),
)
_ALLOWANCE = mapping(
    {
        "most": {**integer("最多几条提示", 1), "maximum": MAX_PLACES},
        "within_ms": {
            **integer("在多长一段通话里；不写则为整通电话", MIN_WITHIN_MS),
            "maximum": MAX_WITHIN_MS,
        },
        "keep": mapping(
            {kind: {**integer("", 1), "maximum": MAX_PLACES} for kind in KEPT_KINDS},
            about="其中几条留给这类提示和更要紧的提示",
        ),
        "when": {
            **mapping({name: operators()[name] for name in ON_FACTS}),
            "minProperties": 1,
            "description": "已知信息符合时才算数，如坐席近一小时看过多少提示；不写则一直算数",
        },
        "because": {**text("为什么少放提示，显示给坐席；与 when 一起写"), "maxLength": MAX_BECAUSE_CHARS},
    },
    required=("most",),
)
_BUDGET: Schema = {
    "type": "array",
    "items": ref("allowance"),
    "maxItems": MAX_ALLOWANCES,
    "description": "坐席的注意力：一通电话、一段时间里最多看几条；没有位置的提示不显示，也不排队",
}
_MODE = mapping(
    {
        "kinds": {"type": "array", "items": one_of(get_args(PromptKind)), "minItems": 1},
        "brief": boolean("只显示标题，正文点开再看"),
        "budget": {**_BUDGET, "description": "这类坐席的注意力，代替总的"},
    }
)
_ETIQUETTE = mapping(
    {
        "no_selling_while": {"type": "object", "additionalProperties": VALUE, "description": "这些状态下不推荐"},
        "never_to": {"type": "array", "items": text(), "minItems": 1, "description": "对有这些标签的客户不推荐"},
        "because": text("撤回推荐时给坐席看的原因"),
        "max_open_prompts": {**integer("同时最多几条提示", 1), "maximum": 10},
        "min_gap_ms": integer("两条提示之间至少隔多久"),
        "budget": _BUDGET,
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


def _channel(known: Collection[str]) -> Schema:
    about = "渠道的名字；地址和密钥由运维在设置里配"
    return one_of(tuple(sorted(known)), about) if known else text(about, pattern=NAME)


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
    notify = {
        "channel": ref("channel"),
        "title": text("通知的标题；不写则用规则的 title"),
    }
    withdrawal = mapping({"when": ref("condition"), "because": text()}, required=("when", "because"))
    return mapping(
        {
            "id": text("规则编号", pattern=NAME),
            "title": text("给人看的名称"),
            "party": one_of(PARTIES, "看谁说的话、考核谁"),
            "when": one_of(("live", "close", "both"), "通话中、结束时，或都看"),
            "severity": one_of(get_args(Severity)),
            "min_confidence": FRACTION,
            "cool_down_ms": integer("触发后歇多久"),
            "max_per_call": integer("一通电话最多几次", 1),
            "expires_ms": integer("提示显示多久", 1_000),
            "early": boolean("话还没说完、已经确定的部分就可以触发提示"),
            "because": text("为什么：可用 {quote}、{seconds}、{count}"),
            "emit": {
                **mapping(
                    {
                        "prompt": mapping(prompt, required=("kind", "title", "body")),
                        "flag": mapping(flag),
                        "notify": {
                            "anyOf": [
                                ref("channel"),
                                mapping(notify, required=("channel",)),
                            ],
                            "description": "成立时推送到运维配置的渠道",
                        },
                    },
                    about="给坐席的提示、给质检的标记、推送到渠道的通知",
                ),
                "minProperties": 1,
            },
            "set": {"type": "object", "additionalProperties": VALUE, "description": "设置状态"},
            "scope": {**scope(), "minProperties": 1},
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
            **operators(),
        },
        required=("id",),
    )
