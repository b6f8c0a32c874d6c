"""Clips of speech with a known feeling."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from asr.voice.judge import FEELINGS


@dataclass(frozen=True, slots=True)
class Clip:
    """One recording."""

    path: Path
    feeling: str
    """One of ``FEELINGS``."""
    block: int
    """Clips of one block may come from one recording: what is fitted on some is judged on others."""


def read_clips(place: Path) -> list[Clip]:
    """The clips of a list, JSON lines of ``path``, ``label`` and ``block``, with paths relative to its folder.

    ``place`` is the list, or a directory DIR with the list DIR.jsonl beside it. Raises ValueError for other labels.
    """
    listing = place.with_suffix(".jsonl") if place.is_dir() else place
    clips: list[Clip] = []
    for line in listing.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["label"] not in FEELINGS:
            raise ValueError(f"{listing.name} has the label {row['label']!r}; known are {', '.join(FEELINGS)}.")
        clips.append(Clip(listing.parent / row["path"], row["label"], int(row["block"])))
    return clips
