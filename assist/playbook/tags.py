"""Tags of a customer: conditions on what is known, weighed whenever something becomes known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from assist.measures import Measures
from assist.messages import CustomerTag, TagTone
from assist.playbook.moment import Floor, Moment, Truth
from assist.playbook.operators.base import Operator
from assist.playbook.operators.facts import FactDated, FactHolds


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
        because = {path: facts[path] for path in dict.fromkeys(_paths(self.condition)) if path in facts}
        return CustomerTag(tag_id=self.tag_id, title=self.title, tone=self.tone, because=because)


def weigh(tags: Sequence[Tag], facts: Mapping[str, str]) -> Mapping[str, Truth]:
    """How true each tag is by all that is known; unknown where that does not tell."""
    moment = Moment("tick", 0, Floor(), Measures(), facts=facts)
    return {tag.tag_id: tag.condition.observe(moment)[1].truth for tag in tags}


def _paths(operator: Operator) -> Iterator[str]:
    """The facts that a condition asks for."""
    if isinstance(operator, FactHolds | FactDated):
        yield operator.path
    for part in operator.parts:
        yield from _paths(part)
