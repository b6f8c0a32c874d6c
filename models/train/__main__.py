"""``python -m models.train``: what makes Livecue's own models. Each command imports what it needs when it runs."""

from __future__ import annotations

import sys

import typer

from assist.errors import LivecueError
from models.train import entry, labelled
from models.train.corpora.command import corpora
from models.train.roles.command import roles
from models.train.speakers.command import speakers
from models.train.understanding import command
from models.train.understanding.meaning import meanings

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Training of Livecue's own models.")


@app.callback()
def train() -> None:
    """Training of Livecue's own models."""


app.command("export-split")(labelled.export_split)
app.command("catalogue-entry")(entry.catalogue_entry)
app.command("understanding")(command.understanding)
app.command("baselines")(command.baselines)
app.command("meanings")(meanings)
app.command("corpora")(corpora)
app.command("roles")(roles)
app.command("speakers")(speakers)


def main() -> None:
    """A failure is one sentence with its stable code."""
    try:
        app()
    except LivecueError as error:
        typer.echo(f"models.train: {error.message} ({error.code})", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
