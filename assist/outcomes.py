"""What people do with prompts, as events of the call's log."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from assist.errors import NotFoundError
from assist.messages import Envelope, PromptOutcome, PromptUpdated
from assist.view import CallView

Outcome = Literal["shown", "accepted", "dismissed", "copied"]


def prompt_outcome(
    view: CallView, prompt_id: str, outcome: Outcome, by: str, shown_after_ms: int | None
) -> PromptOutcome:
    """The event, if the call has such a prompt. Raises NotFoundError "unknown-call" or "unknown-prompt"."""
    if view.seq == 0:
        raise NotFoundError("There is no such call.", code="unknown-call")
    if not any(card.prompt.prompt_id == prompt_id for card in view.prompts):
        raise NotFoundError("This call has no such prompt.", code="unknown-prompt")
    return PromptOutcome(
        prompt_id=prompt_id, at_ms=view.position_ms, outcome=outcome, by=by, shown_after_ms=shown_after_ms
    )


def said_before(log: Iterable[Envelope], event: PromptOutcome) -> Envelope | None:
    """The same outcome by the same user, if the log has it already: a browser may repeat itself.

    An early prompt that was withdrawn may come again under its id, and be shown again.
    """
    found: Envelope | None = None
    for envelope in log:
        match envelope.event:
            case PromptOutcome() as outcome if found is None and _subject(outcome) == _subject(event):
                found = envelope
            case PromptUpdated(prompt_id=event.prompt_id, state="withdrawn"):
                found = None
            case _:
                pass
    return found


def _subject(event: PromptOutcome) -> tuple[str, str, str]:
    return event.prompt_id, event.outcome, event.by
