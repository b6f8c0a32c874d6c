"""``livecue doctor``: is this installation able to serve, and are phone platforms well connected to it?"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.console import AsJson, DataDir, load_settings, print_json, results_console, run

if TYPE_CHECKING:
    from gateway.diagnosis.findings import Language
    from gateway.settings import Settings

MARKS = {"ok": "[green]ok  [/]", "warn": "[yellow]warn[/]", "fail": "[red]fail[/]"}
CHECK_CHARS = 9
PLATFORM_CHARS = 14
"""How long names are, as a rule."""


def doctor(
    platform: Annotated[
        str | None, typer.Argument(help="With --connect: one phone platform; default: all whose doors are there.")
    ] = None,
    connect: Annotated[
        bool, typer.Option("--connect", help="Check how phone platforms are connected to the running service.")
    ] = False,
    url: Annotated[
        str | None, typer.Option(help="With --connect: the address that the platform is told; default: the public one.")
    ] = None,
    key: Annotated[str | None, typer.Option(envvar="LIVECUE_API_KEY", help="API key; default: this machine's.")] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Check everything a service needs and say what to do; status 1 if something must be done."""
    settings = load_settings(data_dir=data_dir)
    if connect or platform is not None:
        is_well = _connections(settings, platform, url, key, as_json=as_json)
    else:
        is_well = _installation(settings, as_json=as_json)
    if not is_well:
        raise typer.Exit(1)


def _installation(settings: Settings, *, as_json: bool) -> bool:
    from gateway.doctor import examine

    checks = run(lambda: examine(settings))
    for check in checks:
        if as_json:
            print_json(check)
        else:
            _show(check.state, check.name, check.found, check.remedy)
    return all(check.state != "fail" for check in checks)


def _connections(settings: Settings, platform: str | None, url: str | None, key: str | None, *, as_json: bool) -> bool:
    from gateway.diagnosis import examine_connections
    from gateway.first_run import read_local_key

    secret = key or read_local_key(settings.cli_key_path)
    findings = run(lambda: examine_connections(settings, platform=platform, url=url, key=secret))
    for finding in findings:
        told = finding.told(_language())
        if as_json:
            plain = {"platform": finding.platform, "code": finding.code, "state": finding.state}
            print_json(plain | {"found": told.found, "remedy": told.remedy, "values": dict(finding.values)})
        else:
            _show(finding.state, finding.platform, told.found, told.remedy, width=PLATFORM_CHARS)
    if not findings and not as_json:
        _show("warn", "connect", "no door of a phone platform is there", "See docs/connect/README.md.")
    return all(finding.state != "fail" for finding in findings)


def _show(state: str, name: str, found: str, remedy: str, *, width: int = CHECK_CHARS) -> None:
    from rich.markup import escape

    advice = f"\n{'':{width + 7}}→ {escape(remedy)}" if remedy else ""
    results_console().print(f"{MARKS[state]}  {name:<{width}} {escape(found)}{advice}")


def _language() -> Language:
    """As the terminal's locale says."""
    locale = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "zh" if locale.lower().startswith("zh") else "en"
