"""Livecue under the same sound as its peers."""

from __future__ import annotations

from collections.abc import Sequence

from assist.messages import PartialTranscript, Party, Utterance, UtteranceDropped
from bench.child_server import ChildServer
from bench.live_call import LiveCall
from bench.peers.streams import CHUNK_MS, RATE_HZ, Screen, Shown, Stream, interleave
from bench.programme import Recorded
from bench.timing import Arrival
from gateway.call_audio import CallAudio
from gateway.sources.native_messages import Media

LAYOUTS: dict[int, tuple[Party, ...]] = {1: ("mixed",), 2: ("agent", "customer")}


async def play_call(server: ChildServer, streams: Sequence[Stream]) -> Sequence[Screen]:
    """One or two streams as one call at the pace of speech."""
    layout = LAYOUTS[len(streams)]
    media = Media(encoding="pcm_s16le", rate_hz=RATE_HZ, channels=layout)
    call = LiveCall(server, Recorded(CallAudio(media, interleave(streams)), ()), chunk_ms=CHUNK_MS)
    result = await call.run()
    return [
        Screen(stream, _shown(call.arrivals, party), result.cause == "hangup")
        for stream, party in zip(streams, layout, strict=True)
    ]


def _shown(arrivals: Sequence[Arrival], party: Party) -> list[Shown]:
    """The party's side of the screen after every change."""
    settled, shown = "", list[Shown]()
    for arrival in arrivals:
        match arrival.envelope.event:
            case Utterance(text=text) as event if event.party == party:
                settled += text
                shown.append(Shown(arrival.at_ms, settled))
            case UtteranceDropped() as event if event.party == party:
                shown.append(Shown(arrival.at_ms, settled))
            case PartialTranscript(text=text) as event if event.party == party:
                shown.append(Shown(arrival.at_ms, settled, text))
            case _:
                pass
    return shown
