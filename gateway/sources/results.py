"""What was heard, as a text that FreeSWITCH's modules raise as an event in the switch."""

from __future__ import annotations

import json
from typing import Final

from assist.messages import Envelope, PartialTranscript, Utterance, UtteranceDropped
from gateway.source_settings import ToldResults

MAX_TEXT_CHARS: Final = 20_000
"""Keeps a message far below the 665,600 bytes that mod_audio_fork takes."""


class Transcriptions:
    """``{"type": "transcription", "data": {…}}``, one JSON object a text, always with ``data``."""

    def __init__(self, told: ToldResults) -> None:
        self._tells_partials = told == "all"

    def text_of(self, envelope: Envelope) -> str | None:
        event = envelope.event
        match event:
            case Utterance():
                said = event.display_text or event.text
            case PartialTranscript() if self._tells_partials:
                said = event.text
            case UtteranceDropped() if self._tells_partials:
                said = ""
            case _:
                return None
        data: dict[str, object] = {
            "call_id": envelope.call_id,
            "utterance_id": event.utterance_id,
            "party": event.party,
            "text": said[:MAX_TEXT_CHARS],
            "is_final": not isinstance(event, PartialTranscript),
            "start_ms": event.start_ms,
            "end_ms": event.end_ms,
        }
        if isinstance(event, Utterance):
            data["confidence"] = event.confidence
        return json.dumps({"type": "transcription", "data": data}, ensure_ascii=False)


def transcriptions(told: ToldResults) -> Transcriptions | None:
    """Who turns results into texts; None where none go back."""
    return None if told == "off" else Transcriptions(told)
