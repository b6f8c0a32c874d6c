"""Lines of the transcript and what was understood and felt in them, one event further."""

from __future__ import annotations

from assist.messages import (
    ActSignal,
    EmotionSignal,
    EntitySignal,
    IntentSignal,
    PartialTranscript,
    RoleSignal,
    TextSignal,
    Utterance,
)
from assist.view.shapes import Feeling, Line, LineEntity, RoleGuess


def partial_line(event: PartialTranscript) -> Line:
    return Line(
        utterance_id=event.utterance_id,
        party=event.party,
        text=event.text,
        stable_chars=event.stable_chars,
        final=False,
        revision=event.revision,
        start_ms=event.start_ms,
        end_ms=event.end_ms,
    )


def final_line(event: Utterance) -> Line:
    return Line(
        utterance_id=event.utterance_id,
        party=event.party,
        text=event.text,
        stable_chars=len(event.text),
        final=True,
        revision=0,
        start_ms=event.start_ms,
        end_ms=event.end_ms,
        confidence=event.confidence,
        words=event.words,
        guards=event.guards,
        display_text=event.display_text,
        rewrites=event.rewrites,
        corrections=event.corrections,
    )


def with_line(lines: tuple[Line, ...], line: Line) -> tuple[Line, ...]:
    """Replace the utterance's line, or insert it by start; a partial never replaces a newer revision or a final.

    What was understood early stays while the line runs and is withdrawn by the final, whose own signals follow.
    """
    index = _place_of(lines, line.utterance_id)
    if index is not None:
        old = lines[index]
        if not line.final:
            if old.final or old.revision >= line.revision:
                return lines
            line = line.model_copy(update={"intents": old.intents, "acts": old.acts, "entities": old.entities})
        return (*lines[:index], line, *lines[index + 1 :])
    place = len(lines)
    while place > 0 and lines[place - 1].start_ms > line.start_ms:
        place -= 1
    return (*lines[:place], line, *lines[place:])


def _place_of(lines: tuple[Line, ...], utterance_id: str) -> int | None:
    """Sought from the end, where people speak."""
    return next((at for at in range(len(lines) - 1, -1, -1) if lines[at].utterance_id == utterance_id), None)


def line_of(lines: tuple[Line, ...], event: TextSignal) -> int | None:
    """The place of the line of which a signal says something: an early one comes too late for a final line."""
    index = _place_of(lines, event.utterance_id)
    return None if index is None or (event.from_partial and lines[index].final) else index


def with_meaning(
    lines: tuple[Line, ...], event: IntentSignal | ActSignal | EntitySignal | RoleSignal
) -> tuple[Line, ...]:
    """A guess at who spoke is for lines whose leg does not tell."""
    index = line_of(lines, event)
    if index is None:
        return lines
    line = lines[index]
    match event:
        case IntentSignal():
            found = {"intents": _with_intent(line.intents, event)}
        case ActSignal():
            found = {"acts": _with_act(line.acts, event)}
        case EntitySignal():
            found = {"entities": _with_entity(line.entities, event)}
        case RoleSignal():
            if line.party != "mixed":
                return lines
            party = "agent" if event.label == "agent" else "customer"
            by_voice = "voice" in event.heard_in
            found = {"role": RoleGuess(party=party, score=event.score, by_voice=by_voice)}
    return (*lines[:index], line.model_copy(update=found), *lines[index + 1 :])


def _with_intent(intents: tuple[str, ...], event: IntentSignal) -> tuple[str, ...]:
    """A primary intent goes first; an early one starts anew, for the words have gone on since the ones before."""
    if not event.is_primary:
        return intents if event.label in intents else (*intents, event.label)
    others = () if event.from_partial else (label for label in intents if label != event.label)
    return (event.label, *others)


def _with_act(acts: tuple[str, ...], event: ActSignal) -> tuple[str, ...]:
    """An early one takes the place of those before, as for intents."""
    if event.from_partial:
        return (event.label,)
    return acts if event.label in acts else (*acts, event.label)


def _with_entity(entities: tuple[LineEntity, ...], event: EntitySignal) -> tuple[LineEntity, ...]:
    """The newer of two that overlap stays; one without a place in the text cannot be shown."""
    if event.span is None:
        return entities
    start, end = event.span
    before = (entity for entity in entities if entity.span[1] <= start)
    after = (entity for entity in entities if entity.span[0] >= end)
    return (*before, LineEntity(label=event.label, value=event.value, span=event.span), *after)


def feeling_of(event: EmotionSignal) -> Feeling:
    return Feeling(
        utterance_id=event.utterance_id,
        party=event.party,
        at_ms=event.start_ms,
        label=event.label,
        intensity=event.intensity,
        valence=event.valence,
        trend=event.trend,
        heard_in=event.heard_in,
        evidence=event.evidence,
    )


def without_feeling(feelings: tuple[Feeling, ...], utterance_id: str) -> tuple[Feeling, ...]:
    return tuple(felt for felt in feelings if felt.utterance_id != utterance_id)
