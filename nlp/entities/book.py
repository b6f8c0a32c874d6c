"""The names a playbook brings: its plans and products, found as written and where they sound the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assist.messages import Term
from assist.playbook import Playbook
from assist.spoken import spoken
from nlp.entities.pattern import any_of
from nlp.lexicon import Lexicon, lexicon_of
from nlp.pinyin import Syllable, syllable_of, syllables_in_context
from nlp.understanding.model import FoundEntity

DISTINCT_CHARS = 4
"""Names from this length on mean the plan or product; what shorter ones mean (副卡) depends on the sentence."""
DISTINCT_SCORE = 0.95
SHORT_SCORE = 0.7

_PLAN = re.compile(r"套餐|计划$|[^副年金]卡$")
_PRODUCT = re.compile(
    r"(?:包|会员|彩铃|铃音|副卡|年卡|金卡|提醒|显示|转移|助手|管家|拦截|亲情[网号]|合约机|险|漫游|组网|宽带|电视|手机报|保号)$"
)


def kind_of(name: str) -> str | None:
    """Whether a name is that of a "plan" or a "product"; None for what cannot be ordered (违约金)."""
    if _PLAN.search(name):
        return "plan"
    return "product" if _PRODUCT.search(name) else None


@dataclass(frozen=True, slots=True)
class EntityBook:
    """Names ready to be looked for; immutable, one for all calls of a playbook."""

    written: re.Pattern[str]
    sounding: Lexicon
    openings: frozenset[tuple[Syllable, Syllable]]
    """How names begin; where no opening sounds there is no name to look for."""

    @classmethod
    def of(cls, playbook: Playbook) -> EntityBook:
        """The plans and products of a playbook's lexicon."""
        return cls.of_terms(playbook.lexicon)

    @classmethod
    def of_terms(cls, terms: Sequence[Term]) -> EntityBook:
        """Of terms; those that are no names of plans or products do not count."""
        named = tuple(term for term in terms if kind_of(term.text))
        return cls(
            written=re.compile(any_of([term.text for term in named]) or r"(?!)"),
            sounding=lexicon_of(named),
            openings=frozenset(
                (syllables[0], syllables[1])
                for term in named
                for name in (term.text, *term.heard_as)
                for syllables in (syllables_in_context(spoken(name).sounds), _syllables(name))
                if len(syllables) > 1
            ),
        )

    def find(self, text: str) -> Iterator[FoundEntity]:
        """As written first. By sound only what sounds exactly alike, has three syllables and splits no other word."""
        for found in self.written.finditer(text):
            yield _entity(found.group(), found.start(), found.end())
        if self.openings.isdisjoint(pairwise(_syllables(text))):
            return
        for heard in self.sounding.find(text, None):
            yield _entity(heard.term, heard.start, heard.end)


def _syllables(text: str) -> tuple[Syllable, ...]:
    return tuple(syllable_of(char) for char in spoken(text).sounds)


def _entity(name: str, start: int, end: int) -> FoundEntity:
    score = DISTINCT_SCORE if len(name) >= DISTINCT_CHARS else SHORT_SCORE
    return FoundEntity(kind_of(name) or "product", start, end, score)


EMPTY_BOOK = EntityBook.of_terms(())
"""Of a call without names of its own."""
