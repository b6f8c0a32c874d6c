"""The way of a connection's legs into a call and out of it, for protocols that cannot be told of a refusal.

    idle ──join──▶ joining ──joined──▶ live ──leave──▶ over
                    │  ▲                 │
             failed ▼  │ retry    failed ▼ closed
                   refused             deaf

What cannot be told to the platform must not hurt its call: a connection that Livecue cannot serve is read on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from assist.errors import LivecueError, OverloadedError, UnavailableError
from assist.messages import Party
from gateway.sources.codec import Action, Introduction, Join, Leave, Missing, Remark, Sound
from gateway.sources.wire_sound import WireSound

State = Literal["idle", "joining", "live", "refused", "deaf", "over"]


@dataclass(frozen=True, slots=True)
class JoiningLimits:
    """Bounds of one connection; each with its unit."""

    held_bytes: int = 1 << 20
    """Sound that is kept while the call is being joined; what comes on top is declared lost."""
    retry_s: float = 10.0
    """From a refusal that may pass to the next attempt, where the refusal does not say."""


class Joining:
    """The legs of one connection; ``now_s`` counts from its beginning."""

    def __init__(self, limits: JoiningLimits | None = None) -> None:
        self._limits = limits or JoiningLimits()
        self._state: State = "idle"
        self._introduction: Introduction | None = None
        self._wire: WireSound | None = None
        self._held: list[Sound | Missing] = []
        self._held_bytes = 0
        self._lost_us = 0
        self._now_s = 0.0
        self._retry_at_s: float | None = None
        self._left: Leave | None = None
        """Before the call was joined, which goes on: what was kept belongs to it."""

    @property
    def state(self) -> State:
        return self._state

    @property
    def deadline_s(self) -> float | None:
        """When ``retry`` is due."""
        return self._retry_at_s

    @property
    def introduction(self) -> Introduction | None:
        """What the call is asked for with; None before that."""
        return self._introduction

    def join(self, introduction: Introduction, now_s: float, early: bytes = b"") -> Sequence[Action]:
        """Ask for the call, which is also to have the sound that came before; the legs have one codec."""
        self._introduction, self._now_s = introduction, now_s
        self._wire = WireSound(introduction.legs[0].codec, [leg.party for leg in introduction.legs])
        self._state = "joining"
        self._hold(self._wire.push(early))
        return (Join(introduction),)

    def push(self, data: bytes, now_s: float) -> Sequence[Action]:
        """Wire bytes that came next."""
        self._now_s = now_s
        if self._wire is None or self._state not in ("joining", "refused", "live"):
            return ()
        sounds = self._wire.push(data)
        if self._state == "live":
            return sounds
        if self._state == "joining":
            self._hold(sounds)
        return ()  # what comes after a refusal is not of the call, but keeps the next attempt at a whole sample

    def _hold(self, sounds: Sequence[Sound]) -> None:
        size_bytes = sum(len(sound.pcm) for sound in sounds)
        if self._held_bytes + size_bytes > self._limits.held_bytes:
            self._count_lost(len(sounds[0].pcm) // 2 if sounds else 0)
        else:
            self._held += [*self._declared(), *sounds]
            self._held_bytes += size_bytes

    def lose(self, samples: int, rate_hz: int, now_s: float, why: Remark) -> Sequence[Action]:
        """Sound that came next and cannot be used, at a rate that may be another than the leg's."""
        self._now_s = now_s
        if self._state not in ("joining", "live"):
            return ()
        self._count_lost(samples, rate_hz)
        lost = self._declared()
        if self._state == "live":
            return (why, *lost) if lost else ()
        self._held += lost
        return (why,) if lost else ()

    def retry(self, now_s: float) -> Sequence[Action]:
        """Ask again; what came meanwhile is not of the call."""
        self._retry_at_s = None
        if self._state != "refused" or self._introduction is None:
            return ()
        self._now_s, self._state = now_s, "joining"
        return (Join(self._introduction),)

    def joined(self) -> Sequence[Action]:
        """The call takes sound: what was kept for it."""
        if self._state != "joining":
            return ()
        self._state = "live"
        actions = [*self._kept(), *self._declared()]
        return [*actions, *self.leave(self._left.linger_s)] if self._left else actions

    def _kept(self) -> Sequence[Sound | Missing]:
        """What was held in order, each leg's sound in one between losses: its length tells when the leg began."""
        held, self._held, self._held_bytes = self._held, [], 0
        kept: list[Sound | Missing] = []
        for _, run in groupby(held, type):
            kept += _each_leg_in_one(list(run))
        return kept

    def failed(self, error: LivecueError) -> Sequence[Action]:
        """The call does not take the legs; what may pass is tried again."""
        self._held, self._held_bytes, self._lost_us = [], 0, 0
        if self._left:
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

    def leave(self, linger_s: float = 0.0) -> Sequence[Action]:
        """The legs ended as they should; how long another connection may still come, ``Leave`` says."""
        if self._state == "joining":
            self._left = Leave(linger_s)
            return ()
        was_in_call = self._state == "live"
        self._state, self._retry_at_s = "over", None
        if not was_in_call:
            return ()
        if self._wire is not None and self._wire.rest_bytes:
            return (Remark("odd-byte-count", "The sound ended inside a sample."), Leave(linger_s))
        return (Leave(linger_s),)

    def _count_lost(self, samples: int, rate_hz: int | None = None) -> None:
        if self._introduction is not None:
            self._lost_us += samples * 1_000_000 // (rate_hz or self._introduction.legs[0].rate_hz)

    def _declared(self) -> Sequence[Missing]:
        """Whole milliseconds that were lost; the rest waits for more."""
        duration_ms, self._lost_us = divmod(self._lost_us, 1_000)
        if self._introduction is None or not duration_ms:
            return ()
        legs = self._introduction.legs
        return (Missing(legs[0].party if len(legs) == 1 else None, duration_ms, "lost"),)


def _each_leg_in_one(run: Sequence[Sound | Missing]) -> Sequence[Sound | Missing]:
    """Sounds in a row as one of each leg; losses as they are."""
    legs: dict[Party, list[bytes]] = {}
    for one in run:
        if isinstance(one, Missing):
            return run
        legs.setdefault(one.party, []).append(one.pcm)
    return [Sound(party, b"".join(pieces)) for party, pieces in legs.items()]
