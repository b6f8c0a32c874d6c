"""The golden call of the playbook fold as JSON lines: one fact with the advice that followed from it per line.

``python -m tests.support.golden`` writes it anew after a deliberate change; look at the difference before committing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from assist.messages import SpeechStarted, Utterance, UtteranceDropped
from assist.playbook import CallEnded, Fact, Known, Playbook, Tick, Turn, advise, begin, load_playbook
from tests.support.dialogue import Dialogue

FOLDER = Path(__file__).parents[1] / "fixtures" / "playbook"
LINES = FOLDER / "golden.jsonl"

_FACTS: TypeAdapter[SpeechStarted | UtteranceDropped | Utterance] = TypeAdapter(
    SpeechStarted | UtteranceDropped | Utterance
)


def playbook() -> Playbook:
    return load_playbook(FOLDER / "golden.yaml")


def dialogue(playbook: Playbook) -> Dialogue:
    """A call that meets every rule: refused and pushed, upset and at last soothed, silent, badly heard, broken off."""
    noise = UtteranceDropped(
        utterance_id="noise", party="agent", start_ms=30_000, end_ms=30_400, decided_ms=30_900, reason="no-speech"
    )
    return (
        Dialogue(playbook)
        .agent("您好很高兴为您服务")
        .customer("我流量不够用了")
        .agent("给您推荐流量包")
        .customer("不需要谢谢")
        .agent("您再考虑一下吧")
        .customer("我流量不够也不办")
        .customer("你们乱扣费", confidence=0.2)
        .customer("我要投诉")
        .agent("请报一下号码")
        .customer("快一点")
        .agent("您等着我去查查")
        .customer("快一点啊")
        .agent("非常抱歉我马上查")
        .waits(12_000)
        .fact(30_900, noise)
        .waits(6_000)
        .agent("查到了再考虑一下", confidence=0.3)
        .customer("再见")
    )


def lines(playbook: Playbook, facts: list[Fact]) -> Iterator[str]:
    """Each fact with the advice of the fold."""
    state = begin(playbook)
    for fact in facts:
        state, advice = advise(playbook, state, fact)
        record = {"fact": _dump(fact), "advice": [item.model_dump(mode="json") for item in advice]}
        yield json.dumps(record, ensure_ascii=False)


def read_facts() -> list[Fact]:
    """The facts as stored."""
    return [_read(json.loads(line)["fact"]) for line in LINES.read_text(encoding="utf-8").splitlines()]


def _dump(fact: Fact) -> dict[str, Any]:
    match fact:
        case Turn():
            signals = [signal.model_dump(mode="json") for signal in fact.signals]
            return {"turn": fact.utterance.model_dump(mode="json"), "signals": signals}
        case Known():
            return {"known": dict(fact.facts)}
        case Tick():
            return {"tick_ms": fact.at_ms}
        case CallEnded():
            return {"ended_ms": fact.at_ms, "cause": fact.cause}
        case SpeechStarted() | UtteranceDropped():
            return {"event": fact.model_dump(mode="json")}


def _read(record: dict[str, Any]) -> Fact:
    match record:
        case {"turn": utterance, "signals": signals}:
            return TypeAdapter(Turn).validate_python({"utterance": utterance, "signals": signals})
        case {"known": facts}:
            return Known(facts)
        case {"tick_ms": at_ms}:
            return Tick(at_ms)
        case {"ended_ms": at_ms, "cause": cause}:
            return CallEnded(at_ms, cause)
        case _:
            event = _FACTS.validate_python(record["event"])
            assert not isinstance(event, Utterance)
            return event


if __name__ == "__main__":
    written = playbook()
    LINES.write_text("\n".join(lines(written, dialogue(written).facts("source-lost"))) + "\n", encoding="utf-8")
