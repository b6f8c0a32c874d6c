"""``livecue history``: what is remembered of customers, made anew from the calls' logs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

import typer

from assist.errors import StoreError
from gateway.cli.console import AsJson, DataDir, errors_console, load_settings, print_json, results_console, run

if TYPE_CHECKING:
    from assist.ports import CallHistory, CallStore
    from gateway.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Earlier calls of customers.")

BATCH_CALLS = 50
"""Made anew in one transaction; others may write in between."""


@app.callback()
def history() -> None:
    """Earlier calls of customers."""


@app.command()
def rebuild(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Make the records of all closed calls anew from their logs; a service may run meanwhile."""
    settings = load_settings(data_dir=data_dir)
    calls, damaged = run(lambda: _rebuild(settings))
    if as_json:
        print_json({"calls": calls, "damaged": damaged})
        return
    results_console().print(f"{calls} calls are remembered.")
    for call_id in damaged:
        errors_console().print(f"{call_id}: its log cannot be read")


async def _rebuild(settings: Settings) -> tuple[int, list[str]]:
    """How many calls were read, and those whose logs cannot be."""
    from gateway.wiring import open_stored

    calls, damaged = 0, list[str]()
    async with open_stored(settings) as stores:
        async for batch in _batches(stores.calls):
            spoilt = await _remember(stores.history, batch)
            calls += len(batch) - len(spoilt)
            damaged += spoilt
    return calls, damaged


async def _batches(store: CallStore) -> AsyncIterator[list[str]]:
    from gateway.record import Wanted, closed_calls

    batch: list[str] = []
    async for summary in closed_calls(store, Wanted()):
        batch.append(summary.call_id)
        if len(batch) == BATCH_CALLS:
            yield batch
            batch = []
    if batch:
        yield batch


async def _remember(history: CallHistory, call_ids: Sequence[str]) -> list[str]:
    """Those of which the log is damaged: they cost no other call its record."""
    try:
        await history.rebuild(call_ids)
    except StoreError as error:
        if error.code != "store-damaged":
            raise
        if len(call_ids) == 1:
            return list(call_ids)
        return [spoilt for call_id in call_ids for spoilt in await _remember(history, [call_id])]
    return []
