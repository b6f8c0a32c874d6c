"""``livecue corrections``: what people put right in transcripts, to train recognisers with."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.console import DataDir, load_settings, print_json, run

if TYPE_CHECKING:
    from gateway.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Transcripts that people put right.")


@app.callback()
def corrections() -> None:
    """Transcripts that people put right."""


@app.command()
def export(
    since: Annotated[datetime | None, typer.Option(help="Only calls opened since this local time.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Print every line that was put right, with what was recognised, as JSON, one a line; newest calls first."""
    settings = load_settings(data_dir=data_dir)
    run(lambda: _export(settings, since))


async def _export(settings: Settings, since: datetime | None) -> None:
    from gateway.corrections import corrected_lines
    from gateway.record import Wanted
    from gateway.wiring import open_stored

    wanted = Wanted(since=None if since is None else since.astimezone())
    async with open_stored(settings) as stores:
        async for line in corrected_lines(stores.calls, wanted):
            print_json(line)
