"""The names that may come up in a call: its playbook's, and those that the call brings with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from assist.messages import Agent, Customer, Term

MAX_CALL_TERMS = 200
"""Names that one call brings with it, given ones first."""
MAX_NAME_CHARS = 32
"""A longer attribute is no name."""

_HAN = re.compile(r"[\u3400-\u9fff]")


def terms_of(
    lexicon: Sequence[Term], given: Iterable[str], agent: Agent | None, customer: Customer | None
) -> tuple[Term, ...]:
    """The lexicon's terms, then those of the call: given ones, names of people, customer attributes in Chinese."""
    known = {term.text for term in lexicon}
    names = dict.fromkeys(name for name in _names(given, agent, customer) if name not in known)
    return (*lexicon, *(Term(name, "call") for name in list(names)[:MAX_CALL_TERMS]))


def _names(given: Iterable[str], agent: Agent | None, customer: Customer | None) -> Iterator[str]:
    yield from given
    people = (person.name for person in (agent, customer) if person)
    attributes = customer.attributes.values() if customer else ()
    yield from (text for text in (*people, *attributes) if 2 <= len(text) <= MAX_NAME_CHARS and _HAN.search(text))
