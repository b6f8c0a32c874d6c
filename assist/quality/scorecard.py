"""A scorecard: what reviewers judge calls by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Silence = Literal["full", "judge", "not-applicable"]
"""What it means that no rule of an item said anything."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is judged."""

    item_id: str
    title: str
    guidance: str
    """For reviewers: when it is met."""
    weight: int
    """Points of 100 are shared out by weight over the items that apply."""
    scale: int
    """Values go from 0 to this; 1: no or yes."""
    is_critical: bool
    """The value 0 makes the whole score 0."""
    rules: tuple[str, ...]
    """Rules of the playbook whose verdicts fill it in, by id."""
    silent: Silence


@dataclass(frozen=True, slots=True)
class Section:
    """Items that belong together."""

    section_id: str
    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Scorecard:
    """A version of a scorecard."""

    name: str
    version: str
    title: str
    playbook: str
    """Name of the playbook whose calls it is for."""
    sections: tuple[Section, ...]

    @property
    def reference(self) -> str:
        """name@version"""
        return f"{self.name}@{self.version}"

    @property
    def items(self) -> Iterator[tuple[Section, Item]]:
        """Every item with its section, in their order."""
        return ((section, item) for section in self.sections for item in section.items)
