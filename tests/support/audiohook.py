"""An AudioHook codec with the platform that speaks to it, and what came of what was said."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from assist.messages import Party
from gateway.sources.audiohook.introduction import Preferences
from gateway.sources.audiohook.session import AudioHookCodec, Identity
from gateway.sources.codec import Action, Introduction, Join, JoinedCall, Missing, Remark, Send, Sound
from tests.support.platforms.audiohook import MEDIA, AudioHookStream


class Session:
    """A codec, the platform that speaks with it, and all that came of it."""

    def __init__(self, preferences: Preferences | None = None, *, refusal: str | None = None) -> None:
        self.stream = AudioHookStream()
        identity = Identity(self.stream.session_id, self.stream.organization_id)
        self.codec = AudioHookCodec(identity, preferences, refusal=refusal)
        self.actions: list[Action] = list(self.codec.begin())
        self.elapsed_s = 0.0

    def say(self, message: str | bytes, elapsed_s: float | None = None) -> list[Action]:
        """What comes of a message; the platform counts what it was sent."""
        self.elapsed_s = self.elapsed_s if elapsed_s is None else elapsed_s
        return self.keep(self.codec.receive(message, self.elapsed_s))

    def keep(self, actions: Sequence[Action]) -> list[Action]:
        self.actions += actions
        self.stream.serverseq += len(sent(actions))
        return list(actions)

    def open(self, media: Sequence[Mapping[str, Any]] = MEDIA, **parameters: Any) -> Introduction:
        """The call that the session asks for; it has joined it."""
        (introduction,) = joins(self.say(self.stream.open(media, **parameters)))
        self.keep(self.codec.joined(JoinedCall("c1", dict.fromkeys([leg.party for leg in introduction.legs], 0))))
        return introduction

    def expire(self) -> list[Action]:
        self.elapsed_s = max(self.elapsed_s, self.codec.deadline_s)
        return self.keep(self.codec.expire(self.elapsed_s))


def opened(**parameters: Any) -> Session:
    session = Session()
    session.open(**parameters)
    return session


def sent(actions: Sequence[Action]) -> list[dict[str, Any]]:
    texts = [action.message for action in actions if isinstance(action, Send)]
    assert all(isinstance(text, str) for text in texts), "no binary is ever sent"
    return [json.loads(text) for text in texts]


def kinds(actions: Sequence[Action]) -> list[str]:
    return [message["type"] for message in sent(actions)]


def joins(actions: Sequence[Action]) -> list[Introduction]:
    return [action.introduction for action in actions if isinstance(action, Join)]


def codes(actions: Sequence[Action]) -> list[str]:
    return [action.code for action in actions if isinstance(action, Remark)]


def heard(actions: Sequence[Action], party: Party) -> bytes:
    return b"".join(action.pcm for action in actions if isinstance(action, Sound) and action.party == party)


def gaps(actions: Sequence[Action]) -> list[tuple[int, str]]:
    assert all(action.party is None for action in actions if isinstance(action, Missing))
    return [(action.duration_ms, action.cause) for action in actions if isinstance(action, Missing)]


def disconnect(actions: Sequence[Action]) -> tuple[str, str | None]:
    (message,) = sent(actions)
    assert message["type"] == "disconnect"
    return message["parameters"]["reason"], message["parameters"].get("info")
