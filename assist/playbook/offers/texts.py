"""What selling itself says to people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from assist.messages import Hold
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
    held: Mapping[Hold, str]
    """Why an offer is not shown; a state has its own reason, and so has who the customer is."""
    per: Mapping[Per, str]


SELLING: dict[Literal["zh-CN", "en"], SellingTexts] = {
    "zh-CN": SellingTexts(
        offers="推荐{title}",
        needs="客户需要：{needs}（“{quote}”）",
        needs_unsaid="从资料看需要：{needs}",
        reacts="客户{reaction}：“{quote}”",
        answers="{reaction}：{title}",
        made="坐席已经推荐",
        held={
            "refused": "客户拒绝过，没有再表示兴趣",
            "most": "这通电话推荐得够多了",
            "gap": "刚推荐过别的，隔一会儿再说",
        },
        per={"once": "{amount}元", "day": "{amount}元/天", "month": "{amount}元/月", "year": "{amount}元/年"},
    ),
    "en": SellingTexts(
        offers="Offer {title}",
        needs="The customer needs: {needs} (“{quote}”)",
        needs_unsaid="What is known says they need: {needs}",
        reacts="The customer {reaction}: “{quote}”",
        answers="{reaction}: {title}",
        made="The agent has made the offer",
        held={
            "refused": "The customer has refused, and shown no interest since",
            "most": "As much as a call may bring has been offered",
            "gap": "Something else was offered a short while ago",
        },
        per={"once": "{amount}", "day": "{amount} a day", "month": "{amount} a month", "year": "{amount} a year"},
    ),
}
