"""``livecue archive``: what closed calls are found by, made anew from their logs."""

from __future__ import annotations

import typer

from gateway.cli.console import AsJson, DataDir, load_settings
from gateway.cli.rebuilding import rebuild_and_tell

app = typer.Typer(no_args_is_help=True, help="Search of closed calls.")


@app.callback()
def archive() -> None:
    """Search of closed calls."""


@app.command()
def rebuild(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Make what all closed calls are found by anew from their logs; a service may run meanwhile."""
    settings = load_settings(data_dir=data_dir)
    told = "{calls} calls can be found."
    rebuild_and_tell(settings, lambda stores: stores.archive, told, needs_model=True, as_json=as_json)
