"""``livecue rules``: playbooks, checked and tried on stored calls."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assist.errors import InputError
from gateway.cli import replay
from gateway.cli.console import AsJson, print_json, results_console

app = typer.Typer(no_args_is_help=True, help="Playbooks: check, replay.")


@app.callback()
def rules() -> None:
    """Playbooks: check, replay."""


@app.command()
def check(
    paths: Annotated[list[Path], typer.Argument(help="Playbook files or directories.")], as_json: AsJson = False
) -> None:
    """Check playbooks; every mistake with its file and line."""
    from assist.errors import PlaybookError
    from assist.playbook import load_playbook

    is_good = True
    for path in _files(paths):
        try:
            playbook = load_playbook(path)
        except PlaybookError as error:
            is_good = False
            row = {"path": str(path), "ok": False, "code": error.code, "message": error.message, "line": error.line}
            text = error.message
        else:
            row = {"path": str(path), "ok": True, "playbook": playbook.reference, "rules": len(playbook.rules)}
            text = f"{path}: {playbook.reference}, {len(playbook.rules)} rules, ok"
        if as_json:
            print_json(row)
        else:
            results_console().print(text, markup=False)
    if not is_good:
        raise typer.Exit(1)


def _files(paths: list[Path]) -> list[Path]:
    """Playbook files, those of directories included. Raises InputError "no-playbooks"."""
    files: list[Path] = []
    for path in paths:
        found = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
        if not found:
            raise InputError(f"There are no playbooks (*.yaml) in {path}.", code="no-playbooks")
        files.extend(found)
    return files


app.command()(replay.replay)
