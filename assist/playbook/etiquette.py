"""The manners of prompting, from YAML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import replace
from typing import cast, get_args

import yaml

from assist.messages import PromptKind
from assist.playbook.budget import MAX_PLACES, Allowance
from assist.playbook.conditions import ON_FACTS, Scope, read_condition, read_state_value
from assist.playbook.model import URGENCY, Etiquette, Mode
from assist.playbook.moment import StateValue
from assist.playbook.offers.catalogue import AgentMode
from assist.playbook.reader import Reader

MAX_TAGS = 20
MAX_ALLOWANCES = 4
MAX_BECAUSE_CHARS = 60
"""Of an allowance: one line on the desk."""
MIN_WITHIN_MS, MAX_WITHIN_MS = 1_000, 3_600_000
KEPT_KINDS = tuple(kind for kind, urgency in URGENCY.items() if urgency > min(URGENCY.values()))
"""For which places can be kept: all but the least urgent."""

DEFAULT_ETIQUETTE = Etiquette(
    no_selling_while={},
    never_to=(),
    selling_held_because="",
    max_open_prompts=3,
    min_gap_ms=2_000,
    budget=(),
    modes={},
)
ETIQUETTE_KEYS = ("no_selling_while", "never_to", "because", "max_open_prompts", "min_gap_ms", "budget", "modes")


def read_etiquette(node: yaml.Node, scope: Scope, states: Set[str]) -> Etiquette:
    """``states`` that rules set: others are refused, as are tags that ``scope`` does not know."""
    what, reader = "etiquette", scope.reader
    fields = reader.fields(node, what, optional=ETIQUETTE_KEYS)
    default = DEFAULT_ETIQUETTE
    held = _read_held(fields["no_selling_while"], reader, states) if "no_selling_while" in fields else {}
    if held and "because" not in fields:
        raise reader.error(node, f"{what}: no_selling_while needs a because, shown when a prompt is withdrawn")
    because, gap_ms, limit = default.selling_held_because, default.min_gap_ms, default.max_open_prompts
    if "because" in fields:
        because = reader.text(fields["because"], f"{what}: because")
    if "max_open_prompts" in fields:
        limit = reader.integer(fields["max_open_prompts"], f"{what}: max_open_prompts", least=1, most=10)
    if "min_gap_ms" in fields:
        gap_ms = reader.integer(fields["min_gap_ms"], f"{what}: min_gap_ms", most=600_000)
    return Etiquette(
        no_selling_while=held,
        never_to=_read_never_to(fields["never_to"], reader, scope.tags) if "never_to" in fields else (),
        selling_held_because=because,
        max_open_prompts=limit,
        min_gap_ms=gap_ms,
        budget=_read_budget(fields["budget"], scope, f"{what}: budget") if "budget" in fields else default.budget,
        modes=_read_modes(fields["modes"], scope) if "modes" in fields else {},
    )


def check_states(asked: Iterable[tuple[str, yaml.Node]], states: Set[str], reader: Reader) -> None:
    """Refuse a state that no rule sets."""
    if reader.complaints:
        return  # a rule that could not be read may be the one that sets it
    for name, key in asked:
        if name not in states:
            known = ", ".join(sorted(states)) or "none"
            raise reader.error(key, f"state {name!r}: no rule sets it; known are {known}")


def _read_held(node: yaml.Node, reader: Reader, states: Set[str]) -> dict[str, StateValue]:
    what = "etiquette: no_selling_while"
    held = reader.entries(node, what)
    check_states(((name, key) for name, (key, _) in held.items()), states, reader)
    return {name: read_state_value(value, reader, f"{what}: {name}") for name, (_, value) in held.items()}


def _read_never_to(node: yaml.Node, reader: Reader, tags: Set[str]) -> tuple[str, ...]:
    what = "etiquette: never_to"
    items = reader.items(node, what, most=MAX_TAGS)
    if reader.complaints:
        return ()  # a tag that could not be read may be one of them
    return tuple(reader.choice(item, what, tags) for item in items)


def _read_modes(node: yaml.Node, scope: Scope) -> Mapping[str, Mode]:
    what, reader = "etiquette: modes", scope.reader
    modes: dict[str, Mode] = {}
    for name, (key, value) in reader.entries(node, what).items():
        reader.choice(key, what, get_args(AgentMode))
        fields = reader.fields(value, f"{what}: {name}", optional=("kinds", "brief", "budget"))
        kinds = frozenset(get_args(PromptKind))
        if "kinds" in fields:
            items = reader.items(fields["kinds"], f"{what}: {name}: kinds")
            kinds = frozenset(reader.choice(item, f"{what}: {name}: kinds", get_args(PromptKind)) for item in items)
        is_brief = "brief" in fields and reader.boolean(fields["brief"], f"{what}: {name}: brief")
        budget = _read_budget(fields["budget"], scope, f"{what}: {name}: budget") if "budget" in fields else None
        modes[name] = Mode(cast("frozenset[PromptKind]", kinds), is_brief, budget)
    return modes


def _read_budget(node: yaml.Node, scope: Scope, what: str) -> tuple[Allowance, ...]:
    items = scope.reader.items(node, what, least=0, most=MAX_ALLOWANCES)
    return tuple(_read_allowance(item, scope, what) for item in items)


def _read_allowance(node: yaml.Node, scope: Scope, what: str) -> Allowance:
    """What is kept for a kind is kept for all that are more urgent; a condition knows facts and nothing else."""
    reader = scope.reader
    fields = reader.fields(node, what, required=("most",), optional=("within_ms", "keep", "when", "because"))
    if ("when" in fields) is not ("because" in fields):
        raise reader.error(node, f"{what}: when and because go together: the agent is told why there are fewer")
    most = reader.integer(fields["most"], f"{what}: most", least=1, most=MAX_PLACES)
    within_ms = None
    if "within_ms" in fields:
        within_ms = reader.integer(fields["within_ms"], f"{what}: within_ms", least=MIN_WITHIN_MS, most=MAX_WITHIN_MS)
    kept = reader.entries(fields["keep"], f"{what}: keep") if "keep" in fields else {}
    keep: dict[str, int] = {}
    for name, (key, value) in kept.items():
        reader.choice(key, f"{what}: keep", KEPT_KINDS)
        keep[name] = reader.integer(value, f"{what}: keep: {name}", least=1, most=MAX_PLACES)
    if sum(keep.values()) >= most:
        raise reader.error(fields["keep"], f"{what}: keep: leaves less urgent prompts none of the {most} places")
    places: dict[PromptKind, int] = {
        kind: most - sum(count for name, count in keep.items() if urgency < URGENCY[cast("PromptKind", name)])
        for kind, urgency in URGENCY.items()
    }
    if "when" not in fields:
        return Allowance(places, within_ms)
    condition = read_condition(fields["when"], replace(scope, where=what, operators=ON_FACTS), "when")
    because = reader.text(fields["because"], f"{what}: because", most=MAX_BECAUSE_CHARS)
    return Allowance(places, within_ms, condition, because)
