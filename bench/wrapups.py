"""How well a call's wrap-up is written: reasons and promises against calls whose truth people wrote down.

The words are given as spoken, without recognition; what they mean is found by the model of the settings. A promise is
found if it rests on a turn that the truth names, its time is right within TOLERANCE.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from assist.errors import InputError, ModelFilesError
from assist.messages import CallOpened, Envelope, Event, Leg, Party, Promise, Utterance, WrapUp
from assist.playbook import Playbook, PlaybookLibrary
from assist.ports import Analyser
from assist.view import fold_all
from assist.wrapup import wrap_up
from bench.conditions import conditions
from gateway.settings import Settings
from gateway.wiring import open_understanding
from models.engine import Engine
from models.load import percentile

CHAR_MS = 200
PAUSE_MS = 500
TOLERANCE = timedelta(minutes=10)
"""A due time this far from the true one is right: the words do not tell seconds."""


class Known(BaseModel):
    """Base of what is written in a file of truth."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class KnownPromise(Known):
    """A promise of a call."""

    turns: tuple[int, ...]
    """Turns, from 0, of which any may be named as its place."""
    kind: str
    due: datetime | None


class KnownCall(Known):
    """A call with what it was about."""

    call: str
    turns: tuple[dict[Party, str], ...]
    reasons: tuple[str, ...]
    """The main one first; none where the customer was called."""
    promises: tuple[KnownPromise, ...]


class KnownCalls(Known):
    """A file of truth."""

    opened_at: datetime
    calls: tuple[KnownCall, ...]


@dataclass(slots=True)
class Tally:
    """How many were found, were true and were both."""

    found: int = 0
    true: int = 0
    both: int = 0

    def as_values(self) -> dict[str, float | int]:
        """Precision, recall and what they come from."""
        return {
            "precision": round(self.both / self.found, 3) if self.found else 0.0,
            "recall": round(self.both / self.true, 3) if self.true else 0.0,
            "found": self.found,
            "true": self.true,
            "both": self.both,
        }


def read_known_calls(path: Path) -> KnownCalls:
    """Raises InputError "bad-truth" that names the first place that cannot be used."""
    try:
        return KnownCalls.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError) as error:
        raise InputError(f"{path.name} cannot be read as YAML.", code="bad-truth") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{path.name}: {place}: {first['msg']}.", code="bad-truth") from error


async def measure_wrap_ups(settings: Settings, path: Path) -> Mapping[str, Any]:
    """Reasons and promises of each call of a file against its truth, and what a summary costs."""
    known = read_known_calls(path)
    library = PlaybookLibrary(settings.playbooks_dir, default=settings.playbook)
    library.reload()
    playbook = library.get(None)
    reasons, promises, main = Tally(), Tally(), Tally()
    kinds = due = 0
    costs_ms: list[float] = []
    mistakes: list[str] = []
    async with _understanding(settings) as analyser:
        for call in known.calls:
            log = await _log(call, known.opened_at, analyser, playbook)
            proposal, cost_ms = _timed(log, settings)
            costs_ms.append(cost_ms)
            mistakes += _judge_reasons(call, proposal, reasons, main)
            matched, wrong = _judge_promises(call, proposal, promises)
            kinds += sum(is_kind for is_kind, _ in matched)
            due += sum(is_due for _, is_due in matched)
            mistakes += wrong
    return {
        "file": path.name,
        "calls": len(known.calls),
        "reasons": reasons.as_values(),
        "main_reason_right": f"{main.both} of {main.true}",
        "promises": promises.as_values(),
        "due_time_right": f"{due} of {promises.both}",
        "kind_right": f"{kinds} of {promises.both}",
        "wrap_up_ms": {
            "n": len(costs_ms),
            "p50": percentile(costs_ms, 0.5),
            "p95": percentile(costs_ms, 0.95),
            "p99": percentile(costs_ms, 0.99),
            "max": max(costs_ms),
        },
        "mistakes": mistakes,
        "conditions": conditions(settings),
    }


