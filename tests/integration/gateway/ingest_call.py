"""A call for tests of the ingest socket."""

from __future__ import annotations

import random

from gateway.call_audio import CallAudio
from gateway.sources.native_messages import Media
from tests.support.doors import STEREO_MEDIA
from tests.support.fakes import Said

MEDIA = Media.model_validate(STEREO_MEDIA)
SCRIPT = (
    Said("agent", 200, 900, "您好请讲"),
    Said("customer", 1700, 2500, "查一下流量"),
    Said("agent", 2600, 3400, "好的请稍等"),
)


def noise(length_ms: int) -> CallAudio:
    """Bytes that are nowhere alike."""
    return CallAudio(MEDIA, random.Random(7).randbytes(length_ms * 32))


def channel(audio: CallAudio, index: int) -> bytes:
    return b"".join(audio.data[i : i + 2] for i in range(2 * index, len(audio.data), 4))
