"""``livecue rules replay``: a playbook run again over stored calls, against what was said then."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli import rule_cases
from gateway.cli.console import AsJson, errors_console, load_settings, print_json, print_table, results_console, run
from gateway.transcript import clock

if TYPE_CHECKING:
    from gateway.backtests import Script
    from gateway.record import Wanted
    from gateway.settings import Settings

Row = Mapping[str, Any]

COUNTS = ("before", "after", "gained", "lost", "changed", "held_out")


def replay(
    playbook: Annotated[Path, typer.Argument(help="Playbook file.")],
    data_dir: Annotated[
        Path | None, typer.Option("--data-dir", "--data", help="Data directory of the service whose calls to replay.")
    ] = None,
    events: Annotated[
        list[Path] | None,
        typer.Option(help="File of events as `livecue call --json` prints them, instead of a database; repeatable."),
    ] = None,
    against: Annotated[
        Path | None, typer.Option(help="Playbook to compare with; default: what was said in the calls.")
    ] = None,
    calls: Annotated[list[str] | None, typer.Option(help="Only the call of this id; repeatable.")] = None,
    agent: Annotated[str | None, typer.Option(help="Only calls of this agent_id.")] = None,
    since: Annotated[datetime | None, typer.Option(help="Only calls opened since this local time.")] = None,
    practice: Annotated[bool, typer.Option("--practice", help="Calls of practice on the softphone, too.")] = False,
    show: Annotated[int, typer.Option(min=0, help="How many changes are listed for people.")] = 20,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Processes that share the work; default: as many as there are processors.")
    ] = None,
    meanings: Annotated[
        bool,
        typer.Option("--meanings", help="Read calls again with the model for sets of meanings that they do not know."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Run a playbook over stored calls: flags and prompts gained, lost and changed, by rule and agent."""
    from gateway.record import Wanted
    from models.threads import detect_cores

    settings = load_settings(data_dir=data_dir)
    wanted = Wanted(
        agent,
        None if since is None else since.astimezone(),
        call_ids=tuple(dict.fromkeys(calls or ())),
        with_practice=practice,
    )
    jobs = jobs or detect_cores().usable
    reader = settings if meanings else None
    report = run(lambda: _replay(settings, (playbook, against), events, wanted, reader, jobs))
    if as_json:
        print_json(report)
    else:
        _print(report, show)


async def _replay(
    settings: Settings,
    compared: tuple[Path, Path | None],
    events: list[Path] | None,
    wanted: Wanted,
    reader: Settings | None,
    jobs: int,
) -> Row:
    from gateway.backtests import Order, replay_record, shares_of
    from gateway.record import closed_calls
    from gateway.wiring import open_calls

    playbook, against = compared
    order = Order(_script(playbook), None if against is None else _script(against), wanted, reader=reader)
    with errors_console().status("Replaying …") as status:

        def show(calls: int) -> None:
            status.update(f"Replaying: {calls} calls")

        if events:
            outcome = await replay_record(order, _each(events), jobs=jobs, on_progress=show)
        else:
            async with open_calls(settings) as store:
                order = replace(order, store_url=settings.store_url)
                shares = shares_of(closed_calls(store, wanted))
                outcome = await replay_record(order, shares, jobs=jobs, on_progress=show)
    known: Row = {} if events else {"rule_cases": await _rule_cases(playbook, settings)}
    return {
        "playbook": outcome.playbook,
        "against": outcome.against or "the calls' own record",
        **outcome.account.report.as_values(),
        "skipped": [{"name": one.name, "code": one.code, "reason": one.reason} for one in outcome.account.skipped],
        "seconds": round(outcome.elapsed_s, 3),
        "calls_per_min": outcome.calls_per_min,
        **known,
    }


async def _rule_cases(path: Path, settings: Settings) -> Row:
    """What the playbook says to the calls in which people found its rules wrong."""
    from assist.playbook import load_playbook

    return rule_cases.as_values(await rule_cases.trials_under(load_playbook(path), settings))


def _script(path: Path) -> Script:
    from assist.playbook import read_playbook
    from gateway.backtests import Script

    return Script(read_playbook(path), str(path))


async def _each(paths: list[Path]) -> AsyncIterator[Path]:
    for path in paths:
        yield path


def _print(report: Row, show: int) -> None:
    """Counts by rule and by agent, the first changes one by one, and what was left out."""
    for name, group in (("rule", "rules"), ("agent", "agents")):
        if report[group]:
            print_table(
                (name, "kind", *COUNTS),
                [(row[name] or "–", row["kind"], *(row[count] for count in COUNTS)) for row in report[group]],
            )
            results_console().print()
    for change in report["changes"][:show]:
        results_console().print(_line(change), markup=False)
    left_out = len(report["changes"]) + report["changes_left_out"] - show
    if left_out > 0:
        results_console().print(f"… and {left_out} more; --show lists them, --json has all.", markup=False)
    for rule, calls in report["not_judged"].items():
        errors_console().print(
            f"not judged: {rule} in {calls} calls, whose utterances nobody compared with its meanings (see --meanings)"
            " or of which no model was asked its questions",
            markup=False,
        )
    for one in report["skipped"]:
        errors_console().print(f"skipped {one['name']}: {one['reason']} ({one['code']})", markup=False)
    for line in rule_cases.lines_of(report["rule_cases"]) if "rule_cases" in report else ():
        results_console().print(line, markup=False)
    results_console().print(
        f"{report['playbook']} against {report['against']}: {report['calls']} calls, {report['calls_changed']} of them"
        f" changed, {len(report['skipped'])} skipped; {report['calls_per_min']} calls a minute",
        markup=False,
    )


def _line(change: Row) -> str:
    """One change for people."""
    verdicts = " → ".join(filter(None, (change["before"], change["after"])))
    quote = f" “{change['quote']}”" if change["quote"] else ""
    place = f"{change['call_id']} [{clock(change['at_ms'])}]"
    return f"{change['change']:9}{place} {change['kind']} {change['rule_id']} {verdicts}{quote}"
