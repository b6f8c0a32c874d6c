"""``livecue records``: how long calls are kept, what holds them, and the erasure of customers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar

import typer

from gateway.cli.console import AsJson, DataDir, load_settings, print_json, print_table, results_console, run, who

if TYPE_CHECKING:
    from assist.stores.records import RecordStore, Removed
    from gateway.settings import Settings

app = typer.Typer(no_args_is_help=True, help="How long calls are kept: retention, legal holds, erasure.")

T = TypeVar("T")
Kind = Literal["call", "customer"]
Reason = Annotated[str, typer.Option(help="Why, or the number of the request; kept in the audit log.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


@app.callback()
def records() -> None:
    """How long calls are kept: retention, legal holds, erasure."""


@app.command()
def hold(kind: Kind, subject: str, reason: Reason, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Keep a call, or all calls of a customer, until the hold is released."""
    made = _with_records(data_dir, lambda store: store.hold(kind, subject, reason=reason, by=who()))
    if as_json:
        print_json(made)
    else:
        results_console().print(f"Held: {made.hold_id}")


@app.command()
def release(hold_id: str, data_dir: DataDir = None) -> None:
    """Release a hold."""
    _with_records(data_dir, lambda store: store.release(hold_id, by=who()))


@app.command()
def holds(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List the holds that stand."""
    rows = [asdict(one) for one in _with_records(data_dir, lambda store: store.holds())]
    _show(rows, ("hold_id", "kind", "subject", "reason", "by", "at"), as_json)


@app.command()
def erase(
    kind: Kind, subject: str, reason: Reason, yes: Yes = False, data_dir: DataDir = None, as_json: AsJson = False
) -> None:
    """Remove a call, or a customer with all calls, for good: rows, index, recordings."""
    if not yes:
        typer.confirm(f"Remove everything of the {kind} {subject} for good?", abort=True, err=True)
    removed = _with_records(data_dir, lambda store: store.erase(kind, subject, reason=reason, by=who()))
    _tell(removed, "removed", as_json)


@app.command()
def expire(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count the calls.")] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Remove what is older than LIVECUE_RETENTION__… allows, as the service does every hour."""
    from gateway.wiring import retention_rules

    rules = retention_rules(load_settings(data_dir=data_dir).retention)
    removed = _with_records(data_dir, lambda store: store.expire(rules, by=who(), is_trial=dry_run))
    _tell(removed, "would be removed" if dry_run else "removed", as_json)


@app.command()
def log(
    limit: Annotated[int, typer.Option(min=1, help="Entries to show, the newest.")] = 50,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Show who did what to records."""
    rows = [asdict(one) for one in _with_records(data_dir, lambda store: store.audit(limit=limit))]
    _show(rows, ("at", "by", "action", "subject", "details"), as_json)


def _with_records(data_dir: DataDir, work: Callable[[RecordStore], Awaitable[T]]) -> T:
    settings = load_settings(data_dir=data_dir)
    return run(lambda: _work(settings, work))


async def _work(settings: Settings, work: Callable[[RecordStore], Awaitable[T]]) -> T:
    from gateway.wiring import open_records

    async with open_records(settings) as store:
        return await work(store)


def _tell(removed: Removed, done: str, as_json: bool) -> None:
    if as_json:
        print_json(removed)
        return
    results_console().print(f"{removed.calls} calls {done}.")
    for name, count in sorted(removed.things.items()):
        results_console().print(f"  {name}: {count}")


def _show(rows: list[dict[str, object]], columns: tuple[str, ...], as_json: bool) -> None:
    if as_json:
        for row in rows:
            print_json(row)
    else:
        print_table(columns, ([row[column] for column in columns] for row in rows))
