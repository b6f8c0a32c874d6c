"""``livecue store``: the database itself."""

from __future__ import annotations

from typing import Annotated

import typer

from gateway.cli.console import DataDir, load_settings, results_console, run

app = typer.Typer(no_args_is_help=True, help="The database: its schema.")


@app.callback()
def store() -> None:
    """The database: its schema."""


@app.command()
def downgrade(
    revision: Annotated[str, typer.Argument(help="The revision that the older Livecue knows, such as 0004.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Take the schema back, to go back to an older Livecue; what newer tables hold is lost. Stop every service first.

    Going forward needs no command: every service brings its database up to date when it starts.
    """
    settings = load_settings(data_dir=data_dir)
    if not yes:
        typer.confirm("Remove the newer tables and what they hold?", abort=True, err=True)

    async def take_back() -> None:
        from assist.stores import downgrade_store

        await downgrade_store(settings.store_url, revision)

    run(take_back)
    results_console().print(f"The schema is at revision {revision}.")
