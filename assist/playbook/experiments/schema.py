"""Experiments in the JSON Schema of the rule language."""

from __future__ import annotations

from typing import get_args

from assist.playbook.experiments.experiment import MEASURES, Allocation
from assist.playbook.experiments.reading import MAX_HOLD_OUT, MAX_VARIANTS, MAX_WEIGHT
from assist.playbook.shapes import NAME, Schema, boolean, integer, mapping, one_of, text


def experiment() -> Schema:
    """The key ``experiment`` of a prompt or an offer."""
    variant = mapping(
        {
            "id": text("说法编号", pattern=NAME),
            "weight": {**integer("占多少份", 1), "maximum": MAX_WEIGHT},
            "title": text("换用的标题；不写则不变"),
            "body": text("换用的话；不写则不变"),
        },
        required=("id",),
    )
    return mapping(
        {
            "id": text("实验编号；换一个就是新实验", pattern=NAME),
            "salt": text("换一个就重新抽签", pattern=NAME),
            "hold_out": _hold_out("多少通电话不给这条提示；0 为每通都给"),
            "goal": one_of(
                tuple(MEASURES),
                "提示为了什么：sold 成交、accepted 答应、refused 被拒、complained 投诉、called-again 再来电",
            ),
            "allocation": one_of(get_args(Allocation), "fixed 固定比例、adaptive 效果好的多用"),
            "mutes_itself": boolean("明显有害时自动停用"),
            "variants": {"type": "array", "items": variant, "minItems": 2, "maxItems": MAX_VARIANTS},
        },
        about="对照实验：留出一部分电话不提示，或比较几种说法",
    )


def general() -> Schema:
    """The section ``experiments`` of a playbook."""
    return mapping(
        {"hold_out": _hold_out("每条提示各自抽签，多少通电话不给；安抚、带质检项的提示和客户主动要的除外")},
        required=("hold_out",),
        about="所有提示都留一部分电话作对照；提示自己写了 experiment 的以它为准",
    )


def _hold_out(about: str) -> Schema:
    return {"type": "number", "minimum": 0, "maximum": MAX_HOLD_OUT, "description": about}
