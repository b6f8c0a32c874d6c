"""Replays spread over processes say what one process says, or why they cannot."""

from __future__ import annotations

import multiprocessing
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from assist.backtest import Report
from assist.errors import ConfigurationError, PlaybookError, UnavailableError
from assist.playbook import parse_playbook
from assist.stores import open_stores
from gateway.backtests import Order, Outcome, Script, Share, replay_record, shares_of
from gateway.record import Unread, Wanted, closed_calls
from gateway.settings import Settings
from nlp.phrases import PhraseAnalyser
from tests.support.fakes import Said
from tests.support.lived_call import live

RULES = """\
name: small
version: 1
title: 小剧本
rules:
  - {id: rude, title: 忌语, party: agent, phrase: 不归我管, because: 说了, emit: {flag: {}}}
"""
MORE = "  - {id: thanks, title: 致谢, party: customer, phrase: 谢谢, because: 说了, emit: {flag: {verdict: met}}}\n"
SCRIPT = (Said("agent", 500, 2_000, "这个不归我管"), Said("customer", 3_000, 4_000, "好的谢谢"))
CALLS = 5


@pytest.fixture
async def store_url(tmp_path: Path) -> str:
    """Calls that ran under RULES; of one of them an event is missing."""
    url = f"sqlite:///{tmp_path / 'calls.db'}"
    log = await live(SCRIPT, 6_000, parse_playbook(RULES), (PhraseAnalyser(),), tmp_path / "spool", call_id="call-0")
    async with open_stores(url) as stores:
        for number in range(CALLS):
            call = [one.model_copy(update={"call_id": f"call-{number}"}) for one in log]
            await stores.calls.append([*call[:2], *call[3:]] if number == 3 else call)
    return url


async def replayed(store_url: str, *, jobs: int) -> Outcome:
    order = Order(Script(RULES + MORE, "edited.yaml"), Script(RULES, "small.yaml"), Wanted(), store_url)
    async with open_stores(store_url) as stores:
        shares = shares_of(closed_calls(stores.calls, Wanted()), size=2)
        return await replay_record(order, shares, jobs=jobs, on_progress=lambda _: None)


async def test_what_is_told_does_not_depend_on_how_many_processes_there_are(store_url: str) -> None:
    alone, together = await replayed(store_url, jobs=1), await replayed(store_url, jobs=2)
    assert (alone.jobs, together.jobs) == (1, 2)
    assert together.account.report.as_values() == alone.account.report.as_values()
    assert [one.call_id for one in alone.account.report.changes] == ["call-4", "call-2", "call-1", "call-0"]
    assert together.account.skipped == alone.account.skipped
    assert together.account.skipped == [Unread("call-3", "log-incomplete", "Events of the call are missing.")]
    assert (together.playbook, together.against) == ("small@1", "small@1")


async def files(*paths: Path) -> AsyncIterator[Share]:
    for path in paths:
        yield path


async def test_a_playbook_that_a_process_cannot_read_is_told_with_its_place(tmp_path: Path) -> None:
    order = Order(Script("name: x\n", "broken.yaml"), None, Wanted())
    with pytest.raises(PlaybookError, match=r"broken\.yaml:1"):
        await replay_record(order, files(tmp_path / "a", tmp_path / "b"), jobs=2, on_progress=lambda _: None)


async def test_a_process_that_ends_before_its_time_is_told(tmp_path: Path) -> None:
    def end_all(_: int) -> None:
        for process in multiprocessing.active_children():
            process.kill()

    paths = [tmp_path / f"{number}.jsonl" for number in range(40)]
    for path in paths:
        path.touch()
    order = Order(Script(RULES, "small.yaml"), None, Wanted())
    with pytest.raises(ExceptionGroup) as caught:
        await replay_record(order, files(*paths), jobs=2, on_progress=end_all)
    assert caught.group_contains(UnavailableError, match="has ended before its time")
    assert not multiprocessing.active_children()


MEANT = """\
name: small
version: 2
title: 小剧本
meanings: {farewell: {party: customer, examples: [好的谢谢, 好谢谢你, 那谢谢了]}}
rules:
  - {id: thanks, title: 致谢, means: farewell, because: 说了, emit: {flag: {verdict: met}}}
"""


@pytest.mark.parametrize("jobs", [1, 2])
async def test_sets_of_meanings_that_calls_do_not_know_are_looked_for_where_that_is_wanted(
    jobs: int, store_url: str
) -> None:
    async def replayed_with(reader: Settings | None) -> Report:
        order = Order(Script(MEANT, "edited.yaml"), Script(RULES, "small.yaml"), Wanted(), store_url, reader)
        async with open_stores(store_url) as stores:
            shares = shares_of(closed_calls(stores.calls, Wanted()), size=2)
            return (await replay_record(order, shares, jobs=jobs, on_progress=lambda _: None)).account.report

    unread, read = await replayed_with(None), await replayed_with(Settings())
    assert dict(unread.not_judged) == {"thanks": CALLS - 1}
    assert dict(read.not_judged) == {}
    assert [one.rule_id for one in read.changes if one.change == "gained"] == ["thanks"] * (CALLS - 1)


async def test_without_a_model_that_compares_meanings_a_replay_that_wants_them_is_refused(store_url: str) -> None:
    settings = Settings.model_validate({"nlu": {"model": ""}})
    order = Order(Script(MEANT, "edited.yaml"), None, Wanted(), store_url, settings)
    async with open_stores(store_url) as stores:
        shares = shares_of(closed_calls(stores.calls, Wanted()))
        with pytest.raises(ConfigurationError) as refused:
            await replay_record(order, shares, jobs=1, on_progress=lambda _: None)
    assert refused.value.code == "no-meanings"
