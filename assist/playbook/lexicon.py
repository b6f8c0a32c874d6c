"""The names of a playbook that the recogniser should know: plans, products, services."""

from __future__ import annotations

from collections.abc import Sequence

import yaml

from assist.messages import Term
from assist.playbook.reader import Reader

MAX_TERMS = 500
MAX_TERM_CHARS = 32
MAX_VARIANTS = 20


def read_lexicon(node: yaml.Node, reader: Reader) -> tuple[Term, ...]:
    """Each entry a name, or a mapping with ``term`` and ``heard_as``."""
    terms: dict[str, Term] = {}
    for item in reader.items(node, "lexicon", most=MAX_TERMS):
        term = _read_term(item, reader)
        if term.text in terms:
            raise reader.error(item, f"lexicon: {term.text!r} stands here twice")
        terms[term.text] = term
    return tuple(terms.values())


def _read_term(node: yaml.Node, reader: Reader) -> Term:
    if not isinstance(node, yaml.MappingNode):
        return Term(_read_name(node, reader, "lexicon"), "playbook")
    fields = reader.fields(node, "lexicon", required=("term",), optional=("heard_as",))
    text = _read_name(fields["term"], reader, "lexicon: term")
    what = f"lexicon: {text!r}: heard_as"
    nodes: Sequence[yaml.Node] = (
        reader.items(fields["heard_as"], what, most=MAX_VARIANTS) if "heard_as" in fields else ()
    )
    return Term(text, "playbook", tuple(_read_name(variant, reader, what) for variant in nodes))


def _read_name(node: yaml.Node, reader: Reader, what: str) -> str:
    """A text of two letters or more: a shorter one sounds like too much else."""
    name = reader.text(node, what, most=MAX_TERM_CHARS)
    if sum(character.isalnum() for character in name) < 2:
        raise reader.error(node, f"{what}: expected two letters at least, found {name!r}")
    return name
