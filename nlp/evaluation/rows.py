"""Labelled turns: a file of JSON lines."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from assist.errors import InputError
from nlp.evaluation.scores import Mark
from nlp.evaluation.tasks import Task
from nlp.understanding.model import TurnText

MAX_NAMED = 20
"""Bad lines that an error names; the rest are counted."""

PARTIES = {
    **{name: name for name in ("agent", "customer", "mixed")},
    **dict.fromkeys(("坐席", "座席", "客服"), "agent"),
    **dict.fromkeys(("客户", "用户", "顾客"), "customer"),
}
"""What ``party`` or ``speaker`` may say, and whom it means; any other name only tells speakers apart."""

_FIELDS: Mapping[Task, tuple[str, ...]] = {
    "intent": ("labels", "label", "intents", "intent"),
    "emotion": ("label", "labels", "emotion"),
    "act": ("labels", "label", "acts", "act"),
    "entity": ("entities",),
}


@dataclass(frozen=True, slots=True)
class LabelledTurn:
    """One turn with what is true of it, in the words of the file."""

    turn: TurnText
    labels: tuple[str, ...] | None
    """The primary one first; None where the file says nothing."""
    entities: tuple[Mark, ...] | None
    dialogue: str
    """What it belongs to; of its own without ``dialog_id``."""
    line: int


def read_labelled(
    path: Path, task: Task, *, label_field: str | None = None, party: str = "customer"
) -> list[LabelledTurn]:
    """The rows of a file, in order.

    ``label_field`` holds the label instead of the usual ones; ``party`` speaks where a row does not say who.
    Without ``previous``, the turn before is what another speaker of the same ``dialog_id`` said last.
    Raises InputError "bad-labelled-text" that names every line that cannot be used.
    """
    try:
        lines = path.read_text("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"The file {path.name} cannot be read as text.", code="bad-labelled-text") from error
    reader = _Reader(task, label_field, party)
    rows: list[LabelledTurn] = []
    problems: list[tuple[int, str]] = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                rows.append(reader.row(number, _parsed(line)))
            except ValueError as problem:
                problems.append((number, str(problem)))
    if problems:
        raise InputError(named_lines(path, problems), code="bad-labelled-text")
    if not any(row.labels if task != "entity" else row.entities is not None for row in rows):
        fields = label_field or " or ".join(_FIELDS[task])
        raise InputError(f"{path.name} has no row with a label for {task}: give {fields}.", code="bad-labelled-text")
    return rows


def named_lines(path: Path, problems: Sequence[tuple[int, str]]) -> str:
    """The sentence of an error: what is wrong with which line."""
    named = "; ".join(f"{path.name}:{line}: {problem}" for line, problem in problems[:MAX_NAMED])
    more = f"; and {len(problems) - MAX_NAMED} more" if len(problems) > MAX_NAMED else ""
    return f"{named}{more}."


@dataclass(slots=True)
class _Reader:
    """Goes through one file and remembers who said what last in each dialogue."""

    task: Task
    label_field: str | None
    party: str
    said: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])

    def row(self, line: int, fields: Mapping[str, Any]) -> LabelledTurn:
        text = _text(fields, "text")
        if text is None:
            raise ValueError("there is no text")
        speaker = _text(fields, "party") or _text(fields, "speaker") or self.party
        dialogue = fields.get("dialog_id")
        before = "" if dialogue is None else self._before(str(dialogue), speaker, text)
        previous = _text(fields, "previous") or "" if "previous" in fields else before
        is_entity = self.task == "entity"
        return LabelledTurn(
            turn=TurnText(text, previous, PARTIES.get(speaker, self.party)),
            labels=None if is_entity else self._labels(fields),
            entities=self._entities(fields, len(text)) if is_entity else None,
            dialogue=f"line {line}" if dialogue is None else f"dialogue {dialogue}",
            line=line,
        )

    def _before(self, dialogue: str, speaker: str, text: str) -> str:
        """What another speaker said last, as ``nlp.understanding.analyser`` has it in a call."""
        said = self.said.setdefault(dialogue, {})
        said.pop(speaker, None)
        previous = next(reversed(said.values()), "")
        said[speaker] = text
        return previous

    def _labels(self, fields: Mapping[str, Any]) -> tuple[str, ...] | None:
        names = (self.label_field,) if self.label_field else _FIELDS[self.task]
        value: Any = next((fields[name] for name in names if fields.get(name) is not None), None)
        values = cast("list[Any]", value if isinstance(value, list) else [] if value in (None, "") else [value])
        if not all(isinstance(label, str | int) and label != "" for label in values):
            raise ValueError("a label is a string or a number")
        return tuple(dict.fromkeys(_clean(str(label)) for label in values)) or None

    def _entities(self, fields: Mapping[str, Any], chars: int) -> tuple[Mark, ...] | None:
        value: Any = fields.get(self.label_field or "entities")
        if value is None:
            return None
        if not isinstance(value, list):
            raise ValueError("entities is no list")
        return tuple(_mark(entity, chars) for entity in cast("list[Any]", value))


def _parsed(line: str) -> Mapping[str, Any]:
    try:
        fields: Any = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError("it is not JSON") from error
    if not isinstance(fields, dict):
        raise ValueError("it is no object")
    return cast("dict[str, Any]", fields)


def _text(fields: Mapping[str, Any], name: str) -> str | None:
    value = fields.get(name)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{name} is no string")
    return value and _clean(value)


def _mark(entity: Any, chars: int) -> Mark:
    match entity:
        case [str(label), int(start), int(end)] | {"label": str(label), "start": int(start), "end": int(end)}:
            if 0 <= start < end <= chars:
                return _clean(label), start, end
            raise ValueError(f"entity {label} [{start}, {end}) lies outside of the text")
        case _:
            raise ValueError("an entity is [label, start, end]")


def _clean(text: str) -> str:
    """Without halves of surrogate pairs, which JSON may hold and no text; the length stays."""
    return text.encode("utf-8", "replace").decode()
