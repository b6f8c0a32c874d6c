"""Labelled text as its writers keep it: scenes of turns, one turn per line; docs/labelling.md defines the form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from assist.errors import InputError
from nlp.labels import ACTS, EMOTIONS, ENTITIES, INTENTS, codes

Side = Literal["agent", "customer"]

DOMAINS = ("telecom", "bank", "retail", "utility")
SUFFIX = ".scenes"

_SIDES: dict[str, Side] = {"a": "agent", "c": "customer"}
_ENTITY = re.compile(r"\[([^\[\]]+)\]\(([a-z_]+)\)")
_EMOTION = re.compile(r"([a-z]+?)([123]?)")


@dataclass(frozen=True, slots=True)
class EntitySpan:
    """Characters [start, end) of the text name something."""

    label: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Turn:
    """One labelled wording of a turn."""

    party: Side
    text: str
    intents: tuple[str, ...]
    """The primary one first; none for agents."""
    emotion: str
    intensity: int
    """0 for neutral, else 1 slight to 3 strong."""
    acts: tuple[str, ...]
    """The main one first."""
    entities: tuple[EntitySpan, ...]
    previous_text: str
    """What the other party said last; empty at the beginning."""
    scene: str
    """The group: turns of a scene never part."""
    domain: str
    writer: str
    place: str
    """File and line."""


def read_scenes(path: Path, *, writer: str) -> tuple[Turn, ...]:
    """The turns of one file, in order. Raises InputError "scenes-malformed" that names file and line."""
    return tuple(_Reader(path, writer).read(path.read_text(encoding="utf-8").splitlines()))


def read_corpus(directory: Path) -> tuple[Turn, ...]:
    """The turns of all writers: one folder each. Raises InputError "scenes-malformed", also for a scene named twice."""
    turns: list[Turn] = []
    files_of_scenes: dict[str, str] = {}
    for path in sorted(directory.glob(f"*/*{SUFFIX}")):
        for turn in read_scenes(path, writer=path.parent.name):
            if files_of_scenes.setdefault(turn.scene, path.name) != path.name:
                raise InputError(f"{turn.place}: there is a scene {turn.scene} already.", code="scenes-malformed")
            turns.append(turn)
    return tuple(turns)


@dataclass(slots=True)
class _Reader:
    """Goes through one file."""

    path: Path
    writer: str
    line: int = 0
    scene: str = ""
    domain: str = ""
    said: dict[Side, str] = field(default_factory=dict[Side, str])
    last: Side | None = None

    def read(self, lines: Sequence[str]) -> Iterator[Turn]:
        for self.line, raw in enumerate(lines, 1):
            text = raw.strip()
            if not text:
                self._forget()
            elif text.startswith("@"):
                self._begin(text)
            elif not text.startswith("#"):
                yield self._turn(text)

    def _forget(self) -> None:
        self.said.clear()
        self.last = None

    def _begin(self, text: str) -> None:
        self.scene, self.domain, _ = self._cells(text[1:], 3)
        if self.domain not in DOMAINS:
            raise self._error(f"there is no domain {self.domain!r}")
        self._forget()

    def _turn(self, text: str) -> Turn:
        who, intents, emotion, acts, words = self._cells(text, 5)
        side = _SIDES.get(who.removesuffix("~"))
        if side is None or not self.scene:
            raise self._error("a turn begins with a, c, a~ or c~, inside a scene")
        is_alternative = who.endswith("~")
        if is_alternative and self.last != side:
            raise self._error("another wording follows a turn of the same party")
        plain, entities = self._entities(words)
        feeling, intensity = self._emotion(emotion)
        turn = Turn(
            party=side,
            text=plain,
            intents=self._intents(side, intents),
            emotion=feeling,
            intensity=intensity,
            acts=self._codes(acts, codes(ACTS), most=2),
            entities=entities,
            previous_text=self.said.get("customer" if side == "agent" else "agent", ""),
            scene=self.scene,
            domain=self.domain,
            writer=self.writer,
            place=f"{self.path.name}:{self.line}",
        )
        if not is_alternative:
            self.said[side] = plain
            self.last = side
        return turn

    def _intents(self, side: Side, cell: str) -> tuple[str, ...]:
        if side == "agent":
            if cell != "-":
                raise self._error("agents have no intents: write -")
            return ()
        return self._codes(cell, codes(INTENTS), most=3)

    def _emotion(self, cell: str) -> tuple[str, int]:
        found = _EMOTION.fullmatch(cell)
        if found is None or found[1] not in codes(EMOTIONS) or (found[1] == "neutral") != (not found[2]):
            raise self._error(f"{cell!r} is no emotion with an intensity of 1 to 3 (neutral has none)")
        return found[1], int(found[2] or 0)

    def _codes(self, cell: str, known: Sequence[str], *, most: int) -> tuple[str, ...]:
        found = tuple(code.strip() for code in cell.split(","))
        for code in found:
            if code not in known:
                raise self._error(f"there is no label {code!r}")
        if len(set(found)) != len(found) or len(found) > most:
            raise self._error(f"1 to {most} different labels are wanted")
        return found

    def _cells(self, text: str, count: int) -> Sequence[str]:
        cells = [cell.strip() for cell in text.split("|")]
        if len(cells) != count:
            raise self._error(f"{count} cells are wanted, not {len(cells)}")
        return cells

    def _entities(self, words: str) -> tuple[str, tuple[EntitySpan, ...]]:
        plain, spans, read = "", list[EntitySpan](), 0
        for found in _ENTITY.finditer(words):
            plain += words[read : found.start()]
            if found[2] not in codes(ENTITIES):
                raise self._error(f"there is no entity {found[2]!r}")
            spans.append(EntitySpan(found[2], len(plain), len(plain) + len(found[1])))
            plain += found[1]
            read = found.end()
        plain += words[read:]
        if not plain or re.search(r"[\[\]()|]", plain):
            raise self._error("text is missing or its marks are broken")
        return plain, tuple(spans)

    def _error(self, what: str) -> InputError:
        return InputError(f"{self.path.name}:{self.line}: {what}.", code="scenes-malformed")
