"""``livecue rules``: playbooks, checked and tried on stored calls."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from assist.errors import InputError
from gateway.cli import replay, rule_cases
from gateway.cli.console import AsJson, load_settings, print_json, results_console, run

app = typer.Typer(no_args_is_help=True, help="Playbooks: check, replay, schema.")


@app.callback()
def rules() -> None:
    """Playbooks: check, replay, schema."""


@app.command()
def check(
    paths: Annotated[list[Path], typer.Argument(help="Playbook files or directories.")],
    cases: Annotated[bool, typer.Option(help="Try the cases of the rules.")] = True,
    data_dir: Annotated[
        Path | None,
        typer.Option(
            "--data-dir", "--data", help="Try the calls stored there, too, in which people found rules wrong."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check playbooks and try the cases of their rules; every mistake with its file and line."""
    is_good, channels = True, load_settings(data_dir=data_dir).channels
    for path in _files(paths):
        row, lines = _check(path, with_cases=cases, channels=channels)
        if data_dir is not None and "playbook" in row:
            found = _rule_cases(path, data_dir)
            row = {**row, "ok": row["ok"] and not found["failing"], "rule_cases": found}
            lines += [f"{path}: {line}" for line in rule_cases.lines_of(found)]
        is_good = is_good and bool(row["ok"])
        if as_json:
            print_json(row)
        else:
            for line in lines:
                results_console().print(line, markup=False)
    if not is_good:
        raise typer.Exit(1)


def _check(path: Path, *, with_cases: bool, channels: Collection[str]) -> tuple[Mapping[str, object], list[str]]:
    """What is to be said of one file, to programs and to people."""
    from assist.errors import PlaybookError
    from assist.playbook import CaseFailure, failures_in, load_playbook, strange_channels
    from gateway.wiring import phrase_listener, strange_labels

    try:
        playbook = load_playbook(path)
    except PlaybookError as error:
        row = {"path": str(path), "ok": False, "code": error.code, "message": error.message, "line": error.line}
        return row, [error.message]
    rules, tried = len(playbook.rules), len(playbook.cases) if with_cases else 0
    offers = len(playbook.catalogue.offers) if playbook.catalogue else 0
    failures: list[CaseFailure] = list(failures_in(playbook, phrase_listener(playbook))) if tried else []
    warnings = [
        {"line": asked.line, "message": f"no model of Livecue gives the {asked.kind} {asked.label!r}{_hint(near)}"}
        for asked, near in strange_labels(playbook)
    ]
    warnings += [{"line": one.line, "message": one.message} for one in playbook.unused_conditions]
    strange = list(strange_channels(playbook, channels))
    warnings += [{"line": one.line, "message": one.message} for one in strange if not one.is_mistake]
    unknown = [{"line": one.line, "message": one.message} for one in strange if one.is_mistake]
    row = {
        "path": str(path),
        "ok": not failures and not unknown,
        "playbook": playbook.reference,
        "rules": rules,
        "offers": offers,
        "cases": tried,
        "failures": [asdict(failure) for failure in failures],
        "warnings": warnings,
        "unknown_channels": unknown,
    }
    verdict = f"{len(failures)} failed" if failures else "unknown channels" if unknown else "ok"
    return row, [
        *(f"{path}:{warning['line']}: warning: {warning['message']}" for warning in warnings),
        *(f"{path}:{channel['line']}: {channel['message']}" for channel in unknown),
        *(f"{path}:{failure.line}: {failure.message}" for failure in failures),
        f"{path}: {playbook.reference}, {rules} rules, {offers} offers, {tried} cases, {verdict}",
    ]


def _rule_cases(path: Path, data_dir: Path) -> Mapping[str, Any]:
    """What the playbook says to stored calls in which people found its rules wrong."""
    from assist.playbook import load_playbook

    settings = load_settings(data_dir=data_dir)
    return rule_cases.as_values(run(lambda: rule_cases.trials_under(load_playbook(path), settings)))


def _hint(near: str) -> str:
    return f"; did you mean {near!r}?" if near else ""


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


@app.command()
def schema() -> None:
    """Print the rule language as a JSON Schema, for editors that help while typing."""
    from assist.playbook.schema import json_schema

    typer.echo(json.dumps(json_schema(), ensure_ascii=False, indent=1))
