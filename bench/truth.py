"""What was really said when: the ground truth beside a recording."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from assist.errors import InputError
from assist.messages import Party

PARTIES: Mapping[str, Party] = {"agent": "agent", "customer": "customer", "mixed": "mixed"}


@dataclass(frozen=True, slots=True)
class Turn:
    """One party speaks from ``start_ms`` to ``end_ms`` of the recording."""

    party: Party
    start_ms: int
    end_ms: int
    text: str


def read_turns(recording: Path) -> Sequence[Turn]:
    """Turns from the JSON file beside a recording, in order of their start.

    Either a list of rows or an object with such a list under "turns"; a row has "party" or "speaker", "text", and
    "start_ms" and "end_ms", or "start" and "end" in seconds. Raises InputError "bad-ground-truth".
    """
    path = recording.with_suffix(".json")
    try:
        value: Any = json.loads(path.read_text(encoding="utf-8"))
        rows = cast("list[dict[str, Any]]", value["turns"] if isinstance(value, dict) else value)
        return sorted((_turn(row) for row in rows), key=lambda turn: turn.start_ms)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path.name} is no ground truth of {recording.name}.", code="bad-ground-truth") from error


def _turn(row: Mapping[str, Any]) -> Turn:
    return Turn(
        party=PARTIES[row["party"] if "party" in row else row["speaker"]],
        start_ms=int(row["start_ms"]) if "start_ms" in row else round(float(row["start"]) * 1000),
        end_ms=int(row["end_ms"]) if "end_ms" in row else round(float(row["end"]) * 1000),
        text=str(row["text"]),
    )
