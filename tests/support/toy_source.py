"""A protocol made up for tests: every word of it asks its codec for one action, and it tells whatever it is told."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from assist.errors import LivecueError
from assist.messages import Agent, Envelope, Leg, LegLedger, Party
from gateway.source_settings import SourceSettings, SourcesSettings
from gateway.sources.codec import (
    Action,
    Describe,
    Handshake,
    Hang,
    Introduction,
    Join,
    JoinedCall,
    Leave,
    Mark,
    Missing,
    Remark,
    Send,
    Sound,
)
from gateway.sources.door import Clock, Proof, Refusal, SourceDoor

PARTIES: tuple[Party, ...] = ("agent", "customer", "mixed")
RATE_HZ = 8_000


def leg(party: Party, rate_hz: int = RATE_HZ) -> Leg:
    return Leg(party=party, codec="pcm_s16le", rate_hz=rate_hz)


def word(what: str, **more: Any) -> str:
    """A text of the protocol."""
    return json.dumps({"do": what, **more})


def sound(party: Party, length_ms: int = 20, value: int = 1, rate_hz: int = RATE_HZ) -> bytes:
    """A binary message of the protocol: who speaks, and samples of one value."""
    return bytes([PARTIES.index(party)]) + value.to_bytes(2, "little", signed=True) * (rate_hz * length_ms // 1000)


@dataclass
class ToyCodec:
    """``told`` is what it was told, in order; the same is sent to the peer."""

    has_timeline: bool = False
    wants_events: bool = False
    deadline_s: float | None = None
    authenticated: bool = True
    told: list[str] = field(default_factory=list[str])

    def begin(self) -> Sequence[Action]:
        return self._tell(f"hello {self.authenticated}")

    def receive(self, message: str | bytes, elapsed_s: float) -> Sequence[Action]:
        if isinstance(message, bytes):
            return (Sound(PARTIES[message[0]], message[1:]),)
        words = json.loads(message)
        match words.pop("do"):
            case "join":
                return (*self._tell("opened"), Join(_introduction(words)))
            case "gap":
                return (Missing(words.get("party"), words["ms"], words["cause"]),)
            case "leave":
                return (Leave(**words),)
            case "hang":
                return (*self._tell("bye"), Hang(**words))
            case "mark":
                return (Mark(words["connection"]),)
            case "agent":
                return (Describe(agent=Agent(agent_id=words["id"])),)
            case "ping":
                return self._tell(f"pong {words.get('n', '')}")
            case "deadline":
                self.deadline_s = elapsed_s + words["in_s"]
                return ()
            case _:
                return (Remark("unknown-event", "An unknown word came."),)

    def expire(self, elapsed_s: float) -> Sequence[Action]:
        return self._tell("expired")

    def end(self, is_clean: bool) -> Sequence[Action]:
        self.told.append(f"end {is_clean}")
        return (Leave(),) if is_clean else ()

    def joined(self, call: JoinedCall) -> Sequence[Action]:
        return self._tell(f"joined {call.call_id} {dict(call.positions_ms)}")

    def failed(self, error: LivecueError) -> Sequence[Action]:
        return self._tell(f"failed {error.code}")

    def hear(self, envelope: Envelope) -> Sequence[Action]:
        return self._tell(f"event {envelope.seq} {envelope.event.type}")

    def closed(self, ledger: Sequence[LegLedger]) -> Sequence[Action]:
        received = {leg.party: leg.received_ms for leg in ledger}
        return self._tell(f"closed {received}")

    def stop(self) -> Sequence[Action]:
        return self._tell("stopping")

    def _tell(self, text: str) -> tuple[Action, ...]:
        self.told.append(text)
        return (Send(text),)


def _introduction(words: dict[str, Any]) -> Introduction:
    rate_hz = words.pop("rate_hz", RATE_HZ)
    for name in ("legs", "others"):
        words[name] = tuple(leg(party, rate_hz) for party in words.get(name, ()))
    if "agent" in words:
        words["agent"] = Agent(agent_id=words["agent"])
    return Introduction(source="toy/1", **words)


def join(legs: Sequence[Party], key: str | None = None, **more: Any) -> str:
    return word("join", legs=list(legs), key=key, **more)


def toy_door(
    *,
    settings: SourceSettings | None = None,
    admit: Callable[[Handshake], Refusal | None] = lambda _: None,
    seen: Callable[[Handshake], None] = lambda _: None,
    vouches: bool = False,
    wants_events: bool = False,
    has_timeline: bool = False,
) -> SourceDoor:
    """The door of the protocol; ``seen`` gets every handshake that was let in."""

    def open_codec(handshake: Handshake, all_settings: SourcesSettings, authenticated: bool) -> ToyCodec:
        seen(handshake)
        return ToyCodec(authenticated=authenticated, wants_events=wants_events, has_timeline=has_timeline)

    def check(handshake: Handshake, all_settings: SourcesSettings, clock: Clock) -> Refusal | None:
        return admit(handshake)

    return SourceDoor(
        name="toy",
        path="/ingest/toy",
        settings=lambda _: settings or SourceSettings(),
        open=open_codec,
        admit=check,
        vouches=lambda _shake, _settings, _clock: Proof() if vouches else None,
        subprotocols=lambda _: ("toy.v2", "toy.v1"),
        bare_path="/bare-toy",
    )
