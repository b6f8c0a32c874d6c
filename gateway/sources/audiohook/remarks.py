"""What is remarked of AudioHook sessions; docs/connect/audiohook.md says what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from gateway.sources.audiohook.signature import REFUSALS
from gateway.sources.codec import Remark

CLIENT_ERRORS: Final = frozenset({400, 405, 408, 409, 413, 415, 429, 500, 503})
"""What the platform's ``error`` may name."""

REMARKS: Final[Mapping[str, str]] = {
    **REFUSALS,
    **{f"client-error-{code}": f"The platform reports error {code}." for code in sorted(CLIENT_ERRORS)},
    "client-error": "The platform reports an error of a kind that is not known.",
    "organization-mismatch": "The session is opened for another organisation than its headers name.",
    "session-mismatch": "A message bears the id of another session.",
    "bad-json": "A text is not a JSON object.",
    "bad-message": "A message lacks what its type must have.",
    "unknown-version": "A message is of another version than 2.",
    "unknown-event": "A message of a type that is not known was ignored.",
    "unexpected-event": "A message came where the protocol has none of its type, and was ignored.",
    "sequence-odd": "The platform's messages are not numbered 1, 2, 3 …",
    "serverseq-odd": "The platform confirms messages that were never sent.",
    "no-open": "Nothing was opened on this connection: is it Genesys Cloud's?",
    "no-media": "The session offers no sound at all; it makes no call.",
    "no-usable-media": "The session offers no PCMU sound at 8 kHz and was ended.",
    "audio-unplaced": "Sound came before the session was open, or though none was accepted; the session was ended.",
    "audio-while-paused": "Sound that came during a pause was left out.",
    "audio-after-close": "Sound that came after close was left out.",
    "unfinished-sample": "The sound ended within a sample.",
    "bad-duration": "The length of what is missing cannot be read; no gap was declared.",
    "position-drift": "The platform's position and ours are more than a second apart.",
    "silent-platform": "Nothing came for a minute, not even a ping; the session was ended.",
    "finals-late": "Recognition was behind at the end: some lines were not sent back.",
    "other-language": "The session announces a language that is not recognised; it is heard as Mandarin.",
    "metadata-channels": "channels in the customConfig must name two parties for two channels.",
    "metadata-results": "results in the customConfig must be off, utterances or all.",
}
"""Every remark of this codec but those of gateway.sources.metadata."""


def remark(code: str) -> Remark:
    """By its code, which is in ``REMARKS``."""
    return Remark(code, REMARKS[code])
