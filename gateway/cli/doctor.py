"""``livecue doctor``: is this installation able to serve?"""

from __future__ import annotations

import typer

from gateway.cli.console import AsJson, DataDir, load_settings, print_json, results_console, run

MARKS = {"ok": "[green]ok  [/]", "warn": "[yellow]warn[/]", "fail": "[red]fail[/]"}


def doctor(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Check everything a service needs and say what to do; status 1 if something must be done."""
    from rich.markup import escape

    from gateway.doctor import examine

    settings = load_settings(data_dir=data_dir)
    checks = run(lambda: examine(settings))
    for check in checks:
        if as_json:
            print_json(check)
            continue
        advice = f"\n                → {escape(check.remedy)}" if check.remedy else ""
        results_console().print(f"{MARKS[check.state]}  {check.name:<9} {escape(check.found)}{advice}")
    if any(check.state == "fail" for check in checks):
        raise typer.Exit(1)
