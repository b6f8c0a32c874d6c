"""A case as its author wrote it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assist.messages import CloseCause, Party, Trend, Verdict

if TYPE_CHECKING:
    from assist.playbook.model import LabelKind

DEFAULT_CONFIDENCE = 0.95
DEFAULT_GAP_MS = 500
"""From the end of one line to the next."""
DEFAULT_CHARS_PER_MIN = 300
DEFAULT_INTENSITY = 2
"""Of feelings other than neutral."""


@dataclass(frozen=True, slots=True)
class Found:
    """Something that a model is to have found in a line: an intent, a dialogue act, an entity."""

    label: str
    score: float = 1.0
    value: str = ""
    """Normal form of an entity."""


@dataclass(frozen=True, slots=True)
class Feeling:
    """How the party of a line is to feel."""

    label: str
    score: float = 1.0
    intensity: int = DEFAULT_INTENSITY
    """0 for neutral, else 1 slight to 3 strong."""
    trend: Trend = "steady"
    valence: float = 0.0
    """-1 unpleasant to 1 pleasant."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a dialogue."""

    party: Party | None
    """None: nobody speaks."""
    text: str
    gap_ms: int = DEFAULT_GAP_MS
    """Silence before it; negative: it begins so long before the line above ends."""
    confidence: float = DEFAULT_CONFIDENCE
    chars_per_min: int = DEFAULT_CHARS_PER_MIN
    intents: tuple[Found, ...] = ()
    acts: tuple[Found, ...] = ()
    entities: tuple[Found, ...] = ()
    feeling: Feeling | None = None
    means: tuple[Found, ...] = ()
    """Sets of sentences of the playbook, by name."""


@dataclass(frozen=True, slots=True)
class Case:
    """A dialogue and what a rule has to make of it."""

    fires: bool
    """Whether a prompt, a flag or a state must follow from it."""
    lines: tuple[Line, ...]
    end: CloseCause | None
    """None: the call goes on."""
    verdict: Verdict | None
    """Of the rule's flag in the end; None: not asked for."""
    known: Mapping[str, str]
    """What is known beside the words, by path."""
    judged: Mapping[str, str]
    """What a model answers to questions of the playbook, by name; ``unclear``: it cannot tell."""
    offered: tuple[str, ...]
    """Offers that must be shown to the agent, by id."""
    not_offered: tuple[str, ...]
    """Offers that must not be."""
    line: int
    """1-based line of the case in its file."""

    @property
    def labels(self) -> Iterator[tuple[LabelKind, str]]:
        """What its author says that models find in it."""
        for line in self.lines:
            for intent in line.intents:
                yield "intent", intent.label
            for act in line.acts:
                yield "act", act.label
            for entity in line.entities:
                yield "entity", entity.label
            if line.feeling is not None:
                yield "emotion", line.feeling.label
