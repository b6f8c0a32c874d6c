"""The ``livecue`` command. Exit status: 0 done, 1 failed, 2 wrong usage.

Results go to standard output, as text or with ``--json`` as one JSON value per line; everything else goes to standard
error. A failure is one sentence with its stable code. Commands import what they need when they run, so that
``livecue --help`` is quick.
"""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from assist.errors import LivecueError
from gateway.cli import (
    accounts,
    archive,
    bench,
    call,
    corrections,
    demo,
    doctor,
    evaluate,
    experiments,
    history,
    models,
    private,
    qa,
    records,
    reports,
    rules,
    serve,
    store,
    teams,
    transcribe,
)
from gateway.cli.console import fail
from models.threads import calm_array_threads

app = typer.Typer(
    name="livecue",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Livecue listens to live phone calls and shows the agent the right cue in time.",
)


def _print_version(is_wanted: bool) -> None:
    if is_wanted:
        from gateway.version import livecue_version

        print(f"livecue {livecue_version()}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Livecue listens to live phone calls and shows the agent the right cue in time."""


app.command()(serve.serve)
app.command()(demo.demo)
app.command()(call.call)
app.command()(transcribe.transcribe)
app.command()(doctor.doctor)
app.add_typer(models.app, name="models")
app.add_typer(rules.app, name="rules")
app.add_typer(experiments.app, name="experiments")
app.command()(reports.report)
app.add_typer(evaluate.app, name="eval")
app.add_typer(history.app, name="history")
app.add_typer(archive.app, name="archive")
app.add_typer(corrections.app, name="corrections")
app.add_typer(qa.app, name="qa")
app.add_typer(records.app, name="records")
app.add_typer(private.app, name="private")
app.add_typer(store.app, name="store")
app.add_typer(bench.app, name="bench")
app.add_typer(accounts.users_app, name="users")
app.add_typer(teams.app, name="teams")
app.add_typer(accounts.keys_app, name="keys")


def main() -> None:
    """Entry point of the launcher. What it writes is its owner's alone, except models, which users may share."""
    calm_array_threads()
    if sys.argv[1:2] != ["models"]:
        os.umask(0o077)
    try:
        app()
    except LivecueError as error:
        fail(error, as_json="--json" in sys.argv)
