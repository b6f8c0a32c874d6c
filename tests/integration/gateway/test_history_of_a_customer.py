"""Three calls of one customer over real sockets and a real store: what the first promised, the next ones know."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from websockets.asyncio.client import connect

from assist.backtest import read_call
from assist.messages import (
    ActSignal,
    CallRepeated,
    CustomerHistory,
    EntitySignal,
    Envelope,
    IntentSignal,
    Leg,
    Prompt,
    Signal,
    Term,
    Utterance,
    envelope_adapter,
)
from assist.playbook import Playbook, advise, begin, parse_playbook
from assist.ports import Pace
from gateway.service import Service
from tests.support.doors import Peer
from tests.support.fakes import Said, ScriptedLane, ScriptedTranscriber
from tests.support.service import http_client, listening, log_in, open_test_service

COMPLAINS = Said("customer", 1_700, 2_500, "怎么又多扣钱")
PROMISES = Said("agent", 2_600, 3_400, "二十四小时内给您回电")
AGREES = Said("customer", 1_700, 2_500, "好的知道了")
PLAYBOOK = """\
name: small
version: "1"
title: 小剧本
language: zh-CN
rules:
  - id: own-up
    title: 承诺未兑现
    party: customer
    fact: {path: history.overdue_promises, min: 1}
    because: 上次承诺逾期
    max_per_call: 1
    emit: {prompt: {kind: soothe, title: 先道歉, body: 上次答应您的没有做到，非常抱歉。}}
"""
SECOND = bytes(32_000)
CUSTOMER = {"customer_id": "13800010001", "name": "李先生"}


class Scripts:
    """Hears in each call what its script says."""

    name = "fake@1"

    def __init__(self, **scripts: Sequence[Said]) -> None:
        self._scripts = scripts

    def open_lane(self, call_id: str, leg: Leg, *, pace: Pace, terms: Sequence[Term] = ()) -> ScriptedLane:
        return ScriptedTranscriber(self._scripts[call_id]).open_lane(call_id, leg, pace=pace, terms=terms)


class Understander:
    """Knows a complaint about a bill and a promise when it hears them."""

    name = "test@1"
    kind = "understanding"

    def open_call(self, playbook: Playbook) -> Understander:
        return self

    async def analyse(self, utterance: Utterance) -> Sequence[Signal]:
        common: dict[str, Any] = {
            "utterance_id": utterance.utterance_id,
            "party": utterance.party,
            "score": 0.9,
            "start_ms": utterance.start_ms,
            "end_ms": utterance.end_ms,
            "source": self.name,
        }
        if utterance.text == COMPLAINS.text:
            return (IntentSignal(label="complain_billing", **common),)
        if utterance.text == PROMISES.text:
            return (
                ActSignal(label="commit", **common),
                EntitySignal(label="deadline", value="PT24H", span=(0, 6), **common),
            )
        return ()

    async def foresee(self, heard: Utterance) -> Sequence[Signal]:
        return ()


class World:
    """A service with its doors, and a clock that tests set."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 7, 1, 0, tzinfo=UTC)
        self.service: Service
        self.port = 0
        self.key = ""

    def now(self) -> datetime:
        self.at += timedelta(milliseconds=1)
        return self.at

    async def call(self, call_id: str, *, hours_later: float = 0.0, **fields: Any) -> list[Envelope]:
        """A call of four seconds; sound is sent once the history was told."""
        self.at += timedelta(hours=hours_later)
        log: list[Envelope] = []

        async def until(peer: Peer, kind: str) -> None:
            """Take what comes until an event, or a message, of this type."""
            while True:
                message = await peer.receive()
                assert message["type"] != "error", message
                if message["type"] == "event":
                    log.append(envelope_adapter.validate_python(message["envelope"]))
                if kind in (message["type"], log[-1].event.type):
                    return

        headers = {"Authorization": f"Bearer {self.key}"}
        async with connect(
            f"ws://127.0.0.1:{self.port}/ingest/v1", additional_headers=headers, proxy=None
        ) as connection:
            peer = Peer(connection)
            await peer.open(**({"call_id": call_id, "customer": CUSTOMER, "events": "all", "pace": "replay"} | fields))
            await until(peer, "customer-history")
            for _ in range(4):
                await peer.audio(SECOND)
            await peer.send("close")
            await until(peer, "closed")
        return log