@asynccontextmanager
async def _understanding(settings: Settings) -> AsyncGenerator[Analyser]:
    engine = Engine(workers=1)
    try:
        analyser = await open_understanding(settings, engine)
        if analyser is None:
            raise ModelFilesError("No model of understanding is configured; set LIVECUE_NLU__MODEL.")
        yield analyser
    finally:
        await engine.close()


async def _log(call: KnownCall, opened_at: datetime, analyser: Analyser, playbook: Playbook) -> list[Envelope]:
    legs = tuple(Leg(party=party, codec="pcm_s16le", rate_hz=8_000) for party in ("agent", "customer"))
    events: list[Event] = [CallOpened(source="truth", legs=legs)]
    opened = analyser.open_call(playbook)
    at_ms = 0
    for number, turn in enumerate(call.turns):
        for party, text in turn.items():
            said = _utterance(number, party, text, at_ms)
            at_ms = said.end_ms + PAUSE_MS
            events += [said, *await opened.analyse(said)]
    return [
        Envelope(call_id=call.call, seq=seq, at=opened_at, event=event) for seq, event in enumerate(events, start=1)
    ]


def _utterance(number: int, party: Party, text: str, start_ms: int) -> Utterance:
    end_ms = start_ms + CHAR_MS * len(text)
    return Utterance(
        utterance_id=str(number),
        party=party,
        text=text,
        words=(),
        start_ms=start_ms,
        end_ms=end_ms,
        decided_ms=end_ms + PAUSE_MS,
        confidence=1.0,
        model="text@1",
    )


def _timed(log: Sequence[Envelope], settings: Settings) -> tuple[WrapUp, float]:
    view = fold_all(log[0].call_id, log)
    begun_s = time.perf_counter()
    proposal = wrap_up(view, view.position_ms, "hangup", settings.zone)
    cost_ms = (time.perf_counter() - begun_s) * 1_000
    if proposal is None:
        raise InputError(f"{log[0].call_id} has no turns.", code="bad-truth")
    return proposal, round(cost_ms, 3)


def _judge_reasons(call: KnownCall, proposal: WrapUp, tally: Tally, main: Tally) -> list[str]:
    found = [reason.intent for reason in proposal.reasons]
    both = set(found) & set(call.reasons)
    tally.found += len(found)
    tally.true += len(call.reasons)
    tally.both += len(both)
    main.true += 1
    main.both += found[:1] == list(call.reasons[:1])
    missed, extra = set(call.reasons) - both, set(found) - both
    return [f"{call.call}: reason {label} missed" for label in sorted(missed)] + [
        f"{call.call}: reason {label} is none" for label in sorted(extra)
    ]


def _judge_promises(call: KnownCall, proposal: WrapUp, tally: Tally) -> tuple[list[tuple[bool, bool]], list[str]]:
    """Of each true promise that was found whether its kind and its time are right, and the mistakes."""
    open_truths = list(call.promises)
    matched: list[tuple[bool, bool]] = []
    mistakes: list[str] = []
    for promise in proposal.promises:
        truth = next((one for one in open_truths if int(promise.utterance_id) in one.turns), None)
        if truth is None:
            mistakes.append(f"{call.call}: no promise: {promise.quote} ({promise.kind}, {promise.due_at})")
            continue
        open_truths.remove(truth)
        matched.append((promise.kind == truth.kind, is_due_right(promise, truth.due)))
        if not all(matched[-1]):
            mistakes.append(
                f"{call.call}: {promise.quote}: {promise.kind}, {promise.due_at} for {truth.kind}, {truth.due}"
            )
    mistakes += [f"{call.call}: promise of turn {one.turns[0]} missed" for one in open_truths]
    tally.found += len(proposal.promises)
    tally.true += len(call.promises)
    tally.both += len(matched)
    return matched, mistakes


def is_due_right(promise: Promise, due: datetime | None) -> bool:
    """Whether a promise is due when it should be, or has no time where none was said."""
    if promise.due_at is None or due is None:
        return promise.due_at is None and due is None
    return abs(promise.due_at - due) <= TOLERANCE
