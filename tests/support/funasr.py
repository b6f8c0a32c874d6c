"""What FunASR's clients say first, and a driver without sockets for the codec that hears them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from assist.messages import Envelope, Event, PartialTranscript, Party, Utterance, UtteranceDropped, Word
from gateway.sources.codec import Action, Introduction, Join, JoinedCall, Remark, Send, Sound
from gateway.sources.funasr.codec import FunasrCodec

PYTHON_FILE = {
    "mode": "2pass",
    "chunk_size": [5, 10, 5],
    "chunk_interval": 10,
    "encoder_chunk_look_back": 4,
    "decoder_chunk_look_back": 0,
    "audio_fs": 8000,
    "wav_name": "demo",
    "wav_format": "pcm",
    "is_speaking": True,
    "hotwords": "动感地带,畅享套餐",
    "itn": True,
}
PYTHON_MICROPHONE = {
    "mode": "2pass",
    "chunk_size": [5, 10, 5],
    "chunk_interval": 10,
    "encoder_chunk_look_back": 4,
    "decoder_chunk_look_back": 0,
    "wav_name": "microphone",
    "is_speaking": True,
    "hotwords": "",
    "itn": True,
}
CPP_FILE = {
    "mode": "offline",
    "chunk_size": [5, 10, 5],
    "wav_name": "wav-1",
    "wav_format": "pcm",
    "audio_fs": 16000,
    "is_speaking": True,
    "itn": False,
    "hotwords": '{"动感地带":20}',
}
CPP_MICROPHONE = CPP_FILE | {"mode": "2pass", "wav_name": "record", "audio_fs": 16000.0}
BROWSER_MICROPHONE = {
    "chunk_size": [5, 10, 5],
    "wav_name": "h5",
    "is_speaking": True,
    "chunk_interval": 10,
    "itn": False,
    "mode": "2pass",
}
BROWSER_FILE = BROWSER_MICROPHONE | {"mode": "offline", "wav_format": "PCM", "audio_fs": 8000}
PYPI = {
    "mode": "2pass",
    "chunk_size": [5, 10, 5],
    "encoder_chunk_look_back": 4,
    "decoder_chunk_look_back": 1,
    "audio_fs": 8000,
    "wav_name": "call",
    "is_speaking": True,
    "hotwords": "",
    "itn": True,
    "svs_lang": "auto",
    "svs_itn": True,
}
FIRST_TEXTS = {
    "python-file": PYTHON_FILE,
    "python-microphone": PYTHON_MICROPHONE,
    "cpp-file": CPP_FILE,
    "cpp-microphone": CPP_MICROPHONE,
    "browser-microphone": BROWSER_MICROPHONE,
    "browser-file": BROWSER_FILE,
    "pypi": PYPI,
}

CHUNK = bytes(960)
"""60 ms at 8 kHz."""
END = {"is_speaking": False}
END_ACKNOWLEDGED = {"is_speaking": False, "is_end": True}


def text(fields: dict[str, Any]) -> str:
    return json.dumps(fields, ensure_ascii=False)


def sent(actions: Sequence[Action]) -> list[dict[str, Any]]:
    return [json.loads(action.message) for action in actions if isinstance(action, Send)]


def remarks(actions: Sequence[Action]) -> list[str]:
    return [action.code for action in actions if isinstance(action, Remark)]


def joins(actions: Sequence[Action]) -> list[Introduction]:
    return [action.introduction for action in actions if isinstance(action, Join)]


def pcm(actions: Sequence[Action]) -> bytes:
    return b"".join(action.pcm for action in actions if isinstance(action, Sound))


class Client:
    """A connection whose driver does what it is asked to at once."""

    def __init__(self, codec: FunasrCodec | None = None) -> None:
        self.codec = codec or FunasrCodec()
        self.actions: list[Action] = list(self.codec.begin())
        self.now_s = 0.0
        self._seq = 0

    def says(self, fields: dict[str, Any]) -> Sequence[Action]:
        return self._driven(self.codec.receive(text(fields), self.now_s))

    def sends(self, sound: bytes, *, after_s: float = 0.0) -> Sequence[Action]:
        self.now_s += after_s
        return self._driven(self.codec.receive(sound, self.now_s))

    def speaks(self, chunks: int = 12) -> Sequence[Action]:
        """Sound as it is said."""
        return [action for _ in range(chunks) for action in self.sends(CHUNK, after_s=0.06)]

    def waits(self) -> Sequence[Action]:
        assert self.codec.deadline_s is not None
        self.now_s = self.codec.deadline_s
        return self._driven(self.codec.expire(self.now_s))

    def hears(self, event: Event) -> list[dict[str, Any]]:
        self._seq += 1
        envelope = Envelope(call_id="c", seq=self._seq, at=datetime(2026, 1, 1, tzinfo=UTC), event=event)
        return sent(self._driven(self.codec.hear(envelope)))

    def is_closed(self) -> list[dict[str, Any]]:
        return sent(self._driven(self.codec.closed(())))

    def _driven(self, actions: Sequence[Action]) -> Sequence[Action]:
        self.actions += actions
        for introduction in joins(actions):
            positions_ms: dict[Party, int] = {leg.party: 0 for leg in introduction.legs}
            self.actions += self.codec.joined(JoinedCall("c", positions_ms))
        return actions

    @property
    def introduction(self) -> Introduction:
        (introduction,) = joins(self.actions)
        return introduction


def live(fields: dict[str, Any] | None = None) -> Client:
    client = Client()
    client.says(fields or PYTHON_FILE)
    client.speaks()
    assert joins(client.actions)
    return client


def partial(
    number: int, words: str, stable_chars: int, *, start_ms: int = 0, party: Party = "mixed"
) -> PartialTranscript:
    return PartialTranscript(
        utterance_id=f"u{number}",
        party=party,
        revision=1,
        text=words,
        stable_chars=stable_chars,
        start_ms=start_ms,
        end_ms=start_ms + 500,
    )


def utterance(number: int, words: str, *, start_ms: int = 0, party: Party = "mixed", **more: Any) -> Utterance:
    spoken = [sign for sign in words if sign.isalnum()]
    return Utterance(
        utterance_id=f"u{number}",
        party=party,
        text=words,
        words=tuple(
            Word(text=sign, start_ms=start_ms + 200 * at, end_ms=start_ms + 200 * at + 200, confidence=0.9)
            for at, sign in enumerate(spoken)
        ),
        start_ms=start_ms,
        end_ms=start_ms + 200 * len(spoken),
        decided_ms=start_ms + 200 * len(spoken) + 300,
        confidence=0.9,
        model="ear@1",
        **more,
    )


def dropped(number: int) -> UtteranceDropped:
    return UtteranceDropped(
        utterance_id=f"u{number}", party="mixed", start_ms=0, end_ms=1, decided_ms=2, reason="no-speech"
    )
