"""AudioHook sessions under anything that can be sent, in any order and cut anywhere."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from assist.errors import OverloadedError
from gateway.sources.audiohook.introduction import Preferences
from gateway.sources.audiohook.session import AudioHookCodec, Identity
from gateway.sources.codec import Action, Hang, Join, JoinedCall, Leave, Mark, Missing, Remark, Send, Sound
from tests.support.platforms.audiohook import MEDIA, AudioHookStream, pcmu

KINDS = ("open", "ping", "discarded", "paused", "resumed", "update", "error", "close", "dtmf", "opened", "audio")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
DURATIONS = st.sampled_from(["PT0S", "PT0.3S", "PT10S", "PT43200S", "PT.0001S", "x", 3, None])
PARAMETERS = st.fixed_dictionaries(
    {},
    optional={
        "organizationId": st.uuids().map(str) | JSON,
        "conversationId": st.uuids().map(str) | JSON,
        "participant": st.dictionaries(st.sampled_from(["id", "ani", "aniName", "dnis"]), JSON) | JSON,
        "media": st.lists(st.sampled_from([*MEDIA, pcmu("internal", "external"), pcmu("x"), {}]) | JSON, max_size=3),
        "language": st.sampled_from(["zh-cn", "en-us"]) | JSON,
        "supportedLanguages": JSON,
        "customConfig": st.dictionaries(st.sampled_from(["channels", "role", "results", "agent_id", "call"]), JSON)
        | st.sampled_from([{"results": "all"}, {"channels": "agent,customer"}, {"role": "mixed"}]),
        "discarded": DURATIONS,
        "start": DURATIONS,
        "retryAfter": DURATIONS,
        "code": st.sampled_from([400, 429, 503, 7]) | JSON,
        "reason": JSON,
    },
)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "version": st.sampled_from(["2", "3", 2]) | JSON,
        "type": st.sampled_from(KINDS) | JSON,
        "id": st.uuids().map(str) | JSON,
        "seq": st.integers(-2, 20) | JSON,
        "serverseq": st.integers(-2, 20) | JSON,
        "position": DURATIONS,
        "parameters": PARAMETERS | JSON,
    },
)
TEXTS = FIELDS.map(json.dumps) | st.text() | st.sampled_from(["{", "[]", '{"type":"open"}'])


def check(actions: Sequence[Action], sent_before: int) -> int:
    """Whatever comes of a message is well-formed and numbered on; how many texts were sent since the beginning."""
    for action in actions:
        if isinstance(action, Send):
            sent_before += 1
            assert isinstance(action.message, str)
            message = json.loads(action.message)
            assert list(message) == ["version", "type", "id", "seq", "clientseq", "parameters"]
            assert (message["version"], message["seq"]) == ("2", sent_before)
            assert message["type"] in {"opened", "pong", "closed", "disconnect", "event"}
        elif isinstance(action, Missing):
            assert 0 < action.duration_ms <= 43_200_001
        elif isinstance(action, Sound):
            assert action.pcm
            assert len(action.pcm) % 2 == 0
        else:
            assert isinstance(action, Join | Mark | Leave | Hang | Remark)
    return sent_before


@given(st.lists(TEXTS | st.binary(max_size=40), max_size=12), st.booleans())
def test_anything_in_any_order_is_survived(messages: list[str | bytes], is_refused: bool) -> None:
    codec = AudioHookCodec(refusal="signature-wrong" if is_refused else None)
    sent = check(codec.begin(), 0)
    for number, message in enumerate(messages):
        actions = codec.receive(message, number / 10)
        assert not (is_refused and any(isinstance(action, Join | Sound | Missing) for action in actions))
        sent = check(actions, sent)
    check(codec.expire(100.0), sent)
    assert not codec.end(False)


@given(st.binary(max_size=200), st.lists(st.integers(1, 7), max_size=60), st.sampled_from([1, 2]))
def test_wherever_sound_is_cut_each_sample_is_counted_once(data: bytes, cuts: list[int], channels: int) -> None:
    names = ("external", "internal")[:channels]

    def heard(pieces: Sequence[bytes]) -> dict[str, bytes]:
        stream = AudioHookStream()
        codec = AudioHookCodec()
        codec.receive(stream.open([pcmu(*names)]), 0.0)
        legs: dict[str, bytes] = {}
        for piece in pieces:
            for action in codec.receive(piece, 0.0):
                assert isinstance(action, Sound)
                legs[action.party] = legs.get(action.party, b"") + action.pcm
        return legs

    pieces, rest = list[bytes](), data
    for cut in cuts:
        pieces.append(rest[:cut])
        rest = rest[cut:]
    whole = heard([data])
    assert heard([*pieces, rest]) == whole
    assert all(len(pcm) == 2 * (len(data) // channels) for pcm in whole.values())


class PlatformMachine(RuleBasedStateMachine):
    """A platform that keeps to the protocol, with faults strewn in; the session never forgets what it owes."""

    @initialize(
        results=st.sampled_from(["off", "utterances", "all"]), refused=st.sampled_from([None, None, "unsigned"])
    )
    def begin(self, results: Any, refused: str | None) -> None:
        self.stream = AudioHookStream()
        identity = Identity(self.stream.session_id, self.stream.organization_id)
        self.codec = AudioHookCodec(identity, Preferences(results=results), refusal=refused)
        self.is_refused = refused is not None
        self.elapsed_s = 0.0
        self.sent = 0
        self.samples = {"customer": 0, "agent": 0}
        self.joins = self.leaves = self.opened = self.closed = 0
        self.given_samples = self.given_gaps_ms = self.heard_gaps_ms = 0
        self.keep(self.codec.begin())

    def keep(self, actions: Sequence[Action]) -> None:
        self.sent = check(actions, self.sent)
        for action in actions:
            match action:
                case Join():
                    self.joins += 1
                case Leave():
                    self.leaves += 1
                case Missing(duration_ms=duration_ms):
                    self.heard_gaps_ms += duration_ms
                case Sound(party=party, pcm=pcm):
                    self.samples[party] += len(pcm) // 2
                case Send(message=message):
                    self.opened += '"type":"opened"' in str(message)
                    self.closed += '"type":"closed"' in str(message)
                case _:
                    pass
        self.stream.serverseq = self.sent

    def say(self, message: str | bytes) -> None:
        self.elapsed_s += 0.2
        self.keep(self.codec.receive(message, self.elapsed_s))

    @rule()
    def open(self) -> None:
        joins = self.joins
        self.say(self.stream.open())
        if self.joins > joins:
            self.keep(self.codec.joined(JoinedCall("c1", {"customer": 0, "agent": 0})))

    @rule(length=st.integers(1, 400))
    def sound(self, length: int) -> None:
        if self.codec.state == "active":
            self.given_samples += length
        self.say(bytes(2 * length))

    @rule(hundredths=st.integers(0, 1000))
    def discard(self, hundredths: int) -> None:
        if self.codec.state in ("active", "paused"):
            self.given_gaps_ms += 10 * hundredths
        self.say(self.stream.discarded(hundredths / 100))

    @rule()
    def pause(self) -> None:
        self.say(self.stream.message("paused"))

    @rule(hundredths=st.integers(0, 1000))
    def resume(self, hundredths: int) -> None:
        if self.codec.state == "paused":
            self.given_gaps_ms += 10 * hundredths
        self.say(self.stream.resumed(hundredths / 100))

    @rule()
    def ping(self) -> None:
        is_alive, sent = self.codec.state != "closed", self.sent
        self.say(self.stream.message("ping"))
        assert self.sent >= sent + is_alive

    @rule(kind=st.sampled_from(KINDS), parameters=PARAMETERS)
    def fault(self, kind: str, parameters: dict[str, Any]) -> None:
        if kind not in ("discarded", "resumed", "open"):
            self.say(self.stream.message(kind, **parameters))

    @rule(text=st.text(max_size=20))
    def noise(self, text: str) -> None:
        self.say(text)

    @rule()
    def wait(self) -> None:
        self.elapsed_s = max(self.elapsed_s, self.codec.deadline_s)
        self.keep(self.codec.expire(self.elapsed_s))

    @rule()
    def close(self) -> None:
        self.say(self.stream.close())

    @precondition(lambda self: self.joins)
    @rule(how=st.sampled_from(["closed", "failed", "stop"]))
    def report(self, how: str) -> None:
        match how:
            case "closed":
                self.keep(self.codec.closed(()))
            case "failed":
                self.keep(self.codec.failed(OverloadedError("No room.")))
            case _:
                self.keep(self.codec.stop())

    @invariant()
    def never_owes_or_invents(self) -> None:
        assert self.samples == {"customer": self.given_samples, "agent": self.given_samples}
        assert self.heard_gaps_ms == self.given_gaps_ms
        assert self.opened <= 1
        assert self.joins <= 1
        assert self.leaves <= self.joins
        assert self.closed <= 1
        assert not (self.is_refused and (self.opened or self.joins))
        assert self.codec.deadline_s <= self.elapsed_s + 60.0


def test_a_session_keeps_its_books_through_everything() -> None:
    run_state_machine_as_test(PlatformMachine)
