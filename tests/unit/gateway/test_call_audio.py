"""What is sent of a call, and what is sent again after a drop."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assist.messages import AudioFrame, AudioGap, GapCause, Party
from gateway.call_audio import CallAudio, CallSound, CapturedAudio, Portion
from gateway.sources.native_messages import Media

BOTH: tuple[Party, Party] = ("agent", "customer")
MEDIA = Media(encoding="pcm_s16le", rate_hz=8000, channels=BOTH)


def track(party: Party, pieces: Iterable[int], *, cause: GapCause = "lost") -> tuple[AudioFrame | AudioGap, ...]:
    """Sound of so many ms, or a gap where the number is negative; every sample is another."""
    items: list[AudioFrame | AudioGap] = []
    at_ms = 0
    for piece_ms in pieces:
        end_ms = at_ms + abs(piece_ms)
        if piece_ms < 0:
            items.append(AudioGap(party=party, start_ms=at_ms, end_ms=end_ms, cause=cause))
        else:
            samples = range(8 * at_ms, 8 * end_ms)
            items.append(AudioFrame(party, at_ms, 8000, b"".join(n.to_bytes(2, "little") for n in samples)))
        at_ms = end_ms
    return tuple(items)


class Server:
    """Takes portions, as far as they come."""

    def __init__(self) -> None:
        self.sound: dict[Party, bytes] = dict.fromkeys(BOTH, b"")
        self.gaps: dict[Party, list[tuple[int, int, str]]] = {party: [] for party in BOTH}
        """Bytes of sound before each, its length in ms, its cause."""
        self.gaps_ms: Counter[Party] = Counter()

    @property
    def received_bytes(self) -> int:
        return sum(len(sound) for sound in self.sound.values())

    def take(self, portions: Iterable[Portion]) -> None:
        for portion in portions:
            if isinstance(portion.wire, bytes):
                self.sound[BOTH[portion.wire[0]]] += portion.wire[1:]
                assert portion.audio_bytes == len(portion.wire) - 1
            else:
                gap = json.loads(portion.wire)
                party: Party = gap["channel"]
                self.gaps[party].append((len(self.sound[party]), gap["duration_ms"], gap["cause"]))
                self.gaps_ms[party] += gap["duration_ms"]
                assert portion.audio_bytes == 0


def test_sound_and_gaps_are_sent_when_they_were_heard() -> None:
    sound = CapturedAudio(MEDIA, (track("agent", [20, -60, 20]), track("customer", [100])))
    portions = list(sound.portions(20))
    told = [
        (portion.due_s, portion.wire[0] if isinstance(portion.wire, bytes) else "gap", portion.end_s, portion.sound_s)
        for portion in portions
    ]
    assert told == [
        (0.0, 0, 0.02, 0.02),
        (0.0, 1, 0.02, 0.02),
        (0.02, 1, 0.04, 0.04),
        (0.04, 1, 0.06, 0.06),
        (0.06, 1, 0.08, 0.08),
        (0.08, "gap", 0.08, 0.08),
        (0.08, 0, 0.1, 0.08),
        (0.08, 1, 0.1, 0.1),
    ]
    assert json.loads(portions[5].wire) == {"type": "gap", "duration_ms": 60, "cause": "lost", "channel": "agent"}


pieces = st.lists(st.integers(-300, 300).filter(bool), max_size=12)


@given(pieces, pieces, st.integers(1, 250), st.lists(st.integers(0, 60), max_size=6))
def test_a_drop_anywhere_loses_nothing_and_declares_nothing_twice(
    agent: list[int], customer: list[int], chunk_ms: int, taken: list[int]
) -> None:
    """Whatever the server took of what was sent: sound without its gap, or a gap before its sound."""
    sound = CapturedAudio(MEDIA, (track("agent", agent), track("customer", customer, cause="paused")))
    whole, resumed = Server(), Server()
    whole.take(sound.portions(chunk_ms))
    for count in taken:
        rest = sound.portions(chunk_ms, resumed.received_bytes, resumed.gaps_ms)
        resumed.take(portion for _, portion in zip(range(count), rest, strict=False))
    resumed.take(sound.portions(chunk_ms, resumed.received_bytes, resumed.gaps_ms))
    assert (resumed.sound, resumed.gaps) == (whole.sound, whole.gaps)
    assert not list(sound.portions(chunk_ms, resumed.received_bytes, resumed.gaps_ms))


@pytest.mark.parametrize("chunk_ms", [7, 20, 5000])
def test_interleaved_sound_goes_on_at_the_byte_where_it_was_left(chunk_ms: int) -> None:
    data = bytes(range(256)) * 25
    sound: CallSound = CallAudio(MEDIA, data)
    for received in (0, 4, 3200, 6400):
        sent = [portion.wire for portion in sound.portions(chunk_ms, received)]
        assert b"".join(piece for piece in sent if isinstance(piece, bytes)) == data[received:]