@asynccontextmanager
async def world(tmp_path: Path, transcriber: Scripts) -> AsyncGenerator[World]:
    made = World()
    async with (
        open_test_service(
            tmp_path,
            transcriber=transcriber,
            analysers=(Understander(),),
            now=made.now,
            playbook_text=PLAYBOOK,
        ) as made.service,
        listening(made.service) as made.port,
    ):
        made.key = await made.service.accounts.add_key("pbx")
        yield made


def history_in(log: Sequence[Envelope]) -> CustomerHistory:
    (told,) = [one.event for one in log if isinstance(one.event, CustomerHistory)]
    return told


async def mark_as_kept(client: httpx.AsyncClient, call_id: str, made_in: str, promise_id: str) -> httpx.Response:
    return await client.post(
        f"/api/v1/calls/{call_id}/kept-promises", json={"made_in": made_in, "promise_id": promise_id}
    )


async def test_a_promise_is_shown_at_the_opening_of_the_next_call_until_it_is_marked_as_kept(tmp_path: Path) -> None:
    scripts = Scripts(first=(COMPLAINS, PROMISES), second=(COMPLAINS,), third=(COMPLAINS,))
    async with world(tmp_path, scripts) as here, http_client(here.service) as client:
        await log_in(client, here.service, "supervisor")
        assert history_in(await here.call("first")).calls == ()

        second = await here.call("second", hours_later=30)
        told = history_in(second)
        assert told.at_ms == 0, "before any sound"
        (standing,) = told.promises
        assert (standing.call_id, standing.promise.quote, standing.is_overdue) == ("first", PROMISES.text, True)
        assert [(one.intent, one.calls) for one in told.reasons] == [("complain_billing", 1)]
        (repeat,) = [one.event for one in second if isinstance(one.event, CallRepeated)]
        assert (repeat.intent, repeat.number) == ("complain_billing", 2)
        assert [one.event.title for one in second if isinstance(one.event, Prompt)] == ["先道歉"]

        promise_id = standing.promise.promise_id
        first_answer = await mark_as_kept(client, "second", "first", promise_id)
        again = await mark_as_kept(client, "second", "first", promise_id)
        assert first_answer.status_code == 201
        assert again.json() == first_answer.json()
        unknown = await mark_as_kept(client, "second", "first", "nothing")
        assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "unknown-promise")
        view = (await client.get("/api/v1/calls/second")).json()["view"]
        assert view["history"]["promises"] == []
        assert view["repeat"]["number"] == 2

        third = history_in(await here.call("third", hours_later=1))
        assert third.promises == ()
        assert [(one.intent, one.calls) for one in third.reasons] == [("complain_billing", 2)]


async def test_a_call_back_that_reaches_the_customer_settles_the_promise(tmp_path: Path) -> None:
    scripts = Scripts(first=(COMPLAINS, PROMISES), unanswered=(), back=(AGREES,), last=(COMPLAINS,))
    async with world(tmp_path, scripts) as here:
        await here.call("first")
        await here.call("unanswered", hours_later=2, direction="outbound")
        assert len(history_in(await here.call("back", hours_later=2, direction="outbound")).promises) == 1
        told = history_in(await here.call("last", hours_later=30))
        assert told.promises == ()
        assert (told.calls_7d, [call.call_id for call in told.calls]) == (1, ["back", "unanswered", "first"])


async def test_the_recorded_call_says_what_the_live_one_said(tmp_path: Path) -> None:
    scripts = Scripts(first=(COMPLAINS, PROMISES), second=(COMPLAINS,))
    async with world(tmp_path, scripts) as here:
        await here.call("first")
        await here.call("second", hours_later=30)
        log = await here.service.store.envelopes("second")
    playbook = parse_playbook(PLAYBOOK, "small.yaml")
    state, again = begin(playbook), list[object]()
    for fact in read_call(log).facts(lambda _: ()):
        state, advice = advise(playbook, state, fact)
        again += [one for one in advice if isinstance(one, CallRepeated | Prompt)]
    assert again == [one.event for one in log if isinstance(one.event, CallRepeated | Prompt)]
    assert len(again) == 2
