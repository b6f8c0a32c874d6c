"""A driver without sockets for codecs of platforms that send L16: carries out what they ask for, and keeps it."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

from assist.errors import LivecueError
from assist.messages import Envelope, Party
from gateway.source_settings import SourcesSettings
from gateway.sources.codec import Action, Handshake, Introduction, Join, JoinedCall, Missing, Remark, Send, Sound
from gateway.sources.door import SourceDoor
from gateway.sources.l16 import L16Codec
from tests.support.platforms import TwoParties, encoded

A = TypeVar("A")


def samples(count: int, seed: int = 0) -> bytes:
    """As many 16-bit samples, all bytes of them different from run to run of the seed alone."""
    return np.random.default_rng(seed).integers(-32_768, 32_767, count, np.int16).astype("<i2").tobytes()


def interleaved(*channels: bytes) -> bytes:
    return np.stack([np.frombuffer(channel, "<i2") for channel in channels], axis=1).tobytes()


def two_parties(rate_hz: int = 8_000, length_s: float = 0.5) -> TwoParties:
    """Noise on both legs."""
    count = round(rate_hz * length_s)
    customer, agent = (np.frombuffer(samples(count, seed), "<i2") for seed in (7, 8))
    return TwoParties(agent=agent, customer=customer, rate_hz=rate_hz)


def on_wire(sound: TwoParties, party: Party) -> bytes:
    return encoded("pcm_s16le", sound.leg(party))


class Driven:
    """One connection through a door; calls are joined at once unless ``refusal`` says otherwise."""

    def __init__(
        self,
        door: SourceDoor,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        **settings: Any,
    ) -> None:
        handshake = Handshake("wss://cue.example.com" + door.path, door.path, query or {}, headers or {})
        codec = door.open(handshake, SourcesSettings.model_validate({door.name: settings}), True)
        assert isinstance(codec, L16Codec)
        self.codec = codec
        self.actions: list[Action] = []
        self.refusal: LivecueError | None = None
        self.is_slow = False
        """Leave Join unanswered until ``join``."""
        self.now_s = 0.0
        self.perform(codec.begin())

    def send(self, *messages: str | bytes) -> Driven:
        for message in messages:
            self.perform(self.codec.receive(message, self.now_s))
        return self

    def wait(self, seconds: float) -> Driven:
        """Let time pass, with the deadlines in it."""
        until_s = self.now_s + seconds
        while (deadline_s := self.codec.deadline_s) is not None and deadline_s <= until_s:
            self.now_s = max(self.now_s, deadline_s)
            self.perform(self.codec.expire(self.now_s))
        self.now_s = until_s
        return self

    def hear(self, *envelopes: Envelope) -> Driven:
        for envelope in envelopes:
            self.perform(self.codec.hear(envelope))
        return self

    def join(self) -> Driven:
        self.perform(self.codec.joined(JoinedCall("c-1", {})))
        return self

    def perform(self, actions: Sequence[Action]) -> None:
        waiting = deque(actions)
        while waiting:
            action = waiting.popleft()
            self.actions.append(action)
            if isinstance(action, Join) and not self.is_slow:
                answer = self.codec.failed(self.refusal) if self.refusal else self.codec.joined(JoinedCall("c-1", {}))
                waiting.extendleft(reversed(answer))

    def all(self, kind: type[A]) -> list[A]:
        return [action for action in self.actions if isinstance(action, kind)]

    @property
    def introduction(self) -> Introduction:
        (join,) = self.all(Join)
        return join.introduction

    @property
    def parties(self) -> list[Party]:
        return [leg.party for leg in self.introduction.legs]

    @property
    def remarks(self) -> list[str]:
        return [remark.code for remark in self.all(Remark)]

    @property
    def texts(self) -> list[str | bytes]:
        return [send.message for send in self.all(Send)]

    def heard(self, party: Party) -> bytes:
        return b"".join(sound.pcm for sound in self.all(Sound) if sound.party == party)

    def missing_ms(self) -> int:
        return sum(missing.duration_ms for missing in self.all(Missing))
