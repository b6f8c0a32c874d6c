"""What rules notify of, sent by a real service to a real receiver: signed, tried again, once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from assist.errors import NotFoundError
from assist.messages import Agent, Because, Customer, Envelope, Notification, NotificationPushed
from assist.notifications import pushed_before
from assist.pushing.outbox import Outbox
from assist.pushing.push import signature
from assist.supervisor import CallHandle, CallRequest
from assist.view import fold_all
from gateway.service import Service
from tests.support.fakes import STEREO, Said, ScriptedTranscriber, frame
from tests.support.receiver import receiver
from tests.support.service import http_client, log_in, open_test_service, play

SECRET = "a secret of the receiver"
PLAYBOOK = """\
name: small
version: "3"
title: 小剧本
rules:
  - id: short-of-data
    title: 客户流量不够
    party: customer
    severity: major
    phrase: 流量不够用
    because: 客户说“{quote}”
    emit: {flag: {verdict: met}, notify: floor}
"""
NOBODY = "http://127.0.0.1:9/nobody"


def channels(**urls: str) -> Mapping[str, Mapping[str, Any]]:
    shared = {"secret": SECRET, "retry_first_s": 0.02, "retry_most_s": 0.05, "max_attempts": 3}
    return {name: {"url": url, **shared} for name, url in urls.items()}


async def outcome(service: Service, call_id: str = "c1") -> NotificationPushed:
    """Once it is on record."""
    async with asyncio.timeout(10):
        while True:
            for envelope in await service.store.envelopes(call_id, types=["notification-pushed"]):
                assert isinstance(envelope.event, NotificationPushed)
                return envelope.event
            await asyncio.sleep(0.01)


async def opened(service: Service, call_id: str = "c1", **people: Any) -> CallHandle:
    """A call whose words are said and which goes on."""
    request = CallRequest(source="test", legs=STEREO, call_id=call_id, pace="replay", **people)
    handle = service.supervisor.open(request)
    for start_ms in range(0, 5_000, 100):
        await handle.feed([frame(leg.party, start_ms, 100) for leg in STEREO])
    return handle


async def test_word_goes_out_while_the_call_goes_on_signed_and_with_all_that_is_needed(tmp_path: Path) -> None:
    async with (
        receiver() as floor,
        open_test_service(tmp_path, playbook_text=PLAYBOOK, channels=channels(floor=floor.url)) as service,
    ):
        handle = await opened(service, agent=Agent(agent_id="1001"), customer=Customer(customer_id="C-7"))
        await floor.count(1)
        pushed = await outcome(service)
        assert service.supervisor.live("c1").session.is_closing is False
        handle.close()
        await handle.closed()
        log = await service.store.envelopes("c1")
    ((headers, raw),) = floor.got
    assert headers["livecue-signature"] == f"v1={signature(SECRET, headers['livecue-timestamp'], raw)}"
    (told,) = [one for one in log if isinstance(one.event, Notification)]
    body = json.loads(raw)
    assert headers["idempotency-key"] == body["key"] == pushed.key == f"c1:{told.seq}"
    assert (body["type"], body["channel"], body["rule"], body["verdict"], body["severity"]) == (
        "notification",
        "floor",
        "short-of-data@3",
        "met",
        "major",
    )
    assert (body["agent"]["agent_id"], body["customer"]["customer_id"], body["call_id"]) == ("1001", "C-7", "c1")
    assert (body["quote"], body["reason"]) == ("流量不够用", "客户说“流量不够用”")
    assert isinstance(told.event, Notification)
    assert body["at_ms"] == told.event.at_ms
    (card,) = fold_all("c1", log).notifications
    assert (card.pushed, pushed.state, pushed.attempts) == (pushed, "delivered", 1)


async def test_a_receiver_that_fails_is_tried_again_under_the_same_key_and_gets_it_once(tmp_path: Path) -> None:
    async with (
        receiver((500, b""), (503, b"")) as floor,
        open_test_service(tmp_path, playbook_text=PLAYBOOK, channels=channels(floor=floor.url)) as service,
    ):
        await play(service, "c1")
        pushed = await outcome(service)
        assert (pushed.state, pushed.attempts) == ("delivered", 3)
        assert len({headers["idempotency-key"] for headers, _ in floor.got}) == 1
        assert service.notifier is not None
        service.notifier.stored(await service.store.envelopes("c1"))
        assert (len(floor.got), service.notifier.waiting) == (3, 0)


async def test_a_receiver_that_is_away_holds_up_neither_call_nor_other_channels(tmp_path: Path) -> None:
    both = PLAYBOOK + PLAYBOOK.partition("rules:\n")[2].replace("short-of-data", "other").replace("floor", "crm")
    async with receiver(None) as away, receiver() as crm:
        slow = {"floor": {"url": away.url, "secret": SECRET, "timeout_s": 30}, **channels(crm=crm.url)}
        async with open_test_service(tmp_path, playbook_text=both, channels=slow) as service:
            await play(service, "c1")
            assert (await outcome(service)).channel == "crm"


async def test_a_channel_that_nobody_has_configured_is_told_as_failed(tmp_path: Path) -> None:
    async with open_test_service(tmp_path, playbook_text=PLAYBOOK) as service:
        await play(service, "c1")
        pushed = await outcome(service)
    assert (pushed.state, pushed.reason) == ("failed", "unknown-channel")


async def test_what_waits_outlives_a_restart_and_a_log_read_again_sends_nothing_more(tmp_path: Path) -> None:
    patient = {"floor": {"url": NOBODY, "secret": SECRET, "retry_first_s": 0.3}}
    async with open_test_service(tmp_path, playbook_text=PLAYBOOK, channels=patient) as service:
        await play(service, "c1")
        assert service.notifier is not None
        assert service.notifier.waiting == 1
    async with receiver() as floor:
        configured = channels(floor=floor.url)
        async with open_test_service(tmp_path, playbook_text=PLAYBOOK, channels=configured) as service:
            assert (await outcome(service)).state == "delivered"
            log = await service.store.envelopes("c1")
        forgetful = [one for one in log if not isinstance(one.event, NotificationPushed)]
        async with open_test_service(tmp_path, playbook_text=PLAYBOOK, channels=configured) as service:
            assert service.notifier is not None
            service.notifier.stored(forgetful)
            await play(service, "c2")
            assert (await outcome(service, "c2")).state == "delivered"
            assert _pushes(await service.store.envelopes("c1")) == _pushes(log)
        assert [json.loads(body)["call_id"] for _, body in floor.got] == ["c1", "c2"]
    assert len(Outbox(tmp_path / "notifications")) == 0


async def test_a_call_that_was_erased_meanwhile_takes_no_note_and_stops_nothing(tmp_path: Path) -> None:
    async with (
        receiver() as floor,
        open_test_service(tmp_path, playbook_text=PLAYBOOK, channels=channels(floor=floor.url)) as service,
    ):
        gone = NotificationPushed(
            notification_id="n", channel="floor", at_ms=0, state="delivered", key="gone:1", attempts=1
        )
        with pytest.raises(NotFoundError) as raised:
            await service.supervisor.record("gone", lambda _: gone, pushed_before)
        assert raised.value.code == "unknown-call"
        assert service.notifier is not None
        service.notifier.stored([Envelope(call_id="gone", seq=1, at=datetime.now(UTC), event=told())])
        await play(service, "c1")
        assert (await outcome(service)).state == "delivered"
        assert [json.loads(body)["call_id"] for _, body in floor.got] == ["c1"]
        assert service.notifier.waiting == 0


def told() -> Notification:
    why = Because(rule="r@1", reason="试", evidence=())
    return Notification(
        notification_id="n", channel="floor", title="试", rule="r@1", severity="minor", because=why, at_ms=0
    )


async def test_a_trial_and_a_replay_send_nothing_and_tell_what_they_would(tmp_path: Path) -> None:
    async with (
        receiver() as floor,
        open_test_service(tmp_path, channels=channels(floor=floor.url)) as service,
        http_client(service) as client,
    ):
        await play(service, "c1")
        await log_in(client, service, "trainer")
        asked = {"text": PLAYBOOK, "call_id": "c1"}
        tried = (await client.post("/api/v1/playbooks/small/try", json=asked)).json()
        rows = [(row["kind"], row["title"], row["change"], row["after"]) for row in tried["said"]]
        assert ("notification", "客户流量不够", "gained", "floor") in rows
        replayed = await client.post("/api/v1/playbooks/small/replay", json={"text": PLAYBOOK})
        totals = json.loads(replayed.text.splitlines()[-1])["report"]["totals"]
        assert totals["notification"]["gained"] == 1
        newer = PLAYBOOK.replace('"3"', '"4"')
        checked = (await client.post("/api/v1/playbooks/small/check", json={"text": newer})).json()
        assert (checked["can_publish"], checked["problems"]) == (True, [])
        strange = newer.replace("notify: floor", "notify: flor")
        checked = (await client.post("/api/v1/playbooks/small/check", json={"text": strange})).json()
        (problem,) = checked["problems"]
        assert (problem["severity"], problem["kind"], problem["line"]) == ("error", "channel", 11)
        assert "did you mean 'floor'" in problem["message"]
        assert floor.got == []


async def test_private_words_are_masked_in_what_is_sent(tmp_path: Path) -> None:
    said = (Said("customer", 200, 3_400, "流量不够用我的号码是一三八零零零零一二三四"),)
    text = PLAYBOOK.replace("phrase: 流量不够用", "pattern: 流量不够用.*")
    async with (
        receiver() as floor,
        open_test_service(
            tmp_path,
            playbook_text=text,
            transcriber=ScriptedTranscriber(said),
            masks_calls=True,
            channels=channels(floor=floor.url),
        ) as service,
    ):
        await play(service, "c1")
        await floor.count(1)
    body = floor.got[0][1].decode()
    assert "流量不够用" in body
    assert "零零零零" not in body


def _pushes(log: Sequence[Envelope]) -> Sequence[Envelope]:
    return [one for one in log if isinstance(one.event, NotificationPushed)]
