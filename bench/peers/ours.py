"""Livecue under the same sound as its peers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from assist.messages import Envelope, PartialTranscript, Party, Utterance, UtteranceDropped
from bench.child_server import ChildServer
from bench.peers.streams import CHUNK_MS, RATE_HZ, Screen, Shown, Stream, interleave
from gateway.client import CallAudio, CallClient
from gateway.sources.native_messages import Media, Open

LAYOUTS: dict[int, tuple[Party, ...]] = {1: ("mixed",), 2: ("agent", "customer")}


async def play_call(server: ChildServer, streams: Sequence[Stream]) -> Sequence[Screen]:
    """One or two streams as one call at the pace of speech."""
    loop = asyncio.get_running_loop()
    layout = LAYOUTS[len(streams)]
    media = Media(encoding="pcm_s16le", rate_hz=RATE_HZ, channels=layout)
    heard: list[tuple[float, Envelope]] = []
    client = CallClient(
        server.ingest_url,
        server.key,
        Open(media=media, events="all", pace="live"),
        CallAudio(media, interleave(streams)),
        chunk_ms=CHUNK_MS,
        on_envelope=lambda envelope: heard.append((loop.time(), envelope)),
    )
    result = await client.run()
    zero_s = (client.began_s or 0.0) - CHUNK_MS / 1000
    timed = [((at_s - zero_s) * 1000, envelope) for at_s, envelope in heard]
    return [
        Screen(stream, _shown(timed, party), result.cause == "hangup")
        for stream, party in zip(streams, layout, strict=True)
    ]


def _shown(timed: Sequence[tuple[float, Envelope]], party: Party) -> list[Shown]:
    """The party's side of the screen after every change."""
    settled, shown = "", list[Shown]()
    for at_ms, envelope in timed:
        match envelope.event:
            case Utterance(text=text) as event if event.party == party:
                settled += text
                shown.append(Shown(at_ms, settled))
            case UtteranceDropped() as event if event.party == party:
                shown.append(Shown(at_ms, settled))
            case PartialTranscript(text=text) as event if event.party == party:
                shown.append(Shown(at_ms, settled, text))
            case _:
                pass
    return shown
