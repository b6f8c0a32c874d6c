"""Wrong legs that are found, and right ones that are not, in recordings with changed channels: ``livecue eval legs``.

The words are those of a log of the same recording as it was heard; what is not sound is left out of them, too.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from asr.audio.files import Recording
from asr.audio.samples import Int16Array
from assist.errors import InputError
from assist.legs.findings import Finding, LegCode
from assist.legs.watch import LegWatch
from assist.messages import AudioFrame, Decided, Leg, Party, Signal, Utterance, envelope_adapter
from nlp.roles.analyser import CallRoles
from nlp.roles.model import load_roles

PIECE_MS = 20
WITHIN_MS = 60_000
NOISE = 3.0
"""Standard deviation of line noise on a leg on which nobody speaks, of 32,768 (-81 dBFS)."""
ECHO = 0.1
ECHO_MS = 120
PARTIES: tuple[Party, ...] = ("agent", "customer")
OTHER: Mapping[Party, Party] = {"agent": "customer", "customer": "agent"}

Sound = Mapping[Party, Int16Array]
"""Of the legs on which any comes."""


@dataclass(frozen=True, slots=True)
class HeardCall:
    """A recording with what was recognised in it."""

    name: str
    rate_hz: int
    sound: Sound
    decided: Sequence[Decided]


@dataclass(frozen=True, slots=True)
class Change:
    """What is done to a call, and what ought to be found."""

    code: LegCode | None
    sound: Callable[[Sound, int], Sound]
    party: Callable[[Party], Party | None] = lambda party: party
    """As whose words are heard; None: they are not."""


def measure_legs(recordings: Sequence[Path], logs: Sequence[Path]) -> Mapping[str, Any]:
    """Per change how many calls were found, how many of them in the first minute, and where.

    Raises InputError "call-not-heard" for a recording that no log is of, AudioFormatError.
    """
    return asyncio.run(_measure(read_calls(recordings, logs)))


def read_calls(recordings: Sequence[Path], logs: Sequence[Path]) -> list[HeardCall]:
    """Stereo recordings, agent on the left, with the latest log of the same name."""
    heard: dict[str, list[Decided]] = {}
    for path in logs:
        of_file: dict[str, list[Decided]] = {}
        for line in path.read_text(encoding="utf-8").splitlines():
            envelope = envelope_adapter.validate_json(line)
            if isinstance(envelope.event, Decided):
                of_file.setdefault(envelope.call_id, []).append(envelope.event)
        heard |= of_file
    return [_read(path, heard) for path in recordings]


def _read(path: Path, heard: Mapping[str, Sequence[Decided]]) -> HeardCall:
    if path.stem not in heard:
        raise InputError(f"No log is of {path.name}; make one with livecue transcribe --json.", code="call-not-heard")
    with Recording(path) as recording:
        samples = np.concatenate(list(recording.blocks()))
        rate_hz = recording.rate_hz
    sound: Sound = {party: np.ascontiguousarray(samples[:, at]) for at, party in enumerate(PARTIES)}
    return HeardCall(path.stem, rate_hz, sound, heard[path.stem])


async def _measure(calls: Sequence[HeardCall]) -> Mapping[str, Any]:
    model = load_roles()
    changes: dict[str, Mapping[str, Any]] = {}
    for name, change in CHANGES.items():
        found = [[one async for one in _findings(call, change, CallRoles(model))] for call in calls]
        right = [[one.at_ms for one in own if one.code == change.code and not one.restored] for own in found]
        at_ms = [own[0] for own in right if own]
        changes[name] = {
            "calls": len(calls),
            "found": len(at_ms),
            "within_minute": sum(at <= WITHIN_MS for at in at_ms),
            "at_s_p50": median(at_ms) / 1000 if at_ms else None,
            "at_s_max": max(at_ms) / 1000 if at_ms else None,
            "found_wrong": sum(any(one.code != change.code for one in own) for own in found),
        }
    return {"calls": len(calls), "changes": changes}


async def _findings(call: HeardCall, change: Change, analyser: CallRoles) -> AsyncIterator[Finding]:
    legs = tuple(Leg(party=party, codec="pcm_s16le", rate_hz=call.rate_hz) for party in PARTIES)
    watch, sound = LegWatch(legs), change.sound(call.sound, call.rate_hz)
    waiting = sorted(_as_heard(call.decided, change), key=lambda event: event.decided_ms)
    for frame in _frames(sound, call.rate_hz):
        for one in watch.sound(frame):
            yield one
        while waiting and waiting[0].decided_ms <= frame.start_ms:
            event = waiting.pop(0)
            signals: Sequence[Signal] = await analyser.analyse(event) if isinstance(event, Utterance) else ()
            for one in watch.words(event, signals):
                yield one


def _as_heard(decided: Sequence[Decided], change: Change) -> Iterator[Decided]:
    for event in decided:
        party = change.party(event.party)
        if party is not None:
            yield event.model_copy(update={"party": party})


def _frames(sound: Sound, rate_hz: int) -> Iterator[AudioFrame]:
    step = rate_hz * PIECE_MS // 1000
    for at in range(0, max(map(len, sound.values())), step):
        for party, samples in sound.items():
            if at < len(samples):
                yield AudioFrame(party, at * 1000 // rate_hz, rate_hz, samples[at : at + step].astype("<i2").tobytes())


def _only(party: Party) -> Callable[[Party], Party | None]:
    return lambda other: other if other == party else None


def _noise(samples: Int16Array) -> Int16Array:
    return np.random.default_rng(1).normal(0, NOISE, len(samples)).astype(np.int16)


def _mixed(sound: Sound) -> Int16Array:
    return np.stack(list(sound.values())).mean(axis=0).astype(np.int16)


def _with_echo(sound: Sound, rate_hz: int) -> Sound:
    delay = rate_hz * ECHO_MS // 1000
    customer = sound["customer"].astype(np.float64)
    customer[delay:] += ECHO * sound["agent"][:-delay]
    return {"agent": sound["agent"], "customer": np.clip(customer, -32_768, 32_767).astype(np.int16)}


CHANGES: Mapping[str, Change] = {
    "as they are": Change(None, lambda sound, _: sound),
    "swapped": Change(
        "legs-swapped", lambda sound, _: {OTHER[party]: own for party, own in sound.items()}, lambda party: OTHER[party]
    ),
    "no customer's leg": Change("leg-missing", lambda sound, _: {"agent": sound["agent"]}, _only("agent")),
    "no agent's leg": Change("leg-missing", lambda sound, _: {"customer": sound["customer"]}, _only("customer")),
    "noise for the customer": Change(
        "leg-silent", lambda sound, _: {**sound, "customer": _noise(sound["customer"])}, _only("agent")
    ),
    "noise for the agent": Change(
        "leg-silent", lambda sound, _: {**sound, "agent": _noise(sound["agent"])}, _only("customer")
    ),
    "mono on both": Change("legs-identical", lambda sound, _: dict.fromkeys(PARTIES, _mixed(sound)), lambda _: None),
    "echo of the agent": Change(None, _with_echo),
}
