"""What selling itself says to people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from assist.playbook.offers.catalogue import Per


@dataclass(frozen=True, slots=True)
class SellingTexts:
    """Sentences in one language; names in braces are filled in."""

    offers: str
    """Title of a prompt."""
    needs: str
    needs_unsaid: str
    """Of a need that no words tell but what is known."""
    reacts: str
    answers: str
    """Title of a prompt that answers a reaction."""
    made: str
    """Why the prompt of an offer goes when the agent has made it."""
    per: Mapping[Per, str]


SELLING: dict[Literal["zh-CN", "en"], SellingTexts] = {
    "zh-CN": SellingTexts(
        offers="推荐{title}",
        needs="客户需要：{needs}（“{quote}”）",
        needs_unsaid="从资料看需要：{needs}",
        reacts="客户{reaction}：“{quote}”",
        answers="{reaction}：{title}",
        made="坐席已经推荐",
        per={"once": "{amount}元", "day": "{amount}元/天", "month": "{amount}元/月", "year": "{amount}元/年"},
    ),
    "en": SellingTexts(
        offers="Offer {title}",
        needs="The customer needs: {needs} (“{quote}”)",
        needs_unsaid="What is known says they need: {needs}",
        reacts="The customer {reaction}: “{quote}”",
        answers="{reaction}: {title}",
        made="The agent has made the offer",
        per={"once": "{amount}", "day": "{amount} a day", "month": "{amount} a month", "year": "{amount} a year"},
    ),
}
