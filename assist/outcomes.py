"""What people do with prompts, and how offers end, as events of the call's log."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from assist.errors import NotFoundError
from assist.messages import DeskOutcome, Envelope, PromptOutcome, PromptUpdated, Result, SaleOutcome
from assist.view import CallView


def prompt_outcome(
    view: CallView, prompt_id: str, outcome: DeskOutcome, by: str, shown_after_ms: int | None
) -> PromptOutcome:
    """The event, if the call has such a prompt. Raises NotFoundError "unknown-call" or "unknown-prompt"."""
    _require_prompt(view, prompt_id)
    return PromptOutcome(
        prompt_id=prompt_id, at_ms=view.position_ms, outcome=outcome, by=by, shown_after_ms=shown_after_ms
    )


@dataclass(frozen=True, slots=True)
class ResultReport:
    """How somebody says that an offer ended."""

    result: SaleOutcome
    by: str
    """User id."""
    source: Literal["agent", "crm"]
    prompt_id: str | None = None
    offer_id: str | None = None
    """Without prompt and offer: of the call."""
    order_id: str = ""


def reported_result(view: CallView, report: ResultReport) -> Result:
    """The event. Raises NotFoundError "unknown-call" or "unknown-prompt"."""
    _require_prompt(view, report.prompt_id)
    card = next((card for card in view.prompts if card.prompt.prompt_id == report.prompt_id), None)
    return Result(
        prompt_id=report.prompt_id,
        offer_id=report.offer_id or (card.prompt.offer_id if card else None),
        at_ms=view.position_ms,
        result=report.result,
        by=report.by,
        source=report.source,
        order_id=report.order_id,
    )


def reported_before(log: Iterable[Envelope], event: Result) -> Envelope | None:
    """The last result of the same offer, if it says just the same: systems report again what was not answered."""
    found: Envelope | None = None
    for envelope in log:
        match envelope.event:
            case Result() as result if (result.prompt_id, result.offer_id) == (event.prompt_id, event.offer_id):
                found = envelope
            case _:
                pass
    is_same = found is not None and isinstance(found.event, Result) and _stated(found.event) == _stated(event)
    return found if is_same else None


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


def _require_prompt(view: CallView, prompt_id: str | None) -> None:
    if view.seq == 0:
        raise NotFoundError("There is no such call.", code="unknown-call")
    if prompt_id is not None and not any(card.prompt.prompt_id == prompt_id for card in view.prompts):
        raise NotFoundError("This call has no such prompt.", code="unknown-prompt")


def _stated(result: Result) -> tuple[str, str, str]:
    return result.result, result.by, result.order_id


def _subject(event: PromptOutcome) -> tuple[str, str, str]:
    return event.prompt_id, event.outcome, event.by
