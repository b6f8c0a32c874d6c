"""The way of one leg into a call and out of it, for protocols that carry a leg per connection and cannot be answered.

    idle ──join──▶ joining ──joined──▶ live ──leave──▶ over
                    │  ▲                 │
             failed ▼  │ retry    failed ▼ closed
                   refused             deaf

What cannot be told to the platform must not hurt its call: a connection that Livecue cannot serve is read on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from assist.errors import LivecueError, OverloadedError, UnavailableError
from gateway.sources.codec import Action, Introduction, Join, Leave, Missing, Remark
from gateway.sources.wire_sound import WireSound

State = Literal["idle", "joining", "live", "refused", "deaf", "over"]


@dataclass(frozen=True, slots=True)
class OneLegLimits:
    """Bounds of one leg; each with its unit."""

    held_bytes: int = 1 << 20
    """Sound that is kept while the call is being joined; what comes on top is declared lost."""
    retry_s: float = 10.0
    """From a refusal that may pass to the next attempt, where the refusal does not say."""


class OneLeg:
    """One leg; ``now_s`` counts from the beginning of the connection."""

    def __init__(self, limits: OneLegLimits | None = None) -> None:
        self._limits = limits or OneLegLimits()
        self._state: State = "idle"
        self._introduction: Introduction | None = None
        self._wire: WireSound | None = None
        self._held: list[Action] = []
        self._held_bytes = 0
        self._lost_us = 0
        self._now_s = 0.0
        self._retry_at_s: float | None = None
        self._has_left = False
        """Before the call was joined, which goes on: what was kept belongs to it."""

    @property
    def state(self) -> State:
        return self._state

    @property
    def deadline_s(self) -> float | None:
        """When ``retry`` is due."""
        return self._retry_at_s

    def join(self, introduction: Introduction, now_s: float) -> Sequence[Action]:
        """Ask for the call; the introduction has one leg."""
        (leg,) = introduction.legs
        self._introduction, self._now_s = introduction, now_s
        self._wire = WireSound(leg.codec, (leg.party,))
        self._state = "joining"
        return (Join(introduction),)

    def push(self, data: bytes, now_s: float) -> Sequence[Action]:
        """Wire bytes that came next."""
        self._now_s = now_s
        if self._wire is None or self._state not in ("joining", "live"):
            return ()
        sounds = self._wire.push(data)
        if self._state == "live":
            return sounds
        for sound in sounds:
            if self._lost_us or self._held_bytes + len(sound.pcm) > self._limits.held_bytes:
                self._count_lost(len(sound.pcm) // 2)
            else:
                self._held.append(sound)
                self._held_bytes += len(sound.pcm)
        return ()

    def lose(self, samples: int, rate_hz: int, now_s: float) -> Sequence[Action]:
        """Sound that came next and cannot be used, at a rate that may be another than the leg's."""
        self._now_s = now_s
        if self._state not in ("joining", "live"):
            return ()
        self._count_lost(samples, rate_hz)
        return self._declared() if self._state == "live" else ()

    def retry(self, now_s: float) -> Sequence[Action]:
        """Ask again; what came meanwhile is not of the call."""
        self._retry_at_s = None
        if self._state != "refused" or self._introduction is None:
            return ()
        return self.join(self._introduction, now_s)

    def joined(self) -> Sequence[Action]:
        """The call takes sound: what was kept for it."""
        if self._state != "joining":
            return ()
        self._state = "live"
        held = self._held
        self._held, self._held_bytes = [], 0
        actions = [*held, *self._declared()]
        return [*actions, *self.leave()] if self._has_left else actions

    def failed(self, error: LivecueError) -> Sequence[Action]:
        """The call does not take the leg; what may pass is tried again."""
        self._held, self._held_bytes, self._lost_us = [], 0, 0
        if self._has_left:
            self._state = "over"
        elif self._state == "joining" and (isinstance(error, UnavailableError) or error.code == "leg-taken"):
            self._state = "refused"
            wait_s = error.retry_after_s if isinstance(error, OverloadedError) else self._limits.retry_s
            self._retry_at_s = self._now_s + max(1.0, wait_s)
        else:
            self.give_up()
        return ()

    def give_up(self) -> None:
        """Take nothing more of this connection: its call is over, or cannot be served."""
        if self._state != "over":
            self._state, self._retry_at_s = "deaf", None

    def leave(self) -> Sequence[Action]:
        """The leg ended as it should."""
        if self._state == "joining":
            self._has_left = True
            return ()
        was_in_call = self._state == "live"
        self._state, self._retry_at_s = "over", None
        if not was_in_call:
            return ()
        if self._wire is not None and self._wire.rest_bytes:
            return (Remark("odd-byte-count", "The sound ended inside a sample."), Leave())
        return (Leave(),)

    def _count_lost(self, samples: int, rate_hz: int | None = None) -> None:
        if self._introduction is not None:
            self._lost_us += samples * 1_000_000 // (rate_hz or self._introduction.legs[0].rate_hz)

    def _declared(self) -> Sequence[Action]:
        """Whole milliseconds that were lost; the rest waits for more."""
        duration_ms, self._lost_us = divmod(self._lost_us, 1_000)
        if self._introduction is None or not duration_ms:
            return ()
        return (Missing(self._introduction.legs[0].party, duration_ms, "lost"),)
