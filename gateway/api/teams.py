"""Teams: which agents belong together, and who sees their calls."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import ConfigDict, Field, StringConstraints
from starlette.responses import Response

from assist.stores.accounts import User
from assist.stores.teams import MOST_AGENTS, MOST_PEOPLE
from gateway.api.access import Served, permitted
from gateway.api.models import Body
from gateway.teams import MAX_NAME_CHARS, TeamEntry

team_routes = APIRouter(tags=["teams"], prefix="/teams")

Admin = Annotated[User, Depends(permitted("teams.manage"))]
Name = Annotated[str, Path(min_length=1, max_length=MAX_NAME_CHARS)]
Id = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class TeamList(Body):
    teams: list[TeamEntry]


class TeamGiven(Body):
    model_config = ConfigDict(frozen=True, extra="forbid")

    agents: Annotated[tuple[Id, ...], Field(max_length=MOST_AGENTS)]
    """Ids of the phone platform; they leave the team they were in."""
    people: Annotated[tuple[Id, ...], Field(max_length=MOST_PEOPLE)] = ()
    """Names of supervisors and QA staff."""


@team_routes.get("")
async def list_teams(service: Served, user: Admin) -> TeamList:
    """All teams by name; where there are none, supervisors and QA staff see every call."""
    return TeamList(teams=list(await service.teams.teams()))


@team_routes.put("/{name}")
async def put_team(service: Served, user: Admin, name: Name, body: TeamGiven) -> TeamEntry:
    """Make a team, or make it of these agents and people alone."""
    return await service.teams.put(name, agents=body.agents, people=body.people, by=user.user_id)


@team_routes.delete("/{name}", status_code=204)
async def remove_team(service: Served, user: Admin, name: Name) -> Response:
    """Its agents are of no team then."""
    await service.teams.remove(name, by=user.user_id)
    return Response(status_code=204)
