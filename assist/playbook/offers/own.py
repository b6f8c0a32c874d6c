"""Which offer of the catalogue an agent makes in words of their own: by what it costs, holds and is called."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assist.heard.values import Value, values_in
from assist.numerals import value_of
from assist.spoken import spoken

MIN_MARKS = 2
"""From so many on words are about an offer: its price and its amount of data, or its price and its name."""
UNITS = ("元", "G", "M", "分钟")
"""Of values that tell offers apart; terms and days are alike in many."""
LEAST_VALUE = 5
"""Smaller ones are rates: five yuan a gigabyte."""
LEAST_BARE = 19
"""A price may be said without its unit (一个月三十九) unless any small number could be meant."""

_NUMERALS = "零一二两三四五六七八九十百千万"
_NUMERAL = re.compile(f"[{_NUMERALS}]+")
_CLAUSE = re.compile(r"[\s，。？！、；,.?!;]+")


@dataclass(frozen=True, slots=True)
class Marks:
    """What tells an offer from others when somebody speaks of it."""

    offer_id: str
    values: frozenset[Value]
    names: frozenset[str]
    """Pieces of two characters of its title that no other title has."""

    def found_in(self, clauses: Sequence[str], values: frozenset[Value], numbers: frozenset[int]) -> int:
        """How many of its marks words have; a name counts once."""
        bare = {one for one in self.values if one.unit == "元" and one.number >= LEAST_BARE and one.number in numbers}
        return len(self.values & values | bare) + any(name in clause for name in self.names for clause in clauses)


def marks_of(titles: Mapping[str, str], texts: Mapping[str, Sequence[str]]) -> tuple[Marks, ...]:
    """``titles`` and other ``texts`` by offer."""
    pieces = {offer_id: frozenset(_pieces(title)) for offer_id, title in titles.items()}
    count = Counter(piece for own in pieces.values() for piece in own)
    return tuple(
        Marks(
            offer_id,
            frozenset(
                value
                for text in (title, *texts[offer_id])
                for value in values_in(text)
                if value.unit in UNITS and value.number >= LEAST_VALUE
            ),
            frozenset(piece for piece in pieces[offer_id] if count[piece] == 1),
        )
        for offer_id, title in titles.items()
    )


def _pieces(title: str) -> Iterable[str]:
    pairs = (first + second for first, second in pairwise(spoken(title).chars))
    return (pair for pair in pairs if not any(char in _NUMERALS for char in pair))


def offer_in(text: str, marks: Iterable[Marks], expected: Collection[str]) -> str | None:
    """The offer that words are about, if they are about one most of all; an ``expected`` one has a mark already."""
    clauses = [spoken(clause).chars for clause in _CLAUSE.split(text)]
    found = (value_of(match[0]) for clause in clauses for match in _NUMERAL.finditer(clause))
    numbers = frozenset(number for number in found if number is not None)
    values = frozenset[Value]().union(*map(values_in, clauses))
    counted = [(one.found_in(clauses, values, numbers), one.offer_id in expected, one.offer_id) for one in marks]
    best = sorted(((count + is_expected, offer_id) for count, is_expected, offer_id in counted if count), reverse=True)
    if not best or best[0][0] < MIN_MARKS or (len(best) > 1 and best[0][0] == best[1][0]):
        return None
    return best[0][1]
