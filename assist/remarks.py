"""What people add to a call when they listen to it, as events of its log: lines put right, and notes.

What was put right is what a recogniser can learn from: ``training_lines``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from assist.errors import InputError, NotFoundError, PermissionDeniedError
from assist.messages import Envelope, LineCorrected, NoteLeft, NoteRemoved, Party, Utterance
from assist.view import CallView, fold_all

TRAINING_EVENTS = frozenset(("utterance", "line-corrected"))
"""Types of the events that ``training_lines`` reads; all others may be left out."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who adds something."""

    user_id: str
    name: str


def line_corrected(view: CallView, utterance_id: str, text: str, author: Author) -> LineCorrected:
    """The event. Raises NotFoundError "unknown-call", or "unknown-utterance" where no final has this id."""
    _require_call(view)
    line = next((line for line in view.lines if line.utterance_id == utterance_id and line.final), None)
    if line is None:
        raise NotFoundError("This call has no such utterance, or it is still being said.", code="unknown-utterance")
    return LineCorrected(
        at_ms=line.start_ms, utterance_id=utterance_id, text=text, by=author.user_id, by_name=author.name
    )


def corrected_before(log: Iterable[Envelope], event: LineCorrected) -> Envelope | None:
    """The correction of this utterance that holds, if the same person said just the same: a browser repeats itself."""
    found: Envelope | None = None
    for envelope in log:
        if isinstance(envelope.event, LineCorrected) and envelope.event.utterance_id == event.utterance_id:
            found = envelope
    return found if found is not None and found.event == event else None


def note_left(view: CallView, note_id: str, at_ms: int, text: str, author: Author) -> NoteLeft:
    """The event. Raises NotFoundError "unknown-call", InputError "bad-input" for a position after the end."""
    _require_call(view)
    if at_ms > view.position_ms:
        raise InputError("The note is on a position that the call does not have.", code="bad-input")
    return NoteLeft(note_id=note_id, at_ms=at_ms, text=text, by=author.user_id, by_name=author.name)


def left_before(log: Iterable[Envelope], event: NoteLeft) -> Envelope | None:
    """The envelope that left a note of this id, if there is one."""
    return next((one for one in log if isinstance(one.event, NoteLeft) and one.event.note_id == event.note_id), None)


def note_removed(view: CallView, note_id: str, author: Author) -> NoteRemoved:
    """The event. Raises NotFoundError "unknown-call"."""
    _require_call(view)
    return NoteRemoved(note_id=note_id, at_ms=view.position_ms, by=author.user_id)


def removed_before(log: Iterable[Envelope], event: NoteRemoved) -> Envelope | None:
    """The envelope by which the same person removed the note, if there is one."""
    subject = event.note_id, event.by
    return next(
        (one for one in log if isinstance(one.event, NoteRemoved) and (one.event.note_id, one.event.by) == subject),
        None,
    )


def require_own_note(view: CallView, event: NoteRemoved) -> None:
    """Raises NotFoundError "unknown-note", PermissionDeniedError for a note of somebody else."""
    note = next((note for note in view.notes if note.note_id == event.note_id), None)
    if note is None:
        raise NotFoundError("This call has no such note.", code="unknown-note")
    if note.by != event.by:
        raise PermissionDeniedError("Only who left a note may remove it.")


@dataclass(frozen=True, slots=True)
class TrainingLine:
    """An utterance with what a person says was said in it."""

    call_id: str
    utterance_id: str
    party: Party
    start_ms: int
    """Of the call's recording, too."""
    end_ms: int
    recognised: str
    text: str
    """What was said, numbers as they are spoken."""
    model: str
    """name@version of what recognised it."""
    confidence: float
    """Of what was recognised, 0 to 1."""
    by: str
    """User id of who put it right last."""
    at: datetime


def training_lines(log: Sequence[Envelope]) -> Iterator[TrainingLine]:
    """What was put right in a call and stands, in the order in which it was."""
    if not log:
        return
    heard = {one.event.utterance_id: one.event for one in log if isinstance(one.event, Utterance)}
    for corrected in fold_all(log[0].call_id, log).corrected:
        utterance = heard.get(corrected.utterance_id)
        if utterance is None:  # A log with a hole.
            continue
        yield TrainingLine(
            call_id=log[0].call_id,
            utterance_id=utterance.utterance_id,
            party=utterance.party,
            start_ms=utterance.start_ms,
            end_ms=utterance.end_ms,
            recognised=utterance.text,
            text=corrected.text,
            model=utterance.model,
            confidence=utterance.confidence,
            by=corrected.by,
            at=corrected.at,
        )


def _require_call(view: CallView) -> None:
    if view.seq == 0:
        raise NotFoundError("There is no such call.", code="unknown-call")
