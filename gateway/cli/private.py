"""``livecue private``: the keys of masked words."""

from __future__ import annotations

import typer

from gateway.cli.console import DataDir, load_settings, results_console, run

app = typer.Typer(no_args_is_help=True, help="The keys with which masked words of calls are sealed.")


@app.callback()
def private() -> None:
    """The keys with which masked words of calls are sealed."""


@app.command()
def rotate(data_dir: DataDir = None) -> None:
    """Make a new key and seal everything with it; older keys stay in the file."""
    from gateway.wiring import rotate_keys

    settings = load_settings(data_dir=data_dir)
    count = run(lambda: rotate_keys(settings))
    results_console().print(f"Sealed anew: {count}")


@app.command()
def retire(data_dir: DataDir = None) -> None:
    """Take older keys out of the file; refused while anything is sealed with one."""
    from gateway.wiring import retire_keys

    settings = load_settings(data_dir=data_dir)
    count = run(lambda: retire_keys(settings))
    results_console().print(f"Keys taken away: {count}")
