"""``livecue rules replay``: a playbook run again over stored calls, against what was said then."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assist.errors import InputError
from gateway.cli.console import AsJson, errors_console, load_settings, print_json, print_table, results_console, run
from gateway.transcript import clock

if TYPE_CHECKING:
    from assist.backtest import Backtest, RecordedCall, Ruleset
    from gateway.record import Unread, Wanted
    from gateway.settings import Settings

Row = Mapping[str, Any]

COUNTS = ("before", "after", "gained", "lost", "changed")


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
    agent: Annotated[str | None, typer.Option(help="Only calls of this agent_id.")] = None,
    since: Annotated[datetime | None, typer.Option(help="Only calls opened since this local time.")] = None,
    show: Annotated[int, typer.Option(min=0, help="How many changes are listed for people.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Run a playbook over stored calls: flags and prompts gained, lost and changed, by rule and agent."""
    from gateway.record import Wanted

    settings = load_settings(data_dir=data_dir)
    wanted = Wanted(agent, None if since is None else since.astimezone())
    report = run(lambda: _replay(settings, playbook, against, events, wanted))
    if as_json:
        print_json(report)
    else:
        _print(report, show)


async def _replay(
    settings: Settings, playbook: Path, against: Path | None, events: list[Path] | None, wanted: Wanted
) -> Row:
    from assist.backtest import Backtest
    from gateway.record import calls_in_files, stored_calls
    from gateway.wiring import open_calls

    rules = _rules(playbook)
    other = None if against is None else _rules(against)
    backtest = Backtest(rules, other)
    if events:
        outcome = await _take_all(_each(calls_in_files(events, wanted)), backtest)
    else:
        async with open_calls(settings) as store:
            outcome = await _take_all(stored_calls(store, wanted), backtest)
    compared = "the calls' own record" if other is None else other.playbook.reference
    return {"playbook": rules.playbook.reference, "against": compared, **backtest.report.as_values(), **outcome}


def _rules(path: Path) -> Ruleset:
    from assist.backtest import Ruleset
    from assist.playbook import load_playbook
    from gateway.wiring import phrase_listener

    playbook = load_playbook(path)
    return Ruleset(playbook, phrase_listener(playbook))


async def _each(calls: Iterator[RecordedCall | Unread]) -> AsyncIterator[RecordedCall | Unread]:
    for call in calls:
        yield call


async def _take_all(calls: AsyncIterator[RecordedCall | Unread], backtest: Backtest) -> Row:
    """Replay every call; what had to be left out, and how fast it went."""
    from gateway.record import Unread

    skipped: list[Unread] = []
    begun_s = time.monotonic()
    with errors_console().status("Replaying …") as status:
        async for call in calls:
            if isinstance(call, Unread):
                skipped.append(call)
                continue
            try:
                backtest.take(call)
            except InputError as error:
                skipped.append(Unread.of(call.call_id, error))
            status.update(f"Replaying: {backtest.report.calls} calls")
    elapsed_s = time.monotonic() - begun_s
    return {
        "skipped": [{"name": one.name, "code": one.code, "reason": one.reason} for one in skipped],
        "seconds": round(elapsed_s, 3),
        "calls_per_min": round(60 * backtest.report.calls / elapsed_s) if elapsed_s else 0,
    }


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
            f"not judged: {rule} in {calls} calls, whose utterances nobody compared with its meanings", markup=False
        )
    for one in report["skipped"]:
        errors_console().print(f"skipped {one['name']}: {one['reason']} ({one['code']})", markup=False)
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
    return f"{change['change']:8}{place} {change['kind']} {change['rule_id']} {verdicts}{quote}"
