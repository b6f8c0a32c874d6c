"""What people added to a call, one event further."""

from __future__ import annotations

from datetime import datetime

from assist.messages import LineCorrected, NoteLeft
from assist.view.shapes import CallView, CorrectedLine, Note


def with_correction(view: CallView, event: LineCorrected, at: datetime) -> tuple[CorrectedLine, ...]:
    """The latest correction of an utterance holds; its text as recognised takes the correction back."""
    others = tuple(one for one in view.corrected if one.utterance_id != event.utterance_id)
    if any(line.utterance_id == event.utterance_id and line.text == event.text for line in view.lines):
        return others
    corrected = CorrectedLine(
        utterance_id=event.utterance_id, text=event.text, by=event.by, by_name=event.by_name, at=at
    )
    return (*others, corrected)


def with_note(notes: tuple[Note, ...], event: NoteLeft, at: datetime) -> tuple[Note, ...]:
    """In the order of their positions, then of arrival."""
    before = tuple(note for note in notes if note.at_ms <= event.at_ms)
    note = Note(note_id=event.note_id, at_ms=event.at_ms, text=event.text, by=event.by, by_name=event.by_name, at=at)
    return (*before, note, *notes[len(before) :])
