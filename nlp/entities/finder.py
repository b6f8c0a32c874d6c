"""Finds the entities of an utterance by rule, and puts them together with those that a model found."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from nlp.entities.book import EntityBook
from nlp.entities.counted import COUNTED
from nlp.entities.dated import DATED
from nlp.entities.rows import find_rows
from nlp.entities.values import normal_form
from nlp.entities.worded import WORDED
from nlp.understanding.model import FoundEntity

PATTERNS = (*COUNTED, *DATED, *WORDED)
MEASURED = frozenset(one.label for one in (*COUNTED, *DATED))
"""Labels whose words have to be worth something: 几个G and 三十二号 are nothing."""

RULES_WIN: Mapping[str, float] = MappingProxyType(
    {
        **dict.fromkeys(
            ("phone_number", "id_number", "bank_card", "passcode", "order_no", "agent_id", "id_tail"), 0.87
        ),
        **dict.fromkeys(("amount", "data_volume", "minutes", "bandwidth", "discount"), 0.9),
        **dict.fromkeys(("regulator", "rival", "region", "device"), 0.9),
        **dict.fromkeys(("plan", "product"), 0.93),
    }
)
"""Label, score from which a rule is believed over the model: forms that can be nothing else, and a playbook's names.

All other labels, and what rules are less sure of, are the model's to find.
"""

HOLDS_OTHERS = frozenset(["address", "indicator", "plan", "product"])
"""What a model found with these labels stays whole, whatever rules see in it: the amount in 八元保号套餐."""


def find_entities(text: str, book: EntityBook) -> list[FoundEntity]:
    """What rules are sure enough of, in text order without overlap; any text will do.

    Of finds that overlap the longest counts, then the surer one. Takes time in proportion to the text.
    """
    found = [*find_rows(text), *book.find(text), *_by_pattern(text)]
    return _apart(sorted(found, key=lambda entity: (entity.start - entity.end, -entity.score, entity.start)))


def merged(by_rule: Sequence[FoundEntity], by_model: Sequence[FoundEntity]) -> list[FoundEntity]:
    """Both in text order without overlap: rules where ``RULES_WIN`` says so, then the model's."""
    held = [entity for entity in by_model if entity.label in HOLDS_OTHERS]
    certain = (
        entity
        for entity in by_rule
        if entity.score >= RULES_WIN.get(entity.label, math.inf)
        and not any(name.start <= entity.start and entity.end <= name.end for name in held)
    )
    return _apart([*certain, *sorted(by_model, key=lambda entity: -entity.score)])


def _by_pattern(text: str) -> Iterator[FoundEntity]:
    for one in PATTERNS:
        for entity in one.find(text):
            if entity.label not in MEASURED or normal_form(entity.label, text[entity.start : entity.end]) is not None:
                yield entity


def _apart(ranked: Iterable[FoundEntity]) -> list[FoundEntity]:
    """Those that overlap none before them, in text order."""
    taken: list[FoundEntity] = []
    used: set[int] = set()
    for entity in ranked:
        places = range(entity.start, entity.end)
        if used.isdisjoint(places):
            used.update(places)
            taken.append(entity)
    return sorted(taken, key=lambda entity: entity.start)
