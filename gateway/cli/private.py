"""``livecue private``: masked words of stored calls, and their keys."""

from __future__ import annotations

import typer

from gateway.cli.console import AsJson, DataDir, errors_console, load_settings, print_json, results_console, run

app = typer.Typer(no_args_is_help=True, help="Masked words of stored calls, and the keys that seal them.")


@app.callback()
def private() -> None:
    """Masked words of stored calls, and the keys that seal them."""


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


@app.command()
def mask(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Mask closed calls as if they came now: those of before there were masks, or of older rules. Can be repeated."""
    from gateway.wiring import mask_stored_calls

    settings = load_settings(data_dir=data_dir)
    done = run(lambda: mask_stored_calls(settings))
    if as_json:
        print_json(done)
        return
    results_console().print(f"Calls: {done.calls}; more is masked in {done.masked} of them.")
    for call_id in done.left:
        errors_console().print(f"{call_id}: its log cannot be read, or the key of its masked words is gone")
