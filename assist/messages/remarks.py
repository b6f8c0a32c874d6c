"""What people add to a call when they listen to it: lines put right, and notes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from assist.messages.common import Message

MAX_LINE_CHARS = 2_000
MAX_NOTE_CHARS = 2_000


class LineCorrected(Message):
    """A person says what was said in an utterance; what was recognised stays, and the latest correction holds.

    The text as it was recognised takes earlier corrections back.
    """

    type: Literal["line-corrected"] = "line-corrected"
    at_ms: int
    """Where the utterance begins."""
    utterance_id: str
    text: Annotated[str, Field(min_length=1, max_length=MAX_LINE_CHARS)]
    """What was said, in simplified Chinese with punctuation: numbers as they are spoken."""
    by: str
    """User id."""
    by_name: str
    """The user's name at that time."""


class NoteLeft(Message):
    """A person's note on a position of the call."""

    type: Literal["note-left"] = "note-left"
    note_id: str
    """Unique within the call."""
    at_ms: int
    """The position that it is about."""
    text: Annotated[str, Field(min_length=1, max_length=MAX_NOTE_CHARS)]
    by: str
    """User id."""
    by_name: str
    """The user's name at that time."""


class NoteRemoved(Message):
    """Who left a note takes it away; the log keeps it."""

    type: Literal["note-removed"] = "note-removed"
    note_id: str
    at_ms: int
    """Position of the call when it was taken away."""
    by: str
    """User id."""
