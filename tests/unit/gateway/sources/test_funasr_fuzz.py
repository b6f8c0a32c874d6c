"""Whatever a client sends in whatever order: nothing raises, every sample counts once, every end has one answer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from assist.errors import InputError, OverloadedError
from assist.messages import Envelope, PartialTranscript, Utterance, UtteranceDropped, Word
from gateway.sources.codec import Action, Hang, Join, JoinedCall, Leave, Send, Sound
from gateway.sources.funasr.codec import FunasrCodec, FunasrLimits
from tests.support.funasr import FIRST_TEXTS

texts = st.one_of(
    st.sampled_from([json.dumps(fields) for fields in FIRST_TEXTS.values()]),
    st.sampled_from(['{"is_speaking":false}', '{"is_speaking":false,"is_end":true}', '{"is_finished":true}']),
    st.dictionaries(
        st.sampled_from(["mode", "audio_fs", "wav_name", "is_speaking", "is_end", "hotwords", "itn", "call", "role"]),
        st.none() | st.booleans() | st.integers(0, 50_000) | st.text(max_size=8) | st.lists(st.integers(), max_size=3),
        max_size=4,
    ).map(json.dumps),
    st.text(max_size=30),
)
sounds = st.binary(max_size=2000) | st.integers(0, 300_000).map(bytes)
events = st.sampled_from(["join", "close", "fail", "overload", "expire", "partial", "utterance", "drop", "stop"])
steps = st.lists(st.tuples(st.floats(0, 1.5), texts | sounds | events.map(lambda name: (name,))), max_size=40)


def envelope(kind: str, number: int) -> Envelope:
    places: dict[str, Any] = {
        "utterance_id": f"u{number % 3}",
        "party": "mixed",
        "start_ms": number,
        "end_ms": number + 9,
    }
    match kind:
        case "partial":
            event = PartialTranscript(
                revision=number, text="我想查话费"[: number % 6], stable_chars=number % 6, **places
            )
        case "utterance":
            word = Word(text="好", start_ms=number, end_ms=number + 9, confidence=1)
            event = Utterance(text="好。", words=(word,), decided_ms=number, confidence=1, model="m@1", **places)
        case _:
            event = UtteranceDropped(decided_ms=number, reason="junk", **places)
    return Envelope(call_id="c", seq=number + 1, at=datetime(2026, 1, 1, tzinfo=UTC), event=event)


def reported(codec: FunasrCodec, name: str, number: int, now_s: float) -> Sequence[Action]:
    match name:
        case "join":
            return codec.joined(JoinedCall("c", {"mixed": 0}))
        case "close":
            return codec.closed(())
        case "fail":
            return codec.failed(InputError("no"))
        case "overload":
            return codec.failed(OverloadedError("no"))
        case "expire":
            return codec.expire(now_s)
        case "stop":
            return codec.stop()
        case _:
            return codec.hear(envelope(name, number))


@given(steps)
def test_nothing_makes_it_raise(script: list[tuple[float, Any]]) -> None:
    codec = FunasrCodec(limits=FunasrLimits(next_bytes=400_000))
    now_s = 0.0
    for number, (after_s, what) in enumerate(script):
        now_s += after_s
        actions = (
            codec.receive(what, now_s)
            if isinstance(what, str | bytes)
            else reported(codec, str(what[0]), number, now_s)
        )
        for action in actions:
            if isinstance(action, Send):
                assert isinstance(json.loads(str(action.message)), dict)
            if isinstance(action, Sound):
                assert action.pcm
                assert len(action.pcm) % 2 == 0
        assert codec.deadline_s is None or codec.deadline_s <= now_s + 300
    codec.end(is_clean=True)


class Call:
    """A driver that opens and closes calls as it is asked to, when it gets to it."""

    def __init__(self, start: dict[str, Any]) -> None:
        self.codec = FunasrCodec()
        self.pcm = b""
        self.answers: list[dict[str, Any]] = []
        self.leaving = False
        self.start = start

    def take(self, actions: Sequence[Action]) -> None:
        for action in actions:
            match action:
                case Sound(pcm=pcm):
                    self.pcm += pcm
                case Join():
                    self.take(self.codec.joined(JoinedCall("c", {"mixed": 0})))
                case Send(message=message):
                    self.answers.append(json.loads(str(message)))
                case Leave():
                    self.leaving = True
                case Hang():
                    raise AssertionError(action)
                case _:
                    pass

    def close(self) -> None:
        while self.leaving:
            self.leaving = False
            self.take(self.codec.closed(()))


@given(
    st.sampled_from(list(FIRST_TEXTS.values())),
    st.lists(st.lists(st.tuples(st.floats(0, 0.3), st.integers(1, 5000)), min_size=1, max_size=10), max_size=4),
    st.booleans(),
    st.randoms(use_true_random=False),
)
def test_every_sample_counts_once_and_every_end_is_answered_once(
    fields: dict[str, Any], recordings: list[list[tuple[float, int]]], wants_acknowledgement: bool, random: Any
) -> None:
    call, now_s, number, expected = Call(fields), 0.0, 0, b""
    end = json.dumps({"is_speaking": False} | ({"is_end": True} if wants_acknowledgement else {}))
    for recording in recordings:
        call.take(call.codec.receive(json.dumps(fields), now_s))
        sent = b""
        for after_s, length in recording:
            now_s += after_s
            piece = bytes((number + at) % 251 for at in range(length))
            number += length
            sent += piece
            call.take(call.codec.receive(piece, now_s))
        expected += sent[: len(sent) // 2 * 2]
        call.take(call.codec.receive(end, now_s))
        if random.random() < 0.5:
            call.close()
    call.close()
    assert call.pcm == expected
    acknowledged = [answer for answer in call.answers if "is_end" in answer]
    finals = [answer for answer in call.answers if "is_end" not in answer]
    assert [answer["is_final"] for answer in finals] == [True] * len(recordings)
    assert len(acknowledged) == (len(recordings) if wants_acknowledgement else 0)


@given(st.lists(st.integers(1, 40_000), max_size=20))
def test_any_cut_of_the_sound_gives_the_same_call(cuts: list[int]) -> None:
    sound = bytes(at % 253 for at in range(60_001))
    call = Call({})
    call.take(call.codec.receive('{"mode":"2pass"}', 0.0))
    at = 0
    for cut in [*cuts, len(sound)]:
        call.take(call.codec.receive(sound[at : at + cut], 1.0))
        at += cut
    call.take(call.codec.receive('{"is_speaking":false}', 2.0))
    call.close()
    assert call.pcm == sound[:60_000]
    assert len(call.answers) == 1
