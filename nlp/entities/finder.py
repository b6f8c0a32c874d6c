"""Finds the entities of an utterance by rule, and puts them together with those that a model found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from nlp.entities.book import EntityBook
from nlp.entities.counted import COUNTED
from nlp.entities.dated import DATED
from nlp.entities.offers import OFFERS
from nlp.entities.rows import find_rows
from nlp.entities.values import normal_form
from nlp.entities.worded import WORDED
from nlp.understanding.model import FoundEntity

MEASURED = (*COUNTED, *DATED)
"""Patterns whose words have to be worth something: 几个G and 三十二号 are nothing."""

RULES_WIN = 0.85
"""Score from which a rule is believed over the model.

Of 0.7, 0.8, 0.85, 0.9 and "never", on the development split: the best F1 of rules and model together.
"""
RULES_ADD = 0.5
"""Score from which a rule is believed where neither surer rules nor the model found anything."""

HOLDS_OTHERS = frozenset(["address", "plan", "product"])
"""What a model found with these labels stays whole, whatever rules see in it: the amount in 八元保号套餐."""


_NUMBERED = frozenset(one.label for one in COUNTED) - {"discount"}
"""Labels that nothing is without a numeral; 对折 is a discount."""
_NUMERAL = re.compile(r"[零〇一二两俩三仨四五六七八九十百千万半几\d]")


def find_entities(text: str, book: EntityBook, previous: str = "") -> list[FoundEntity]:
    """What rules are sure enough of, in text order without overlap; any text will do.

    ``previous`` is what the other party said last: digits alone are what it asked for.
    Of finds that overlap the longest counts, then the surer one. Takes time in proportion to the text.
    """
    found = [*find_rows(text, previous), *book.find(text), *_by_pattern(text)]
    return _apart(sorted(found, key=lambda entity: (entity.start - entity.end, -entity.score, entity.start)))


def merged(text: str, by_rule: Sequence[FoundEntity], by_model: Sequence[FoundEntity]) -> list[FoundEntity]:
    """Both in text order without overlap: rules from ``RULES_WIN``, then the model, then rules from ``RULES_ADD``.

    Pieces of words that the model found do not count.
    """
    by_model = [entity for entity in by_model if not _is_torn(text, entity, by_rule)]
    held = [entity for entity in by_model if entity.label in HOLDS_OTHERS]
    certain = (
        entity
        for entity in by_rule
        if entity.score >= RULES_WIN and not any(name.start <= entity.start and entity.end <= name.end for name in held)
    )
    likely = (entity for entity in by_rule if entity.score >= RULES_ADD)
    return _apart([*certain, *sorted(by_model, key=lambda entity: -entity.score), *likely])


def _is_torn(text: str, entity: FoundEntity, by_rule: Sequence[FoundEntity]) -> bool:
    """Whether it is the piece of a word: 微 of 微信, a length without a number, part of what a rule found whole."""
    said = text[entity.start : entity.end]
    return (
        (len(said) == 1 and entity.label != "person")
        or (entity.label in _NUMBERED and not _NUMERAL.search(said))
        or any(
            rule.label == entity.label
            and rule.start <= entity.start
            and entity.end <= rule.end
            and rule.end - rule.start > len(said)
            for rule in by_rule
            if rule.score >= RULES_ADD
        )
    )


def _by_pattern(text: str) -> Iterator[FoundEntity]:
    for one in (*WORDED, *OFFERS):
        yield from one.find(text)
    for one in MEASURED:
        for entity in one.find(text):
            if normal_form(entity.label, text[entity.start : entity.end]) is not None:
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
