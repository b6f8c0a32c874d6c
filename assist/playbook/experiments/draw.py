"""The draw: a keyed hash of the call id, so that a call gets the same wherever and whenever it is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from assist.messages.experiments import Assignment
from assist.playbook.experiments.experiment import Experiment

_BITS = 53
"""As many as a float holds, so that no draw is rounded up to 1."""
_ARM, _VARIANT = b"arm", b"variant"


@dataclass(frozen=True, slots=True)
class Standing:
    """What earlier calls have decided about an experiment."""

    is_muted: bool = False
    shares: Mapping[str, float] = field(default_factory=dict[str, float])
    """By variant; empty: those of the playbook."""


def draw(experiment: Experiment, call_id: str, standing: Standing | None = None) -> Assignment:
    """What chance, and what is known so far, give a call.

    Arm and variant are drawn apart: changing the shares of variants moves no call into or out of the hold-out.
    """
    standing = standing or Standing()
    shares = experiment.shares
    if standing.shares.keys() == shares.keys():
        shares = {variant_id: standing.shares[variant_id] for variant_id in shares}
    is_held_out = standing.is_muted or _chance(experiment.salt, _ARM, call_id) < experiment.hold_out
    return Assignment(
        experiment=experiment.experiment_id,
        arm="held-out" if is_held_out else "shown",
        variant=_pick(shares, _chance(experiment.salt, _VARIANT, call_id)),
        hold_out=experiment.hold_out,
        shares=shares,
        is_muted=standing.is_muted,
    )


def assign(
    experiments: Iterable[Experiment],
    call_id: str,
    *,
    standings: Mapping[str, Standing] | None = None,
    drawn: Iterable[Assignment] = (),
) -> tuple[Assignment, ...]:
    """One assignment for each experiment, in their order.

    ``drawn`` are those that the log of the call has: they hold wherever the experiment still has that variant, so that
    a replay shows what the call showed. ``standings`` by experiment id.
    """
    standings, known = standings or {}, {one.experiment: one for one in drawn}
    assignments: list[Assignment] = []
    for experiment in experiments:
        logged = known.get(experiment.experiment_id)
        if logged is None or not _has(experiment, logged.variant):
            logged = draw(experiment, call_id, standings.get(experiment.experiment_id))
        assignments.append(logged)
    return tuple(assignments)


def conducted(experiments: Iterable[Experiment], *, hold_outs: bool) -> tuple[Experiment, ...]:
    """Those that calls are drawn for; without hold-outs only those that show every call the prompt."""
    return tuple(one for one in experiments if hold_outs or not one.hold_out)


def redrawn(experiments: Iterable[Experiment], call_id: str, logged: Sequence[Assignment]) -> tuple[Assignment, ...]:
    """What a recorded call is run again with: what its log says was drawn, and nothing drawn anew.

    Prompts that no experiment of the log is about are shown: a trial of rules is no game of chance.
    """
    known = {one.experiment for one in logged}
    return assign((one for one in experiments if one.experiment_id in known), call_id, drawn=logged)


def _has(experiment: Experiment, variant_id: str) -> bool:
    return experiment.variant(variant_id) is not None if experiment.variants else not variant_id


def _chance(salt: str, purpose: bytes, call_id: str) -> float:
    """From 0 up to but without 1, evenly; nothing can be learnt of one purpose from another."""
    digest = blake2b(call_id.encode(), digest_size=8, key=salt.encode(), person=purpose).digest()
    return (int.from_bytes(digest, "big") >> (64 - _BITS)) / (1 << _BITS)


def _pick(shares: Mapping[str, float], chance: float) -> str:
    """The variant on whose stretch of the line from 0 to 1 the chance falls."""
    edge = 0.0
    for variant_id, share in shares.items():
        edge += share
        if chance < edge:
            return variant_id
    return [*shares, ""][max(0, len(shares) - 1)]
