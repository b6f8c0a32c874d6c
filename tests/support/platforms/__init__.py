"""Emulators of phone platforms, byte for byte as PROTOCOLS describes them; one module per platform.

Each offers ``play(server_url, sound, *, key, call, speed)``: a whole two-party call, as the platform would carry it;
returns when the platform would consider it over. ``server_url`` is ``ws://host:port`` without a path, ``key`` a Livecue
API key, ``call`` the platform's own id of the call.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from asr.audio.codecs import Encoding, decode
from asr.audio.samples import Int16Array
from assist.messages import Party

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TwoParties:
    """What both parties of a call say: int16 samples of equal length."""

    agent: Int16Array
    customer: Int16Array
    rate_hz: int = 8_000

    def __post_init__(self) -> None:
        if len(self.agent) != len(self.customer):
            raise ValueError("both parties must be equally long")

    @property
    def length_s(self) -> float:
        return len(self.agent) / self.rate_hz

    def leg(self, party: Party) -> Int16Array:
        """One party, or the sum of both as a conference bridge would make it."""
        match party:
            case "agent":
                return self.agent
            case "customer":
                return self.customer
            case "mixed":
                both = self.agent.astype(np.int32) + self.customer
                return np.clip(both, -32_768, 32_767).astype(np.int16)

    def interleaved(self, *parties: Party) -> Int16Array:
        """Samples of several legs in turn, in the order given."""
        return np.stack([self.leg(party) for party in parties], axis=1).reshape(-1)

    def wire(self, encoding: Encoding, *parties: Party) -> bytes:
        """``interleaved`` as it goes over the wire."""
        return encoded(encoding, self.interleaved(*parties))

    def excerpt(self, from_s: float, to_s: float) -> TwoParties:
        """A part of the call."""
        part = slice(round(from_s * self.rate_hz), round(to_s * self.rate_hz))
        return TwoParties(self.agent[part], self.customer[part], self.rate_hz)


def pieces_of(data: bytes, size_bytes: int) -> Iterator[bytes]:
    """Consecutive parts of equal size; the last may be shorter."""
    for offset in range(0, len(data), size_bytes):
        yield data[offset : offset + size_bytes]


async def paced(
    pieces: Iterable[T],
    every_s: float,
    *,
    speed: float = 1.0,
    clock: Callable[[], float] | None = None,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> AsyncGenerator[T]:
    """Each piece at its time, the first at once; what is late follows without a pause, as a switch would send it.

    ``clock`` counts seconds (the event loop's unless another is given) and ``sleep`` waits on it.
    """
    clock = clock or asyncio.get_running_loop().time
    began_s = clock()
    for number, piece in enumerate(pieces):
        wait_s = began_s + number * every_s / speed - clock()
        if wait_s > 0:
            await sleep(wait_s)
        yield piece


def _codes(encoding: Encoding) -> bytes:
    """The nearest code of each int16 sample, indexed by the sample plus 32,768."""
    levels = decode(encoding, bytes(range(256))).astype(np.int32)
    order = np.argsort(levels, kind="stable")
    ordered = levels[order]
    samples = np.arange(-32_768, 32_768)
    above = np.clip(np.searchsorted(ordered, samples), 1, 255)
    is_lower = samples - ordered[above - 1] < ordered[above] - samples
    return order[np.where(is_lower, above - 1, above)].astype(np.uint8).tobytes()


_CODES = {"mulaw": np.frombuffer(_codes("mulaw"), np.uint8), "alaw": np.frombuffer(_codes("alaw"), np.uint8)}


def encoded(encoding: Encoding, samples: Int16Array) -> bytes:
    """Samples as wire bytes."""
    if encoding == "pcm_s16le":
        return samples.astype("<i2").tobytes()
    return _CODES[encoding][samples.astype(np.int32) + 32_768].tobytes()
