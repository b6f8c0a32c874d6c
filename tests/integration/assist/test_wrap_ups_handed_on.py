"""Wrap-ups sent to a real receiver, and written by a real endpoint, both on the loopback."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from assist.chat import open_chat
from assist.errors import SummaryError
from assist.messages import CallDegraded, Disposition, Envelope, Event, WrapUp, WrapUpConfirmed, WrapUpPushed
from assist.pushing.outbox import Outbox
from assist.pushing.push import signature
from assist.pushing.pusher import RetryLimits
from assist.pushing.webhook import open_webhook
from assist.view import CallView, fold_all
from assist.wrapup import wrap_up
from assist.wrapup.afterwards import Afterwards
from assist.wrapup.endpoint import Endpoint
from assist.wrapup.pusher import PushLimits, WrapUpPusher
from tests.support.envelopes import closed, log, opened, utterance
from tests.support.receiver import Answer, receiver

SECRET = "a secret of the receiver"
RETRY = RetryLimits(max_attempts=3, retry_first_s=0.01, retry_most_s=0.02)
SOON = PushLimits(unconfirmed_after_s=0, retry=RETRY, confirming_s=60)


@dataclass
class Record:
    """The log of one closed call, in memory."""

    envelopes: list[Envelope]
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def view(self) -> CallView:
        return fold_all("c", self.envelopes)

    async def read(self, call_id: str) -> Sequence[Envelope]:
        return list(self.envelopes)

    async def add(self, call_id: str, make: Callable[[CallView], Event]) -> Envelope:
        event = make(self.view)
        envelope = Envelope(call_id="c", seq=len(self.envelopes) + 1, at=datetime.now(UTC), event=event)
        async with self.changed:
            self.envelopes.append(envelope)
            self.changed.notify_all()
        return envelope

    async def until(self, kind: type[Event], number: int = 1) -> Any:
        def found() -> list[Any]:
            return [one.event for one in self.envelopes if isinstance(one.event, kind)]

        async with asyncio.timeout(10), self.changed:
            await self.changed.wait_for(lambda: len(found()) >= number)
        return found()[-1]


def ended() -> Record:
    said = log("c", opened(), utterance("u1"))
    proposal = wrap_up(fold_all("c", said), 900, "hangup")
    assert proposal is not None
    return Record(log("c", opened(), utterance("u1"), proposal, closed()))


def confirmation() -> WrapUpConfirmed:
    filed = Disposition(reason="plan", result="resolved")
    return WrapUpConfirmed(at_ms=900, by="user-1", text="客户问套餐。", language="zh", disposition=filed)


@asynccontextmanager
async def pushing(record: Record, url: str, directory: Path, limits: PushLimits = SOON) -> AsyncGenerator[WrapUpPusher]:
    async with open_webhook(url, secret=SECRET, timeout_s=0.3) as door:
        pusher = WrapUpPusher(Outbox(directory), door, read=record.read, record=record.add, limits=limits)
        task = asyncio.create_task(pusher.run())
        try:
            yield pusher
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def test_a_proposal_that_nobody_confirms_arrives_signed_with_its_key(tmp_path: Path) -> None:
    record = ended()
    async with receiver() as there, pushing(record, there.url, tmp_path) as pusher:
        pusher.closed("c")
        pushed = await record.until(WrapUpPushed)
        headers, body = there.got[0]
        assert headers["livecue-signature"] == f"v1={signature(SECRET, headers['livecue-timestamp'], body)}"
        assert headers["idempotency-key"] == "c:3" == pushed.key
        assert json.loads(body)["is_confirmed"] is False
        assert (pushed.state, pushed.attempts) == ("delivered", 1)
        assert pusher.waiting == 0


async def test_a_confirmed_one_arrives_as_confirmed_under_a_key_of_its_own(tmp_path: Path) -> None:
    record = ended()
    async with receiver() as there, pushing(record, there.url, tmp_path) as pusher:
        pusher.closed("c")
        await record.until(WrapUpPushed)
        pusher.confirming("c")
        await record.add("c", lambda _: confirmation())
        pusher.confirmed("c")
        pushed = await record.until(WrapUpPushed, 2)
        told = json.loads(there.got[1][1])
        assert (told["text"], told["confirmed_by"], told["disposition_text"]) == (
            "客户问套餐。",
            "user-1",
            "套餐合约 · 当场解决",
        )
        assert pushed.key == "c:6"
        assert record.view.pushed == pushed


async def test_it_is_tried_again_with_the_same_key_until_it_is_taken(tmp_path: Path) -> None:
    record = ended()
    async with receiver((503, b""), None) as there, pushing(record, there.url, tmp_path) as pusher:
        pusher.closed("c")
        pushed = await record.until(WrapUpPushed)
        assert [headers["idempotency-key"] for headers, _ in there.got] == ["c:3"] * 3
        assert (pushed.state, pushed.attempts) == ("delivered", 3)


@pytest.mark.parametrize(("status", "attempts"), [(500, 3), (400, 1), (302, 1), (429, 3)])
async def test_it_is_given_up_after_the_last_attempt_or_a_final_refusal(
    status: int, attempts: int, tmp_path: Path
) -> None:
    record = ended()
    async with receiver(*[(status, b"")] * 3) as there, pushing(record, there.url, tmp_path) as pusher:
        pusher.closed("c")
        pushed = await record.until(WrapUpPushed)
        assert (pushed.state, pushed.attempts, pushed.reason) == ("failed", attempts, "webhook-refused")
        assert pusher.waiting == 0


async def test_a_restart_loses_none_that_waits(tmp_path: Path) -> None:
    record = ended()
    patient = PushLimits(unconfirmed_after_s=0, retry=RetryLimits(retry_first_s=0.05))
    async with receiver() as there:
        async with pushing(record, "http://127.0.0.1:9/nobody", tmp_path, patient) as pusher:
            pusher.closed("c")
        async with pushing(record, there.url, tmp_path):
            assert (await record.until(WrapUpPushed)).state == "delivered"
        assert len(there.got) == 1
        assert len(Outbox(tmp_path)) == 0


def test_a_damaged_file_is_left_out_and_the_others_go(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text("{")
    assert len(Outbox(tmp_path)) == 0


# --- written by a model ----------------------------------------------------------------------------------------------


def completion(*sentences: tuple[str, str, str], result: str = "resolved") -> Answer:
    written = [{"part": "reason", "zh": zh, "en": en, "utterance_ids": [place]} for zh, en, place in sentences]
    answer = {"sentences": written, "disposition": {"reason": "plan", "result": result}}
    message = {"choices": [{"message": {"content": json.dumps(answer)}}]}
    return 200, json.dumps(message).encode()


GOOD = completion(("客户家里五口人。", "A family of five.", "u1"))
JUNK: dict[str, Answer] = {
    "no JSON": (200, b"Here is your summary!"),
    "another schema": (200, json.dumps({"choices": [{"message": {"content": '{"summary": "x"}'}}]}).encode()),
    "no completion": (200, b'{"choices": []}'),
    "an utterance that is not there": completion(("好。", "Good.", "u9")),
    "a number nobody said": completion(("退五十八元。", "A refund of 58.", "u1")),
    "a disposition of its own": completion(("好。", "Good.", "u1"), result="great"),
    "a refusal": (500, b""),
}


@asynccontextmanager
async def written_by(record: Record, url: str, timeout_s: float = 2.0) -> AsyncGenerator[Afterwards]:
    async with open_chat(url, model="m", key="k") as chat:
        writer = Endpoint(chat, timeout_s=timeout_s)
        afterwards = Afterwards(read=record.read, record=record.add, writer=writer)
        task = asyncio.create_task(afterwards.run())
        try:
            yield afterwards
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def test_a_models_sentences_take_the_place_of_the_templates() -> None:
    record = ended()
    async with receiver(GOOD) as there, written_by(record, there.url) as afterwards:
        afterwards.closed("c")
        better = await record.until(WrapUp, 2)
        headers, body = there.got[0]
        question = json.loads(body)
        assert headers["authorization"] == "bearer k"
        assert question["response_format"]["json_schema"]["strict"] is True
        assert "[u1] customer: 家里五口人。" in question["messages"][1]["content"]
        assert (better.source, better.sentences[0].en) == ("endpoint:m", "A family of five.")
        assert record.view.wrap_up == better


@pytest.mark.parametrize("junk", JUNK)
async def test_junk_is_asked_for_once_more_and_then_the_template_stays(junk: str) -> None:
    record = ended()
    async with receiver(JUNK[junk], JUNK[junk]) as there, written_by(record, there.url) as afterwards:
        afterwards.closed("c")
        note = await record.until(CallDegraded)
        assert note.part == "wrap-up"
        assert len(there.got) == 2
        assert record.view.wrap_up is not None
        assert record.view.wrap_up.source == "template@1"


async def test_the_second_attempt_counts() -> None:
    record = ended()
    async with receiver((500, b""), GOOD) as there, written_by(record, there.url) as afterwards:
        afterwards.closed("c")
        assert (await record.until(WrapUp, 2)).source == "endpoint:m"


async def test_a_model_that_is_too_slow_is_left() -> None:
    record = ended()
    async with receiver(None, None) as there, written_by(record, there.url, timeout_s=0.05) as afterwards:
        afterwards.closed("c")
        assert (await record.until(CallDegraded)).code == "summary-too-late"


async def test_nobody_listening_is_an_error_of_its_own() -> None:
    record = ended()
    view = record.view
    assert view.wrap_up is not None
    async with open_chat("http://127.0.0.1:9/v1", model="m", key="") as chat:
        with pytest.raises(SummaryError) as raised:
            await Endpoint(chat, timeout_s=1).write(view, view.wrap_up)
    assert raised.value.code == "summary-unreachable"


async def test_what_was_confirmed_is_not_written_anew() -> None:
    record = ended()
    await record.add("c", lambda _: confirmation())
    async with receiver(GOOD) as there, written_by(record, there.url) as afterwards:
        afterwards.closed("c")
        for _ in range(20):
            await asyncio.sleep(0)
        assert there.got == []
