"""What was decided about experiments, by Livecue or by a person, and where each stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from assist.playbook.experiments import Standing

DecisionKind = Literal["mute", "unmute", "weigh"]


@dataclass(frozen=True, slots=True)
class Decision:
    """One entry of the log of decisions; nothing is ever taken out of it."""

    playbook: str
    """Name, without version."""
    experiment: str
    kind: DecisionKind
    at: datetime
    by: str
    """Who, by the name shown; empty for Livecue itself."""
    reason: str
    """A person's own words. Livecue's are a code that names the measure: calls with the prompt came clearly less
    (less-sold) or more (more-complained) to it than those without, or shares go by which variant is best (best-sold).
    """
    figures: Mapping[str, float] = field(default_factory=dict[str, float])
    """What it rests on; with "weigh" the new share of each variant."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where an experiment stands after all decisions."""

    standing: Standing = field(default_factory=Standing)
    judged_since: datetime | None = None
    """A person has let the prompt be shown again: what came before does not speak against it any more."""
    muted_by: Decision | None = None
    """None: it is not muted."""


def position_after(decisions: Iterable[Decision]) -> Position:
    """The position after the decisions about one experiment, in the order in which they were made."""
    position = Position()
    for decision in decisions:
        shares = position.standing.shares
        match decision.kind:
            case "mute":
                position = Position(Standing(True, shares), position.judged_since, decision)
            case "unmute":
                position = Position(Standing(False, shares), decision.at)
            case "weigh":
                standing = Standing(position.standing.is_muted, dict(decision.figures))
                position = Position(standing, position.judged_since, position.muted_by)
    return position
