"""Swapped legs of a call are found at the same position live and recorded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from assist.messages import CallDegraded, RoleSignal, Signal, Utterance
from assist.ports import Pace
from assist.supervisor import CallRequest
from nlp.roles.analyser import CallRoles
from nlp.roles.model import load_roles
from tests.support.fakes import STEREO, Said, ScriptedTranscriber, SilentAnalyser
from tests.support.supervised import play, world

AGENT = ("您好请问有什么可以帮您", "好的我帮您查一下请您稍等", "已经为您办理成功了", "请问还有其他可以帮您的吗")
CUSTOMER = ("我想查一下这个月的话费", "怎么又扣了我二十块钱", "那你帮我取消了吧", "没有了谢谢你")
SWAPPED = tuple(
    said
    for at, (agent, customer) in enumerate(zip(AGENT, CUSTOMER, strict=True))
    for said in (
        Said("customer", at * 5_000 + 200, at * 5_000 + 2_000, agent),
        Said("agent", at * 5_000 + 2_500, at * 5_000 + 4_500, customer),
    )
)
END_MS = 21_000


class Roles(SilentAnalyser):
    """Tells who seems to say what."""

    kind = "roles"

    def __init__(self) -> None:
        self._analyser = CallRoles(load_roles())

    async def analyse(self, utterance: Utterance) -> Sequence[Signal]:
        return await self._analyser.analyse(utterance)


async def findings(tmp_path: Path, pace: Pace, script: Sequence[Said]) -> list[tuple[str, int, bool]]:
    async with world(tmp_path / pace, ScriptedTranscriber(script), analyser=Roles()) as w:
        call = w.supervisor.open(CallRequest(source="test", legs=STEREO, call_id="c1", pace=pace))
        await play(call, 0, END_MS)
        call.close()
        await call.closed()
    events = [envelope.event for envelope in w.log("c1")]
    assert sum(isinstance(event, RoleSignal) for event in events) == len(script)
    return [(event.code, event.at_ms, event.restored) for event in events if isinstance(event, CallDegraded)]


async def test_swapped_legs_are_found_live_as_recorded(tmp_path: Path) -> None:
    live, recorded = [await findings(tmp_path, pace, SWAPPED) for pace in ("live", "replay")]
    assert live == recorded
    ((code, at_ms, restored),) = live
    assert (code, restored) == ("legs-swapped", False)
    assert at_ms < END_MS


@pytest.mark.parametrize("pace", ["live", "replay"])
async def test_right_legs_are_left_alone(tmp_path: Path, pace: Pace) -> None:
    right = [Said("agent" if one.party == "customer" else "customer", *_times(one), one.text) for one in SWAPPED]
    assert await findings(tmp_path, pace, right) == []


def _times(one: Said) -> tuple[int, int]:
    return one.start_ms, one.end_ms
