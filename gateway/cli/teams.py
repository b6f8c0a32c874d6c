"""``livecue teams``: which agents belong together, and who sees their calls."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from gateway.cli.console import AsJson, DataDir, load_settings, print_json, print_table, run, who

if TYPE_CHECKING:
    from gateway.teams import Teams

T = TypeVar("T")
app = typer.Typer(no_args_is_help=True, help="Teams of agents: whose calls a supervisor and QA staff see.")


@app.command("set")
def set_team(
    name: str,
    agent: Annotated[list[str] | None, typer.Option(help="An agent's id; again for each.")] = None,
    person: Annotated[list[str] | None, typer.Option(help="A supervisor's or QA user's name; again for each.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Make a team, or make it of these agents and people alone; agents leave the team they were in."""
    _with_teams(data_dir, lambda teams: teams.put(name, agents=agent or (), people=person or (), by=who()))


@app.command("list")
def list_teams(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List the teams; where there are none, supervisors and QA staff see every call."""
    rows = [asdict(team) for team in _with_teams(data_dir, lambda teams: teams.teams())]
    if as_json:
        for row in rows:
            print_json(row)
    else:
        shown = ([row["name"], ", ".join(row["agents"]), ", ".join(row["people"])] for row in rows)
        print_table(("name", "agents", "people"), shown)


@app.command()
def remove(name: str, data_dir: DataDir = None) -> None:
    """Remove a team; its agents are of no team then."""
    _with_teams(data_dir, lambda teams: teams.remove(name, by=who()))


def _with_teams(data_dir: DataDir, work: Callable[[Teams], Awaitable[T]]) -> T:
    settings = load_settings(data_dir=data_dir)

    async def do() -> T:
        from gateway.wiring import open_teams

        async with open_teams(settings) as teams:
            return await work(teams)

    return run(do)
