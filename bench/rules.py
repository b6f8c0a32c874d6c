"""What rules cost: one utterance under many of them, and stored calls replayed under some.

Times of single steps are processor time of this thread, so that waiting for other load of the machine does not count;
calls a minute are told by the clock on the wall as well.
"""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from assist.backtest import RecordedCall, Ruleset, read_call
from assist.playbook import Turn, advise, begin, parse_playbook
from assist.ports import CallStore
from assist.stores import open_stores
from bench.rule_material import calls, read_turns, rules_text
from gateway.backtests import Order, Script, replay_record, shares_of
from gateway.record import Wanted, closed_calls
from gateway.wiring import phrase_listener
from models.load import percentile
from models.threads import detect_cores
from models.train import scenes

TIMED_CALLS = 40


@dataclass(frozen=True, slots=True)
class Load:
    """What is measured."""

    rules: int = 1_000
    replay_rules: int = 300
    calls: int = 200
    utterances: int = 60
    """Of each call."""
    seed: int = 1


@dataclass(slots=True)
class Steps:
    """Times of single steps, in nanoseconds."""

    phrases: list[int] = field(default_factory=list[int])
    utterances: list[int] = field(default_factory=list[int])
    both: list[int] = field(default_factory=list[int])
    ticks: list[int] = field(default_factory=list[int])


async def measure_rules(load: Load, *, on_progress: Callable[[str], None]) -> Mapping[str, object]:
    """Time of an utterance, its phrases, and a tick under ``rules``; calls a minute under ``replay_rules``."""
    turns = read_turns()
    on_progress(f"reading {load.rules} rules")
    text = rules_text(turns, load.rules, seed=load.seed)
    begun_s = time.thread_time()
    many = _ruleset(text)
    load_s = time.thread_time() - begun_s
    steps = Steps()
    logs = calls(turns, TIMED_CALLS, utterances=load.utterances, seed=load.seed)
    gc.freeze()  # as a service does once it is ready
    for number, log in enumerate(logs, start=1):
        on_progress(f"{load.rules} rules over call {number} of {TIMED_CALLS}")
        _time_steps(many, read_call(log), steps)
    gc.unfreeze()
    some = rules_text(turns, load.replay_rules, seed=load.seed)
    return {
        **asdict(load),
        "phrases": len(many.playbook.phrases),
        "load_s": round(load_s, 2),
        "load_average": [round(average, 2) for average in os.getloadavg()],
        "rules_ms": _percentiles(steps.utterances),
        "phrases_ms": _percentiles(steps.phrases),
        "utterance_ms": _percentiles(steps.both),
        "tick_ms": _percentiles(steps.ticks),
        "replay": await _replay(some, turns, load, on_progress),
    }


def _ruleset(text: str) -> Ruleset:
    playbook = parse_playbook(text, "bench.yaml")
    return Ruleset(playbook, phrase_listener(playbook))


def _time_steps(rules: Ruleset, call: RecordedCall, steps: Steps) -> None:
    state = begin(rules.playbook)
    heard_ns = 0
    for fact in call.facts(lambda _: ()):
        if isinstance(fact, Turn):
            begun_ns = time.thread_time_ns()
            phrases = rules.listen(fact.utterance)
            heard_ns = time.thread_time_ns() - begun_ns
            fact = Turn(fact.utterance, (*phrases, *fact.signals))
        begun_ns = time.thread_time_ns()
        state, _ = advise(rules.playbook, state, fact)
        spent_ns = time.thread_time_ns() - begun_ns
        if isinstance(fact, Turn):
            steps.phrases.append(heard_ns)
            steps.utterances.append(spent_ns)
            steps.both.append(heard_ns + spent_ns)
        else:
            steps.ticks.append(spent_ns)


async def _replay(
    text: str, turns: Sequence[scenes.Turn], load: Load, on_progress: Callable[[str], None]
) -> Mapping[str, object]:
    """Calls in a database of their own, read and replayed by one process and by as many as there are processors."""
    with TemporaryDirectory(prefix="livecue-bench-") as directory:
        order = Order(Script(text, "bench.yaml"), None, Wanted(), f"sqlite:///{Path(directory) / 'calls.db'}")
        async with open_stores(order.store_url) as stores:
            for number, log in enumerate(calls(turns, load.calls, utterances=load.utterances, seed=load.seed), start=1):
                on_progress(f"storing call {number} of {load.calls}")
                await stores.calls.append(log)
            return {
                name: await _replay_with(jobs, order, stores.calls, load, on_progress)
                for name, jobs in (("one_job", 1), ("all_jobs", detect_cores().usable))
            }


async def _replay_with(
    jobs: int, order: Order, store: CallStore, load: Load, on_progress: Callable[[str], None]
) -> Mapping[str, object]:
    spent_s = _processes_s()
    outcome = await replay_record(
        order,
        shares_of(closed_calls(store, order.wanted)),
        jobs=jobs,
        on_progress=lambda done: on_progress(f"replaying call {done} of {load.calls}, {jobs} at a time"),
    )
    spent_s = _processes_s() - spent_s
    assert outcome.account.report.calls == load.calls, outcome.account.skipped
    return {
        "jobs": outcome.jobs,
        "said": sum(tally.after for tally in outcome.account.report.by_kind.values()),
        "wall_s": round(outcome.elapsed_s, 2),
        "cpu_s": round(spent_s, 2),
        "calls_per_min": outcome.calls_per_min,
    }


def _processes_s() -> float:
    """Processor time of this process and of those that it has ended, their reading of the playbook included."""
    return sum(os.times()[:4])


def _percentiles(spent_ns: Sequence[int]) -> Mapping[str, float]:
    """In milliseconds; rounded to microseconds."""
    shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
    return {"n": len(spent_ns)} | {name: round(percentile(spent_ns, share) / 1e6, 3) for name, share in shares.items()}
