"""Calls to practise with: a recorded customer, whose lines wait for those of a trainee."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assist.errors import ConfigurationError, NotFoundError
from assist.messages import Customer, Party
from gateway.bundled import demo_calls


class DrillLine(BaseModel):
    """What one party said at a time; positions are those of the recording."""

    model_config = ConfigDict(frozen=True)

    party: Party
    start_ms: Annotated[int, Field(ge=0)]
    end_ms: Annotated[int, Field(ge=0)]
    text: str


class Drill(BaseModel):
    """A bundled call as it is practised: the customer is heard, the agent's lines are what was said then."""

    model_config = ConfigDict(frozen=True)

    drill_id: str
    title: str
    playbook: str | None
    """Its call runs under this one; null: the configured one."""
    customer: Customer | None
    lines: tuple[DrillLine, ...]


def bundled_drills(is_playbook: Callable[[str], bool]) -> list[Drill]:
    """The bundled calls whose playbook is there. Reads files."""
    try:
        recordings = demo_calls()
    except ConfigurationError:
        return []
    drills = (_drill(recording) for recording in recordings)
    return [drill for drill in drills if drill is not None and (drill.playbook is None or is_playbook(drill.playbook))]


def drill_recording(drill_id: str) -> Path:
    """The recording of a bundled call, left agent, right customer. Raises NotFoundError "unknown-drill"."""
    try:
        recordings = demo_calls()
    except ConfigurationError:
        recordings = ()
    for recording in recordings:
        if recording.stem == drill_id:
            return recording
    raise NotFoundError("There is no such drill.", code="unknown-drill")


def _drill(recording: Path) -> Drill | None:
    """What stands beside a recording; None: too little to practise with."""
    try:
        told = json.loads(recording.with_suffix(".json").read_text(encoding="utf-8"))
        return Drill(
            drill_id=recording.stem,
            title=told["title"],
            playbook=told.get("playbook"),
            customer=told.get("customer"),
            lines=told["turns"],
        )
    except (OSError, ValueError, KeyError, AttributeError, TypeError, ValidationError):
        return None
