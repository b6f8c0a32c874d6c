"""Experiments: what prompts are worth, and a person's word on whether one is shown."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query
from pydantic import StringConstraints

from assist.experiments.report import ExperimentReport
from assist.stores.accounts import User
from gateway.api.access import Served, permitted
from gateway.api.models import Body

NAME = "^[a-z][a-z0-9_-]{0,63}$"

experiment_routes = APIRouter(tags=["experiments"], prefix="/experiments")

Reader = Annotated[User, Depends(permitted("experiments.read"))]
Decider = Annotated[User, Depends(permitted("experiments.decide"))]


class ExperimentList(Body):
    weeks: int
    """Over how many weeks back the calls count."""
    holds_out: bool
    """False: this service shows every call every prompt."""
    experiments: list[ExperimentReport]


class DecisionRequest(Body):
    decision: Literal["mute", "unmute"]
    """mute: no call gets the prompt; unmute: it is drawn again, and judged by the calls from now on."""
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class DecisionTaken(Body):
    has_changed: bool
    """False: it stood so already."""


@experiment_routes.get("")
async def list_experiments(
    service: Served, user: Reader, weeks: Annotated[int, Query(ge=1, le=52)] = 8
) -> ExperimentList:
    """The report on every experiment of the playbooks in use."""
    experiments = await service.experiments.reports(weeks=weeks)
    return ExperimentList(weeks=weeks, holds_out=service.experiments.hold_outs, experiments=list(experiments))


@experiment_routes.post("/{playbook}/{experiment}/decisions", status_code=201)
async def decide(
    service: Served,
    playbook: Annotated[str, Path(pattern=NAME)],
    experiment: Annotated[str, Path(pattern=NAME)],
    body: DecisionRequest,
    user: Decider,
) -> DecisionTaken:
    """Mute a prompt or let it be shown again; holds for calls that open from now on."""
    taken = await service.experiments.decide(
        playbook, experiment, body.decision, by=user.display_name, reason=body.reason
    )
    return DecisionTaken(has_changed=taken is not None)
