"""The measurement of handshakes greets every door as its platform does."""

from __future__ import annotations

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.handshakes import AUDIOHOOK_KEY, failings, greetings
from bench.knocks import Greeting, knock
from gateway.sources.catalogue import DOORS
from tests.support.service import listening, open_test_service


def test_every_door_is_measured() -> None:
    assert set(greetings("key", 1)) == {"native", *DOORS}


async def test_every_greeting_is_answered_as_the_protocol_does(tmp_path: Path) -> None:
    sources = {"twilio": {"unsigned": True}, "audiohook": {"keys": {AUDIOHOOK_KEY: ""}}}
    async with open_test_service(tmp_path, sources=sources) as service, listening(service) as port:
        key = await service.accounts.add_key("bench")
        all_greetings = greetings(key, 1)
        waits = await asyncio.to_thread(knock, f"http://127.0.0.1:{port}", list(all_greetings.values()))
    for name, waited in zip(all_greetings, waits, strict=True):
        assert waited.upgrade_ms is not None, name
        assert (waited.opened_ms is not None) == (all_greetings[name].is_answer is not None), name


def test_late_and_unanswered_connections_fail_the_measurement() -> None:
    quick = {"unanswered": 0, "upgrade_ms": {"p99": 100}, "opened_ms": {"p99": 0}}
    report = {
        "idle": {"twilio": quick, "funasr": {**quick, "upgrade_ms": {"p99": 201}}},
        "saturated": {"audiohook": {**quick, "opened_ms": {"p99": 300}}, "vonage": {**quick, "unanswered": 2}},
    }
    late = ["idle: funasr: late", "saturated: audiohook: late", "saturated: vonage: 2 unanswered"]
    assert failings(report, 200) == late
    assert failings({"idle": {"twilio": quick}}, 200) == []


def test_who_is_sent_away_was_not_answered() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def turn_away() -> None:
            listener.accept()[0].close()

        with ThreadPoolExecutor(1) as threads:
            threads.submit(turn_away)
            (waited,) = knock(f"http://127.0.0.1:{listener.getsockname()[1]}", [Greeting("/")])
    assert (waited.upgrade_ms, waited.opened_ms) == (None, None)
