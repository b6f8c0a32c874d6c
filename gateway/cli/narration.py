"""Envelopes on a terminal: JSON lines, or one line for people per event that matters."""

from __future__ import annotations

from assist.messages import (
    AudioGap,
    CallClosed,
    CallDegraded,
    CallOpened,
    CustomerLookedUp,
    CustomerTagged,
    Envelope,
    Flag,
    Notification,
    Prompt,
    PromptsLimited,
    Utterance,
    WrapUp,
)
from gateway.transcript import SPEAKERS, clock


def envelope_line(envelope: Envelope) -> str:
    """The envelope as JSON, exactly as it is stored and sent."""
    return envelope.model_dump_json()


def narrate(envelope: Envelope) -> str | None:
    """One line for people; None for events that only a screen needs."""
    event = envelope.event
    match event:
        case CallOpened():
            return f"── {envelope.call_id} · {event.playbook} · {event.recogniser}"
        case CustomerLookedUp():
            found = f"{event.name}, {len(event.fields)} fields" if event.is_known else "not in the directory"
            return f"[{clock(event.at_ms)}]   ☎ {event.customer_id}: {found}  ({event.source}, {event.took_ms} ms)"
        case CustomerTagged():
            return f"[{clock(event.at_ms)}]   # {', '.join(tag.title for tag in event.tags) or 'no tags'}"
        case Utterance():
            said = event.text if event.display_text is None else event.display_text
            return f"[{clock(event.start_ms)}] {SPEAKERS[event.party]}：{said}"
        case Prompt(arm="shown"):
            return f"[{clock(event.at_ms)}]   ★ {event.kind} {event.title}: {event.body}  ({event.because.reason})"
        case PromptsLimited(limits=limits):
            return f"[{clock(event.at_ms)}]   … {'; '.join(limit.because for limit in limits) or 'no fewer prompts'}"
        case Flag():
            return f"[{clock(event.at_ms)}]   ⚑ {event.verdict} {event.title}  ({event.because.reason})"
        case Notification():
            reason = event.because.reason
            return f"[{clock(event.at_ms)}]   ✉ to {event.channel}: {event.title}  ({reason})"
        case WrapUp():
            return "\n".join(f"[{clock(event.at_ms)}]   ✎ {sentence.zh}" for sentence in event.sentences)
        case CallDegraded(restored=False):
            return f"[{clock(event.at_ms)}]   ! {event.part} impaired: {event.reason} ({event.code})"
        case AudioGap():
            return f"[{clock(event.start_ms)}]   ! {event.end_ms - event.start_ms} ms of audio {event.cause}"
        case CallClosed():
            legs = "; ".join(
                f"{SPEAKERS[leg.party]} {leg.received_ms} ms = {leg.transcribed_ms} speech + {leg.silence_ms} silence"
                f" + {leg.gaps_ms} gaps"
                for leg in event.ledger
            )
            return f"── closed: {event.cause}; {legs}"
        case _:
            return None


def show(envelope: Envelope, *, as_json: bool) -> None:
    """Print an envelope at once."""
    line = envelope_line(envelope) if as_json else narrate(envelope)
    if line is not None:
        print(line, flush=True)
