"""Conditions on what became of prompts and offers, from YAML to operators."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import cast, get_args

import yaml

from assist.messages import CustomerReaction, SaleOutcome
from assist.playbook.conditions.reading import Given, Scope
from assist.playbook.operators.base import Operator
from assist.playbook.operators.heard import CueSaid, ReactionIs, ResultIs
from assist.playbook.reader import Reader

LAST_OFFER = "last-offer"
OFFERS_OF_ALL = (LAST_OFFER, "any-offer")


def read_reaction(node: yaml.Node, scope: Scope) -> Operator:
    """``reaction``"""
    given = Given(node, scope, "reaction", required=("is",), optional=("of", "min_confidence"))
    reactions = _chosen(given, "is", get_args(CustomerReaction))
    of = _subject(given, scope)
    return ReactionIs(of, cast("tuple[CustomerReaction, ...]", reactions), given.fraction("min_confidence", 0.5))


def read_cue_said(node: yaml.Node, scope: Scope) -> Operator:
    """``cue_said``"""
    given = Given(node, scope, "cue_said", required=("of",), optional=("is",))
    of = _subject(given, scope)
    if of in OFFERS_OF_ALL:
        raise given.refuse("of must name a rule or an offer")
    return CueSaid(of, given.flag("is", default=True))


def read_result(node: yaml.Node, scope: Scope) -> Operator:
    """``result``"""
    given = Given(node, scope, "result", required=("is",), optional=("of",))
    return ResultIs(
        _subject(given, scope), cast("tuple[SaleOutcome, ...]", _chosen(given, "is", get_args(SaleOutcome)))
    )


def check_subjects(asked: Iterable[tuple[str, yaml.Node]], prompting: Collection[str], reader: Reader) -> None:
    """Whether what conditions look at is there; ``prompting`` are the ids of rules with prompts and of offers."""
    if reader.complaints:
        return  # what could not be read may be the one that is meant
    for subject, node in asked:
        if subject not in prompting:
            known = ", ".join(sorted(prompting)) or "none"
            raise reader.error(node, f"{subject!r}: no such offer, and no rule that prompts; known are {known}")


def _subject(given: Given, scope: Scope) -> str:
    of = given.text("of", LAST_OFFER, most=80)
    if of not in OFFERS_OF_ALL:
        scope.subjects_asked.append((of, given.nodes("of") or given.node))
    return of


def _chosen(given: Given, key: str, choices: tuple[str, ...]) -> tuple[str, ...]:
    values = given.texts(key)
    for value in values:
        if value not in choices:
            raise given.refuse(f"{key}: {value!r} is none of {', '.join(choices)}")
    return values
