"""What an ExperimentStore must do, beside the CallStore of the same database."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import timedelta

import pytest

from assist.experiments.decision import Decision
from assist.experiments.trial import trial_of
from assist.stores import Stores, open_stores
from tests.support.envelopes import START
from tests.support.trials import BEGIN, log_of, prompt_of, sale


@pytest.fixture
async def stores(store_url: str) -> AsyncGenerator[Stores]:
    async with open_stores(store_url) as opened:
        yield opened


async def test_trials_of_closed_calls_come_newest_first_since_then_and_no_more_than_wanted(stores: Stores) -> None:
    logs = [log_of(f"c{n}", prompt_of(call_id=f"c{n}"), opened_at=BEGIN + timedelta(days=n)) for n in range(5)]
    for one in logs:
        await stores.calls.append(one)
    found = await stores.experiments.trials("small", since=BEGIN + timedelta(days=1), limit=3)
    assert found == [trial_of(one) for one in reversed(logs[2:])]
    assert len(await stores.experiments.trials("small", since=BEGIN, limit=100)) == 5
    assert await stores.experiments.trials("other", since=BEGIN, limit=100) == []


async def test_a_trial_is_there_from_the_close_and_changes_with_what_comes_late(stores: Stores) -> None:
    whole = log_of("c1", prompt_of(call_id="c1"), late=(sale(),))
    await stores.calls.append(whole[:-2])
    assert await stores.experiments.trials("small", since=BEGIN, limit=9) == []
    await stores.calls.append(whole[-2:-1])
    first = await stores.experiments.trials("small", since=BEGIN, limit=9)
    await stores.calls.append(whole[-1:])
    second = await stores.experiments.trials("small", since=BEGIN, limit=9)
    assert [exposure.is_sold for trial in (*first, *second) for exposure in trial.exposures] == [False, True]


async def test_decisions_stay_in_their_order(stores: Stores) -> None:
    decisions = [
        Decision("small", "offer-data", "weigh", START, "", "best-sold", {"甲": 0.25, "乙": 0.75}),
        Decision("small", "offer-data", "mute", START, "王芳", "投诉太多\0"),
        Decision("other", "offer-data", "unmute", START, "王芳", ""),
    ]
    await stores.experiments.decide(decisions[:2])
    await stores.experiments.decide(decisions[2:])
    await stores.experiments.decide([])
    kept = await stores.experiments.decisions()
    assert [(one.playbook, one.kind, dict(one.figures)) for one in kept] == [
        (one.playbook, one.kind, dict(one.figures)) for one in decisions
    ]
    assert kept[1].reason == "投诉太多\N{REPLACEMENT CHARACTER}"
