"""How long after a customer's words a prompt is on the desk's socket: live calls into a real server, a desk for each.

The words that caused a prompt end where, by the ground truth, the customer's turn ends, or at a pause within the turn
if the utterance ends there. What is shown while the words go on comes before that end, and counts with less than zero
once the final has confirmed it. Prompts that follow an agent's words or a silence are left out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from assist.messages import Envelope, Prompt, PromptUpdated
from assist.playbook import Playbook, PlaybookLibrary
from bench.child_server import ChildServer, child_server
from bench.conditions import conditions
from bench.desk_watch import desk_cookie, watch_call
from bench.live_call import LiveCall
from bench.load import STAGGER_S, PlannedCall, steady_plan
from bench.programme import Recorded, compose, read_recorded
from bench.timing import TOLERANCE_MS, Arrival, percentiles
from bench.truth import Turn
from gateway.settings import Settings

CHUNK_MS = 20
TARGET_P95_MS = 800.0
EARLY_TARGET_P50_MS = 300.0
"""Of rules that may be early."""


@dataclass(frozen=True, slots=True)
class PromptTiming:
    """A prompt that followed a customer's words."""

    rule_id: str
    after_ms: float
    """From the true end of the words to the desk; negative: shown before."""
    was_early: bool


@dataclass(slots=True)
class PromptTimings:
    """Of one call or several."""

    timed: list[PromptTiming] = field(default_factory=list[PromptTiming])
    early_withdrawn: int = 0
    elsewhere: int = 0
    """Prompts that follow no words of a customer."""

    def add(self, other: PromptTimings) -> None:
        self.timed += other.timed
        self.early_withdrawn += other.early_withdrawn
        self.elsewhere += other.elsewhere


def time_prompts(turns: Sequence[Turn], arrivals: Sequence[Arrival]) -> PromptTimings:
    """Every prompt of one call; ``arrivals`` at the desk, in order."""
    found = PromptTimings()
    early: dict[str, float] = {}
    for arrival in arrivals:
        match arrival.envelope.event:
            case Prompt(from_partial=True) as prompt:
                early[prompt.prompt_id] = arrival.at_ms
            case Prompt() as prompt:
                shown_ms = early.pop(prompt.prompt_id, None)
                end_ms = _end_of_words(turns, prompt.said_ms)
                if end_ms is None:
                    found.elsewhere += 1
                    continue
                after_ms = (arrival.at_ms if shown_ms is None else shown_ms) - end_ms
                rule_id = prompt.because.rule_id
                found.timed.append(PromptTiming(rule_id, after_ms, was_early=shown_ms is not None))
            case PromptUpdated(state="withdrawn") as update:
                found.early_withdrawn += early.pop(update.prompt_id, None) is not None
            case _:
                pass
    return found


def _end_of_words(turns: Sequence[Turn], said_ms: int) -> int | None:
    """Where the customer's words end that end there; None: the customer was not speaking."""
    own = [turn for turn in turns if turn.party == "customer"]
    ends = [turn.end_ms for turn in own if abs(turn.end_ms - said_ms) <= TOLERANCE_MS]
    if ends:
        return min(ends, key=lambda end_ms: abs(end_ms - said_ms))
    return said_ms if any(turn.start_ms < said_ms < turn.end_ms for turn in own) else None


def prompt_report(found: PromptTimings, early_rules: frozenset[str]) -> Mapping[str, object]:
    """Percentiles of all prompts, and of those of rules that may and may not be early, with what missed its aim."""
    every = percentiles(one.after_ms for one in found.timed)
    may = percentiles(one.after_ms for one in found.timed if one.rule_id in early_rules)
    reasons = [
        *(["no-prompts"] if not found.timed else []),
        *(["prompt-late"] if every["p95"] > TARGET_P95_MS else []),
        *(["early-late"] if may["n"] and may["p50"] > EARLY_TARGET_P50_MS else []),
    ]
    rules = sorted({one.rule_id for one in found.timed})
    return {
        "prompts": len(found.timed),
        "prompts_elsewhere": found.elsewhere,
        "shown_early": sum(one.was_early for one in found.timed),
        "early_withdrawn": found.early_withdrawn,
        "prompt_ms": every,
        "early_rules_ms": may,
        "other_rules_ms": percentiles(one.after_ms for one in found.timed if one.rule_id not in early_rules),
        "rules": {rule: percentiles(one.after_ms for one in found.timed if one.rule_id == rule) for rule in rules},
        "targets": {"prompt_p95_ms": TARGET_P95_MS, "early_rules_p50_ms": EARLY_TARGET_P50_MS},
        "passes": not reasons,
        "reasons": reasons,
    }


def early_sources(playbook: Playbook) -> frozenset[str]:
    """Rules, offers and answers (OFFER.REACTION) whose prompts may be early."""
    rules = [rule.rule_id for rule in playbook.rules if rule.shows_early]
    if playbook.catalogue is None:
        return frozenset(rules)
    offers, reactions = playbook.catalogue.offers, playbook.catalogue.reactions
    needs = {need.need_id for need in playbook.catalogue.needs if need.shows_early}
    asked = [offer.offer_id for offer in offers if needs & offer.needs.keys()]
    answers = [f"{offer.offer_id}.{one.name}" for offer in offers for one in reactions if one.shows_early]
    return frozenset((*rules, *asked, *answers))


async def measure_prompts(
    settings: Settings,
    recordings: Sequence[Path],
    *,
    calls: int,
    seconds: float,
    on_progress: Callable[[str], None] = lambda _: None,
) -> Mapping[str, object]:
    """So many calls live together for ``seconds``. Raises InputError "bad-ground-truth" or "mixed-recordings"."""
    recorded = read_recorded(recordings)
    playbook = _playbook(settings)
    before = conditions(settings)
    found = PromptTimings()
    async with child_server({}) as server:
        cookie = await desk_cookie(server, server.data_dir)
        on_progress(f"{calls} calls, {seconds:.0f} s …")
        plan = steady_plan(calls, seconds=seconds)
        async with asyncio.TaskGroup() as group:
            played = [group.create_task(_play(server, cookie, recorded, call)) for call in plan]
        for one in played:
            found.add(one.result())
    return {
        "calls": calls,
        "seconds": seconds,
        "playbook": playbook.reference,
        **prompt_report(found, early_sources(playbook)),
        "conditions": before,
    }


async def _play(server: ChildServer, cookie: str, recordings: Sequence[Recorded], plan: PlannedCall) -> PromptTimings:
    """One call with its desk, which opens with the call's first event."""
    recorded = await asyncio.to_thread(
        compose, recordings, first=plan.first_recording, duration_ms=round(plan.duration_s * 1000)
    )
    await asyncio.sleep(plan.number * STAGGER_S)
    heard: list[tuple[float, Envelope]] = []
    begun: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    live = LiveCall(server, recorded, chunk_ms=CHUNK_MS, is_kept=lambda _: False, on_open=begun.set_result)

    async def watch() -> None:
        await watch_call(server, cookie, await begun, lambda at_s, envelope: heard.append((at_s, envelope)))

    desk = asyncio.create_task(watch(), name=f"desk {plan.number}")
    try:
        await live.run()
    finally:
        desk.cancel()
        await asyncio.gather(desk, return_exceptions=True)
    arrivals = [Arrival((at_s - live.zero_s) * 1000, envelope) for at_s, envelope in heard]
    return time_prompts(recorded.turns, arrivals)


def _playbook(settings: Settings) -> Playbook:
    library = PlaybookLibrary(settings.playbooks_dir, default=settings.playbook)
    library.reload()
    return library.get()
