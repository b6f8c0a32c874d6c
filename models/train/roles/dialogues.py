"""Calls as who said what, from the project's corpus, dialogues of others, and logs of what was recognised."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml

from assist.messages import Envelope, Utterance, envelope_adapter
from models.train.scenes import Turn

SIDES = ("agent", "customer")


@dataclass(frozen=True, slots=True)
class Said:
    """One turn."""

    is_agent: bool
    text: str
    end_ms: int | None = None
    """Position of its end; None: only text is known."""


@dataclass(frozen=True, slots=True)
class Dialogue:
    """One call, in order."""

    name: str
    turns: tuple[Said, ...]


def of_scenes(turns: Sequence[Turn]) -> list[Dialogue]:
    """A scene each; another wording of the same turn is left out, for a call says it once."""
    found: list[Dialogue] = []
    for scene, own in groupby(turns, key=lambda turn: turn.scene):
        said: list[Said] = []
        before: Turn | None = None
        for turn in own:
            is_wording = before is not None and (turn.party, turn.previous_text) == (before.party, before.previous_text)
            if not is_wording:
                said.append(Said(turn.party == "agent", turn.text))
            before = turn
        found.append(Dialogue(scene, tuple(said)))
    return found


def of_rows(path: Path) -> list[Dialogue]:
    """Of JSON lines with ``text``, ``speaker`` (agent, customer) and ``dialog_id``, a dialogue's rows together."""
    rows: list[Mapping[str, Any]] = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    sided = (row for row in rows if row["speaker"] in SIDES)
    return [
        Dialogue(str(name), tuple(Said(row["speaker"] == "agent", row["text"]) for row in own))
        for name, own in groupby(sided, key=lambda row: row["dialog_id"])
    ]


def of_yaml(paths: Iterable[Path]) -> list[Dialogue]:
    """Of dialogues as ``bench/dialogues`` has them."""
    found: list[Dialogue] = []
    for path in paths:
        turns = yaml.safe_load(path.read_text("utf-8"))["turns"]
        said = [Said(side == "agent", turn[side]) for turn in turns for side in SIDES if side in turn]
        found.append(Dialogue(path.stem, tuple(said)))
    return found


def of_logs(paths: Iterable[Path]) -> list[Dialogue]:
    """Of what `livecue transcribe --json` printed; in the order in which it was decided."""
    envelopes = (envelope for path in paths for envelope in _read(path))
    return [
        Dialogue(call_id, tuple(_said(one.event) for one in own if isinstance(one.event, Utterance)))
        for call_id, own in groupby(envelopes, key=lambda envelope: envelope.call_id)
    ]


def _read(path: Path) -> Iterator[Envelope]:
    for line in path.read_text("utf-8").splitlines():
        if '"type":"utterance"' in line:
            yield envelope_adapter.validate_json(line)


def _said(event: Utterance) -> Said:
    return Said(event.party == "agent", event.text, event.decided_ms)
