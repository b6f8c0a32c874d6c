"""A party of whom no sound comes holds nobody's words up, and the log is that of the recording."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from assist.messages import AudioGap, Envelope, SpeechStarted, Utterance
from assist.ports import Pace
from assist.session import CallRequest
from assist.supervisor import CallHandle
from tests.support.fakes import STEREO, Said, ScriptedTranscriber, frame
from tests.support.supervised import World, assert_adds_up, texts, world

SCRIPT = (
    Said("customer", 200, 900, "您好"),
    Said("agent", 1_000, 1_800, "请讲"),
    Said("customer", 2_000, 2_900, "查一下流量"),
    Said("customer", 4_200, 4_900, "还有话费"),
    Said("agent", 6_500, 7_500, "请稍等"),
    Said("customer", 6_600, 7_600, "谢谢"),
)


def request(pace: Pace, call_id: str = "c1") -> CallRequest:
    return CallRequest(source="test", legs=STEREO, call_id=call_id, pace=pace)


async def speak(call: CallHandle, party: str, start_ms: int, end_ms: int) -> None:
    for position in range(start_ms, end_ms, 20):
        call.take([frame("agent" if party == "agent" else "customer", position)])
        await asyncio.sleep(0)


async def settled() -> None:
    for _ in range(200):
        await asyncio.sleep(0)


def told(log: Sequence[Envelope]) -> list[object]:
    """What was decided, in the order of the log."""
    return [envelope.event for envelope in log if isinstance(envelope.event, Utterance | SpeechStarted)]


async def logged_texts(made: World) -> list[str]:
    await settled()
    view = made.supervisor.view("c1")
    assert view is not None
    return [line.text for line in view.lines if line.final]


async def test_words_do_not_wait_for_a_party_that_never_comes(tmp_path: Path) -> None:
    async with world(tmp_path, ScriptedTranscriber(SCRIPT)) as made:
        call = made.supervisor.open(request("live"))
        await speak(call, "customer", 0, 4_000)
        assert await logged_texts(made) == []
        call.leave("agent")
        assert await logged_texts(made) == ["您好", "查一下流量"]
        await speak(call, "customer", 4_000, 8_000)
        assert await logged_texts(made) == ["您好", "查一下流量", "还有话费"]
        call.close()
        closed = await call.closed()
    assert_adds_up(closed.ledger)
    assert [leg.received_ms for leg in closed.ledger] == [0, 8_000]


async def test_what_was_being_said_is_decided_when_the_party_leaves(tmp_path: Path) -> None:
    async with world(tmp_path, ScriptedTranscriber(SCRIPT)) as made:
        call = made.supervisor.open(request("live"))
        await speak(call, "customer", 0, 4_000)
        await speak(call, "agent", 0, 2_500)
        call.leave("agent")
        call.leave("agent")
        assert await logged_texts(made) == ["您好", "请讲", "查一下流量"]
        assert made.supervisor.view("c1").gaps == ()  # type: ignore[union-attr]


@pytest.mark.parametrize("missed_ms", [0, 1_000, 2_000, 3_500])
async def test_the_log_is_that_of_the_recording(tmp_path: Path, missed_ms: int) -> None:
    """The agent's sound stops at 2.5 s, while the customer goes on to 5 s, and comes again after ``missed_ms``."""
    async with world(tmp_path / "live", ScriptedTranscriber(SCRIPT)) as live:
        call = live.supervisor.open(request("live"))
        await speak(call, "agent", 0, 2_500)
        await speak(call, "customer", 0, 3_000)
        await settled()
        call.leave("agent")
        await speak(call, "customer", 3_000, 5_000)
        await settled()
        declared_ms = call.miss("agent", missed_ms, "lost", inferred=True)
        assert declared_ms >= missed_ms
        await speak(call, "agent", 2_500 + declared_ms, 8_000)
        await speak(call, "customer", 5_000, 8_000)
        call.close()
        assert_adds_up((await call.closed()).ledger)
        lived = live.log("c1")
    gaps = [envelope.event for envelope in lived if isinstance(envelope.event, AudioGap)]
    assert [(gap.start_ms, gap.end_ms, gap.cause, gap.inferred) for gap in gaps] == [
        (2_500, 2_500 + declared_ms, "lost", True)
    ]
    async with world(tmp_path / "recorded", ScriptedTranscriber(SCRIPT)) as recorded:
        call = recorded.supervisor.open(request("replay"))
        await speak(call, "agent", 0, 2_500)
        call.take(gaps)
        await speak(call, "agent", 2_500 + declared_ms, 8_000)
        await speak(call, "customer", 0, 8_000)
        call.close()
        await call.closed()
        replayed = recorded.log("c1")
    assert told(lived) == told(replayed)
    assert texts(lived)[-1] in ("谢谢", "请稍等")


async def test_who_comes_back_and_missed_nothing_leaves_the_end_of_what_was_said_in_the_log(tmp_path: Path) -> None:
    async with world(tmp_path, ScriptedTranscriber(SCRIPT)) as made:
        call = made.supervisor.open(request("live"))
        call.leave("agent")
        assert call.miss("agent", 0, "lost", inferred=True) == 0
        await speak(call, "customer", 0, 1_500)
        await speak(call, "agent", 0, 1_500)
        call.leave("agent")
        call.leave("customer")
        call.come_back("agent")
        assert call.miss("agent", 0, "lost", inferred=True) == 1
        assert call.miss("agent", 0, "lost", inferred=True) == 0
        assert call.miss("customer", 300, "lost", inferred=True) == 300
        assert call.miss("customer", 0, "lost", inferred=True) == 0
        call.close()
        assert_adds_up((await call.closed()).ledger)


async def test_who_was_not_away_misses_what_is_said_and_no_more(tmp_path: Path) -> None:
    async with world(tmp_path, ScriptedTranscriber(SCRIPT)) as made:
        call = made.supervisor.open(request("live"))
        await speak(call, "customer", 0, 2_000)
        assert call.miss("agent", 0, "lost", inferred=True) == 0
        assert call.miss("agent", 40, "paused", inferred=False) == 40
        assert call.position_ms(0) == 40
        call.detach()
        assert call.miss("agent", 40, "lost", inferred=True) == 0
