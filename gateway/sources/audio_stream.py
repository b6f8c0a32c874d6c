"""FreeSWITCH mod_audio_stream: metadata of any form in the first text, L16, and nothing that says rate or channels.

docs/connect/freeswitch.md tells operators what to write into the metadata or the URL.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from gateway.source_settings import SourcesSettings
from gateway.sources.codec import Handshake
from gateway.sources.door import SourceDoor
from gateway.sources.l16 import Dialect, L16Codec
from gateway.sources.l16_text import Opening, mix_of, opening_of
from gateway.sources.metadata import read_card
from gateway.sources.results import transcriptions

SOURCE: Final = "mod_audio_stream/1"


def _open(handshake: Handshake, settings: SourcesSettings, authenticated: bool) -> L16Codec:
    own, query = settings.audio_stream, handshake.query

    def opening(fields: Mapping[str, object]) -> Opening:
        card = read_card(fields).over(read_card(query))
        return opening_of(card, mix_of(fields, query), channels=own.channels, rate_hz=own.rate_hz)

    return L16Codec(Dialect(source=SOURCE, open=opening, results=transcriptions(own.results)))


door = SourceDoor(
    name="audio_stream",
    path="/ingest/audio_stream",
    settings=lambda settings: settings.audio_stream,
    open=_open,
)
