"""Offers and selling as a JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from assist.playbook.offers.catalogue import ANSWERED, TURNING, AgentMode, Per
from assist.playbook.offers.reading import MAX_WEIGHT, MAX_WORDINGS
from assist.playbook.shapes import NAME, VALUE, Schema, boolean, integer, mapping, one_of, ref, text

_TEXTS: Schema = {"type": "array", "items": text(), "minItems": 1}


def selling() -> Schema:
    """The section ``selling``."""
    return mapping(
        {
            "needs": {"type": "array", "items": ref("need"), "minItems": 1, "description": "听得出来的需要"},
            "asks": {**ref("condition"), "description": "客户问有没有办法：刚听到的需要都算问到了"},
            "reactions": {
                "type": "object",
                "properties": dict.fromkeys((*TURNING, *ANSWERED), ref("reaction")),
                "additionalProperties": ref("reaction"),
                "description": "客户听了推荐之后的反应；可以自己添加",
            },
            "said": {**ref("condition"), "description": "坐席说出了推荐"},
            "only_while": {
                "type": "object",
                "additionalProperties": VALUE,
                "description": "处于这些状态才推荐（问题已解决）；不写则由对话行为判断",
            },
            "max_offers": integer("一通电话最多推荐几次", 1),
            "min_gap_ms": integer("两次推荐之间至少隔多久"),
            "expires_ms": integer("推荐提示显示多久", 1_000),
        },
        required=("needs",),
        about="怎么推荐",
    )


def need(listens: Mapping[str, Schema]) -> Schema:
    """One entry of its ``needs``."""
    return mapping(
        {
            "id": text("需要的编号", pattern=NAME),
            "title": text("给人看的名称，如 流量不够用"),
            "request": boolean("客户就是为此而来：推荐即是解决，不必等问题解决之后"),
            "early": boolean("话还没说完就可以提示；须同时为 request"),
            **listens,
        },
        required=("id", "title"),
    )


def reaction(listens: Mapping[str, Schema]) -> Schema:
    """One of its ``reactions``."""
    early = boolean("话还没说完就可以提示怎么回答；refused、agreed、interested 不能写")
    return mapping({"title": text("给人看的名称"), "early": early, **listens})


def offer(about_customers: Mapping[str, Schema]) -> Schema:
    """One entry of the section ``offers``."""
    customers = {**mapping(about_customers), "minProperties": 1}
    number: Schema = {"type": "number"}
    wording = mapping(
        {
            "id": text("话术编号", pattern=NAME),
            "text": text("坐席可以照着说的话"),
            "mode": one_of(get_args(AgentMode), "给哪种坐席"),
            "reaction": text("客户有这种反应时用"),
        },
        required=("id", "text"),
    )
    bonus = mapping({"points": number, **about_customers}, required=("points",))
    propensity = mapping({"base": number, "add": {"type": "array", "items": bonus, "minItems": 1}})
    cases = mapping({name: {"type": "array", "items": ref("case")} for name in ("fires", "silent")})
    return mapping(
        {
            "id": text("业务编号", pattern=NAME),
            "title": text("业务名称"),
            "product": text("业务种类", pattern=NAME),
            "needs": {
                "type": "object",
                "additionalProperties": {**integer("", 1), "maximum": MAX_WEIGHT},
                "minProperties": 1,
                "description": "能满足的需要及其分量",
            },
            "wordings": {"type": "array", "items": wording, "minItems": 1, "maxItems": MAX_WORDINGS},
            "price": mapping({"amount": {"type": "number", "minimum": 0}, "per": one_of(get_args(Per))}),
            "eligible": {**customers, "description": "须成立才推荐；不知道即不成立"},
            "excluded": {**customers, "description": "成立则不推荐；不知道即不排除"},
            "propensity": {"anyOf": [number, propensity], "description": "接受的可能：加分"},
            "selling_points": {**_TEXTS, "description": "卖点"},
            "objections": {"type": "object", "additionalProperties": text(), "description": "客户的反应及回答"},
            "cheaper": text("更便宜的业务编号，须写在前面"),
            "terms": {**_TEXTS, "description": "办理前必须告知"},
            "after_refusal": boolean("客户拒绝过别的业务之后仍可推荐"),
            "experiment": ref("experiment"),
            "cases": {**cases, "description": "用例：应当推荐与不应推荐的对话"},
        },
        required=("id", "title", "product", "needs", "wordings"),
    )
