"""docs/protocol.md and the code say the same."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from pydantic import BaseModel

from gateway import desk_messages
from gateway.desk_messages import DESK_ERRORS, DESK_REQUESTS
from gateway.frames import ErrorRule, ServerMessage
from gateway.sources import native_messages
from gateway.sources.native_messages import CLIENT_MESSAGES, INGEST_ERRORS

DOC = (Path(__file__).parents[3] / "docs" / "protocol.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return re.split(r"^## ", DOC.split(f"\n## {title}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def rows(text: str, heading: str) -> list[list[str]]:
    """Cells of the table under a heading."""
    part = text.split(f"### {heading}\n", 1)[1].split("\n### ", 1)[0]
    lines = [line for line in part.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines if "---" not in line][1:]


def documented_errors(door: str) -> dict[str, ErrorRule]:
    errors: dict[str, ErrorRule] = {}
    for code, close, *rest in rows(section(door), "Errors and close codes"):
        close_code = None if close == "–" else int(close)
        only_before_open = door == "Native ingest" and rest[0] == "no" and close_code is not None
        errors[code.strip("`")] = ErrorRule(close_code, only_before_open)
    return errors


@pytest.mark.parametrize(("door", "errors"), [("Native ingest", INGEST_ERRORS), ("Desk", DESK_ERRORS)])
def test_every_error_and_close_code_is_documented_as_it_is(door: str, errors: Mapping[str, ErrorRule]) -> None:
    assert documented_errors(door) == dict(errors)


def named(cell: str) -> list[str]:
    return [name for name in re.findall(r"`([a-z-]+)`", cell) if name != "binary"]


@pytest.mark.parametrize(("door", "models"), [("Native ingest", CLIENT_MESSAGES), ("Desk", DESK_REQUESTS)])
def test_every_client_message_and_its_fields_are_documented(door: str, models: Mapping[str, type[BaseModel]]) -> None:
    table = rows(section(door), "Client → server")
    assert {name for row in table for name in named(row[0])} == set(models)
    for cell, fields in table:
        for name in named(cell):
            for field in set(models[name].model_fields) - {"type"}:
                assert f"`{field}`" in fields, f"{name}.{field}"


@pytest.mark.parametrize(("door", "module"), [("Native ingest", native_messages), ("Desk", desk_messages)])
def test_every_server_message_and_its_fields_are_documented(door: str, module: object) -> None:
    classes = [value for value in vars(module).values() if isinstance(value, type) and issubclass(value, ServerMessage)]
    models = {model.model_fields["type"].default: model for model in classes if "type" in model.model_fields}
    table = rows(section(door), "Server → client")
    assert {name for row in table for name in named(row[0])} == set(models)
    for cell, fields in table:
        for name in named(cell):
            for field in set(models[name].model_fields) - {"type"}:
                assert f"`{field}`" in fields, f"{name}.{field}"
