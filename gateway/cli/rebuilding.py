"""What is made of the logs of closed calls, made anew: a batch of calls a transaction."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Protocol

from assist.errors import StoreError
from gateway.cli.console import errors_console, print_json, results_console, run

if TYPE_CHECKING:
    from assist.ports import CallStore
    from assist.stores import Stores
    from gateway.settings import Settings

BATCH_CALLS = 50
"""Made anew in one transaction; others may write in between."""


class Rebuilt(Protocol):
    """Something made of logs."""

    async def rebuild(self, call_ids: Sequence[str]) -> None: ...


def rebuild_and_tell(
    settings: Settings, rebuilt: Callable[[Stores], Rebuilt], told: str, *, needs_model: bool = False, as_json: bool
) -> None:
    """Make it anew of all closed calls and print how many there were; ``told`` names the calls: "{calls} calls …".

    ``needs_model``: what is made has places of utterances among meanings.
    """
    calls, damaged = run(lambda: _rebuild(settings, rebuilt, needs_model=needs_model))
    if as_json:
        print_json({"calls": calls, "damaged": damaged})
        return
    results_console().print(told.format(calls=calls))
    for call_id in damaged:
        errors_console().print(f"{call_id}: its log cannot be read")


async def _rebuild(
    settings: Settings, rebuilt: Callable[[Stores], Rebuilt], *, needs_model: bool
) -> tuple[int, list[str]]:
    """How many calls were read, and those whose logs cannot be."""
    from gateway.wiring import open_placer, open_stored

    calls, damaged = 0, list[str]()
    async with AsyncExitStack() as stack:
        placer = await stack.enter_async_context(open_placer(settings)) if needs_model else None
        stores = await stack.enter_async_context(open_stored(settings, placer=placer))
        made = rebuilt(stores)
        async for batch in _batches(stores.calls):
            spoilt = await _make(made, batch)
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


async def _make(made: Rebuilt, call_ids: Sequence[str]) -> list[str]:
    """Those of which the log is damaged: they cost no other call its place."""
    try:
        await made.rebuild(call_ids)
    except StoreError as error:
        if error.code != "store-damaged":
            raise
        if len(call_ids) == 1:
            return list(call_ids)
        return [spoilt for call_id in call_ids for spoilt in await _make(made, [call_id])]
    return []
