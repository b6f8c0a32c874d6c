"""What somebody at a desk or a CRM says of a prompt or a call, live and afterwards."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from assist.errors import NotFoundError
from assist.messages import Envelope, PhraseSignal, PromptOutcome, Result, Signal, Utterance
from assist.outcomes import ResultReport
from assist.playbook import Playbook, parse_playbook
from assist.supervisor import CallRequest
from tests.support.fakes import STEREO, Said, ScriptedTranscriber, SilentAnalyser
from tests.support.supervised import PROMPTING, play, world

EARLY = """\
name: early
version: "1"
title: 测试
rules:
  - id: usage
    party: customer
    phrase: {any: [流量], none: [不要]}
    early: true
    because: 客户说“{quote}”
    expires_ms: 60000
    emit: {prompt: {kind: answer, title: 流量, body: 我帮您查}}
"""


class PhraseAnalyser(SilentAnalyser):
    """Finds the phrase of which the early rule of these tests speaks, also while the utterance goes on."""

    def open_call(self, playbook: Playbook) -> "PhraseAnalyser":
        return self

    async def foresee(self, heard: Utterance) -> Sequence[Signal]:
        at = heard.text.index("流量")
        return [
            PhraseSignal(
                utterance_id=heard.utterance_id,
                party=heard.party,
                label="流量",
                score=1.0,
                start_ms=heard.start_ms,
                end_ms=heard.end_ms,
                span=(at, at + 2),
                quote="流量",
                source="test@1",
                match="exact",
            )
        ]


async def test_outcome_of_an_unknown_prompt_or_call_is_refused(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        w.supervisor.open(CallRequest(source="test", legs=STEREO, call_id="c1"))
        with pytest.raises(NotFoundError, match="no such prompt"):
            await w.supervisor.record_outcome("c1", "p", "accepted", by="u")
        with pytest.raises(NotFoundError, match="no such call"):
            await w.supervisor.record_outcome("c2", "p", "accepted", by="u")


async def test_outcome_said_twice_is_logged_once_live_and_afterwards(tmp_path: Path) -> None:
    async with world(tmp_path, playbook=parse_playbook(PROMPTING, "prompting.yaml")) as w:
        call = w.supervisor.open(CallRequest(source="test", legs=STEREO, call_id="c1"))
        await play(call, 0, 5000)
        await w.bus.has_seen("prompt")
        live = [await w.supervisor.record_outcome("c1", "hush-1", "accepted", by="u") for _ in range(2)]
        call.close()
        await call.closed()
        afterwards = [await w.supervisor.record_outcome("c1", "hush-1", "copied", by="u") for _ in range(2)]
    assert live[0] == live[1]
    assert afterwards[0] == afterwards[1]
    assert [e.event.outcome for e in w.log("c1") if isinstance(e.event, PromptOutcome)] == ["accepted", "copied"]


async def test_early_prompt_that_was_withdrawn_and_comes_again_is_shown_again(tmp_path: Path) -> None:
    script = [Said("customer", start_ms, start_ms + 1_000, "我的流量我不要了", "我的流量") for start_ms in (200, 3_000)]
    async with world(
        tmp_path, ScriptedTranscriber(script), playbook=parse_playbook(EARLY), analyser=PhraseAnalyser()
    ) as w:
        call = w.supervisor.open(CallRequest(source="test", legs=STEREO, call_id="c1"))
        shown = list[Envelope]()
        for time, (start_ms, end_ms) in enumerate([(0, 600), (2_500, 3_400)], start=1):
            await play(call, start_ms, end_ms)
            await w.bus.has_seen("prompt", times=time)
            shown += [await w.supervisor.record_outcome("c1", "usage-1", "shown", by="u") for _ in range(2)]
            await play(call, end_ms, start_ms + 2_500)
            await w.bus.has_seen("prompt-updated", times=time)
        call.close()
        await call.closed()
        afterwards = await w.supervisor.record_outcome("c1", "usage-1", "shown", by="u")
    assert shown[0] == shown[1] != shown[2] == shown[3]
    told = [e.event.type for e in w.log("c1") if e.event.type in ("prompt", "prompt-outcome", "prompt-updated")]
    assert told == ["prompt", "prompt-outcome", "prompt-updated"] * 2 + ["prompt-outcome"]
    assert afterwards == w.log("c1")[-1]


async def test_results_are_logged_live_and_afterwards_and_the_same_again_changes_nothing(tmp_path: Path) -> None:
    sold = ResultReport("sold", by="u", source="agent", prompt_id="hush-1")
    order = ResultReport("sold", by="api-key", source="crm", prompt_id="hush-1", order_id="O-1")
    async with world(tmp_path, playbook=parse_playbook(PROMPTING, "prompting.yaml")) as w:
        call = w.supervisor.open(CallRequest(source="test", legs=STEREO, call_id="c1"))
        await play(call, 0, 5000)
        await w.bus.has_seen("prompt")
        live = [await w.supervisor.record_result("c1", sold) for _ in range(2)]
        call.close()
        await call.closed()
        afterwards = [await w.supervisor.record_result("c1", order) for _ in range(2)]
        again = await w.supervisor.record_result("c1", sold)
        with pytest.raises(NotFoundError, match="no such prompt"):
            await w.supervisor.record_result("c1", ResultReport("sold", by="u", source="agent", prompt_id="none-1"))
        with pytest.raises(NotFoundError, match="no such call"):
            await w.supervisor.record_result("c2", ResultReport("sold", by="u", source="agent"))
    assert live[0] == live[1]
    assert afterwards[0] == afterwards[1] != again
    assert [e.event.by for e in w.log("c1") if isinstance(e.event, Result)] == ["u", "api-key", "u"]
