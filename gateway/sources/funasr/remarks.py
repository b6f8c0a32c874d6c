"""What the codec of FunASR's clients remarks on; the table of docs/connect/funasr.md."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from gateway.sources.codec import Remark

REMARKS: Final[Mapping[str, str]] = {
    "bad-json": "A text is not a JSON object and was skipped.",
    "bad-wav-name": "wav_name is no text of up to 200 printable characters; the one before it stands.",
    "call-goes-on": "The call went on without this leg; its last words may be missing from what was sent back.",
    "cannot-serve": "A client asks for what is not supported; its sound was not taken.",
    "configuration-late": "Sample rate or names to expect changed while sound came; they count from the next call on.",
    "half-rate": "The sound seems to be 8 kHz and is read as 16 kHz: the client must send audio_fs.",
    "idle": "Nothing came for long; the connection was closed.",
    "mono-only": "FunASR's protocol carries one channel: give each party its own connection and role.",
    "sound-stopped": "Nothing came for long in a call; it was taken to be over.",
    "text-flood": "More texts came than any client sends; the connection was closed.",
    "too-much-after-end": "Much came after the end text before the call could be completed; the connection was closed.",
    "unanswered": "A client left without waiting for its results; what it sent after its end text was not heard.",
    "unfinished-sample": "The sound ended inside a sample.",
}
"""Besides those of the metadata."""


def remark(code: str) -> Remark:
    """The remark of a code."""
    return Remark(code, REMARKS[code])
