"""Calls of an experiment with a known effect, as logs and as trials."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random

from assist.experiments.trial import Exposure, Trial
from assist.messages import (
    Agent,
    Because,
    CallClosed,
    CallOpened,
    CallReason,
    Customer,
    Disposition,
    Envelope,
    Event,
    Evidence,
    ExperimentsAssigned,
    IntentSignal,
    Prompt,
    PromptLeftOut,
    Result,
    WrapUp,
)
from assist.playbook.experiments import Experiment, draw
from assist.ports import CallStore
from tests.support.fakes import STEREO

BEGIN = datetime(2026, 11, 2, 8, tzinfo=UTC)
"""A Monday."""
LENGTH_MS = 120_000
PROMPT_MS = 30_000

EXPERIMENT = Experiment("offer-data", "offer-data", hold_out=0.5, goal="sold")


def prompt_of(experiment: Experiment = EXPERIMENT, call_id: str = "c1", *, offer_id: str | None = None) -> Prompt:
    """The prompt as the draw of that call leaves it."""
    drawn = draw(experiment, call_id)
    evidence = Evidence(kind="signal", start_ms=0, end_ms=PROMPT_MS)
    return Prompt(
        prompt_id="offer-data-1",
        kind="offer",
        title="流量包",
        body="要不要加一个",
        because=Because(rule="offer-data@3", reason="因为", evidence=(evidence,)),
        at_ms=PROMPT_MS,
        said_ms=PROMPT_MS,
        expires_ms=PROMPT_MS + 30_000,
        arm=drawn.arm,
        experiment=drawn.experiment,
        variant=drawn.variant,
        offer_id=offer_id,
    )


def left_out_of(experiment: Experiment = EXPERIMENT) -> PromptLeftOut:
    """There was no room for the prompt."""
    prompt = prompt_of(experiment)
    return PromptLeftOut(
        prompt_id=prompt.prompt_id,
        kind=prompt.kind,
        title=prompt.title,
        because=prompt.because,
        at_ms=prompt.at_ms,
        lack="budget",
        reason="提示已经够多",
        experiment=prompt.experiment,
    )


def log_of(
    call_id: str = "c1",
    *events: Event,
    experiment: Experiment = EXPERIMENT,
    customer_id: str = "8613800000001",
    opened_at: datetime = BEGIN,
    late: Sequence[Event] = (),
) -> list[Envelope]:
    """A closed call that drew for an experiment; ``late`` events come after its end."""
    whole: list[Event] = [
        CallOpened(
            source="test",
            legs=STEREO,
            agent=Agent(agent_id="1001"),
            customer=Customer(customer_id=customer_id),
            playbook="small@3",
        ),
        ExperimentsAssigned(at_ms=0, assignments=(draw(experiment, call_id),)),
        *events,
        WrapUp(
            at_ms=LENGTH_MS,
            sentences=(),
            reasons=(CallReason(intent="query_usage", quote="流量", utterance_id="u1"),),
            disposition=Disposition(reason="query_usage", result="solved"),
            source="test@1",
        ),
        CallClosed(at_ms=LENGTH_MS, cause="hangup", ledger=()),
        *late,
    ]
    return [
        Envelope(call_id=call_id, seq=seq, at=opened_at + timedelta(seconds=seq - 1), event=event)
        for seq, event in enumerate(whole, start=1)
    ]


def intent(label: str, end_ms: int) -> IntentSignal:
    """Something that the customer wants."""
    return IntentSignal(
        utterance_id=f"u{end_ms}",
        party="customer",
        label=label,
        score=0.9,
        start_ms=end_ms - 1_000,
        end_ms=end_ms,
        source="test@1",
    )


def sale(at_ms: int = LENGTH_MS, *, prompt_id: str | None = "offer-data-1", result: str = "sold") -> Result:
    """A report that something was sold, or not."""
    is_sold = result == "sold"
    return Result(prompt_id=prompt_id, at_ms=at_ms, result="sold" if is_sold else "not-sold", by="u", source="agent")


async def store_trials(store: CallStore, count: int, *, sells_shown: bool) -> None:
    """Calls of now that end in a sale wherever the prompt was shown, or wherever it was held out."""
    for number in range(count):
        call_id = f"s{number}"
        is_sold = (draw(EXPERIMENT, call_id).arm == "shown") == sells_shown and number % 3 > 0
        late = (sale(),) if is_sold else ()
        await store.append(log_of(call_id, prompt_of(EXPERIMENT, call_id), opened_at=datetime.now(UTC), late=late))


def trials_with_lift(count: int, share: float, lift: float, *, experiment: Experiment = EXPERIMENT) -> list[Trial]:
    """Trials, 40 a day, in which a shown prompt adds ``lift`` to the share of calls that end in a sale."""
    random, trials = Random(1), list[Trial]()
    for number in range(count):
        drawn = draw(experiment, f"c{number}")
        chance = share + (lift if drawn.arm == "shown" else 0.0)
        exposure = Exposure(
            experiment=experiment.experiment_id,
            source="offer-data",
            version="3",
            prompt_id="offer-data-1",
            variant=drawn.variant,
            arm=drawn.arm,
            at_ms=PROMPT_MS,
            is_muted=False,
            is_seen=drawn.arm == "shown",
            is_sold=random.random() < chance,
        )
        opened_at = BEGIN + timedelta(minutes=36 * number)
        trials.append(Trial(f"c{number}", "small", opened_at, f"k{number}", "query_usage", LENGTH_MS, (exposure,)))
    return trials
