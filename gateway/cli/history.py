"""``livecue history``: what is remembered of customers, made anew from the calls' logs."""

from __future__ import annotations

import typer

from gateway.cli.console import AsJson, DataDir, load_settings
from gateway.cli.rebuilding import rebuild_and_tell

app = typer.Typer(no_args_is_help=True, help="Earlier calls of customers.")


@app.callback()
def history() -> None:
    """Earlier calls of customers."""


@app.command()
def rebuild(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Make the records of all closed calls anew from their logs; a service may run meanwhile."""
    settings = load_settings(data_dir=data_dir)
    rebuild_and_tell(settings, lambda stores: stores.history, "{calls} calls are remembered.", as_json=as_json)
