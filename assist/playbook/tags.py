"""Tags of a customer: conditions on what is known, weighed whenever something becomes known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assist.messages import CustomerTag, TagTone
from assist.playbook.moment import Truth, knowing
from assist.playbook.operators.base import Operator
from assist.playbook.operators.facts import told_of


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag: what it is called, and when a customer has it."""

    tag_id: str
    title: str
    tone: TagTone
    condition: Operator
    """Made of facts alone, so it remembers nothing."""

    def held(self, facts: Mapping[str, str]) -> CustomerTag:
        """The tag as it is told, with what is known of the facts that it asks for."""
        because = told_of(self.condition, facts)
        return CustomerTag(tag_id=self.tag_id, title=self.title, tone=self.tone, because=because)


def weigh(tags: Sequence[Tag], facts: Mapping[str, str]) -> Mapping[str, Truth]:
    """How true each tag is by all that is known; unknown where that does not tell."""
    moment = knowing(facts)
    return {tag.tag_id: tag.condition.observe(moment)[1].truth for tag in tags}
