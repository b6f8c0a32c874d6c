"""What goes over the wire of the native protocol, and what comes of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from assist.messages import AudioFrame, AudioGap, Party
from gateway.sources.native import (
    Action,
    Fail,
    Feed,
    NativeCodec,
    NativeLimits,
    OpenCall,
    Reply,
)
from gateway.sources.native_messages import Error

STEREO: dict[str, Any] = {"encoding": "pcm_s16le", "rate_hz": 8000, "channels": ["agent", "customer"]}


def text(kind: str, **fields: Any) -> str:
    return json.dumps({"type": kind, **fields})


def opening(**fields: Any) -> str:
    return text("open", **({"version": 1, "media": STEREO} | fields))


def live(media: dict[str, Any] = STEREO, limits: NativeLimits | None = None, **fields: Any) -> NativeCodec:
    codec = NativeCodec(limits)
    (action,) = codec.receive(opening(media=media, **fields), 0.0)
    assert isinstance(action, OpenCall)
    codec.opened("c1", "token", grace_ms=30_000)
    return codec


def error_of(actions: Sequence[Action]) -> tuple[str, bool]:
    """Code and fatality of the single error among the actions."""
    errors = [a.error for a in actions if isinstance(a, Fail)]
    errors += [a.message for a in actions if isinstance(a, Reply) and isinstance(a.message, Error)]
    (error,) = errors
    return error.code, error.fatal


def sound(actions: Sequence[Action]) -> list[AudioFrame | AudioGap]:
    return [item for action in actions if isinstance(action, Feed) for item in action.items]


def pcm(items: Sequence[AudioFrame | AudioGap], party: Party) -> bytes:
    return b"".join(item.pcm for item in items if isinstance(item, AudioFrame) and item.party == party)
