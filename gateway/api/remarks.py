"""What people add to a call when they listen to it: lines put right, and notes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import ConfigDict, Field, StringConstraints

from assist.messages.remarks import MAX_LINE_CHARS, MAX_NOTE_CHARS
from assist.remarks import (
    Author,
    corrected_before,
    left_before,
    line_corrected,
    note_left,
    note_removed,
    removed_before,
    require_own_note,
)
from assist.stores.accounts import User
from gateway.api.access import Served, VisibleCall, permitted
from gateway.api.models import Body, OutcomeStored

remark_routes = APIRouter(tags=["calls"], prefix="/calls")

Id = Annotated[str, StringConstraints(min_length=1, max_length=200)]
LONGEST_CALL_MS = 2**31 - 1
"""Largest integer of every database."""


class LineCorrection(Body):
    model_config = ConfigDict(frozen=True, extra="forbid")

    utterance_id: Id
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_LINE_CHARS)]
    """What was said, numbers as they are spoken; the text as recognised takes a correction back."""


class GivenNote(Body):
    model_config = ConfigDict(frozen=True, extra="forbid")

    note_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{8,64}$")]
    """Made by the client, so that a note that is sent twice is left once."""
    at_ms: Annotated[int, Field(ge=0, le=LONGEST_CALL_MS)]
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_NOTE_CHARS)]


@remark_routes.post("/{call_id}/corrections", status_code=201)
async def correct_line(
    service: Served,
    summary: VisibleCall,
    body: LineCorrection,
    user: Annotated[User, Depends(permitted("transcript.correct"))],
) -> OutcomeStored:
    """Log what was said in an utterance, beside what was recognised; answered once it is stored."""
    envelope = await service.supervisor.record(
        summary.call_id,
        lambda view: line_corrected(view, body.utterance_id, body.text, _author(user)),
        corrected_before,
    )
    return OutcomeStored(seq=envelope.seq)


@remark_routes.post("/{call_id}/notes", status_code=201)
async def leave_note(
    service: Served,
    summary: VisibleCall,
    body: GivenNote,
    user: Annotated[User, Depends(permitted("note.write"))],
) -> OutcomeStored:
    """Leave a note on a position of the call, for everyone who may see it; answered once it is stored."""
    envelope = await service.supervisor.record(
        summary.call_id,
        lambda view: note_left(view, body.note_id, body.at_ms, body.text, _author(user)),
        left_before,
    )
    return OutcomeStored(seq=envelope.seq)


@remark_routes.delete("/{call_id}/notes/{note_id}")
async def remove_note(
    service: Served,
    summary: VisibleCall,
    note_id: Annotated[str, Path(min_length=1, max_length=200)],
    user: Annotated[User, Depends(permitted("note.write"))],
) -> OutcomeStored:
    """Take one's own note away; the log keeps it."""
    envelope = await service.supervisor.record(
        summary.call_id, lambda view: note_removed(view, note_id, _author(user)), removed_before, require_own_note
    )
    return OutcomeStored(seq=envelope.seq)


def _author(user: User) -> Author:
    return Author(user_id=user.user_id, name=user.display_name)
