"""The bundled playbook finds in each demo call, with the bundled customers, exactly what its ground truth expects."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from assist.customers.csv_file import CsvDirectory
from assist.messages import (
    CallOpened,
    Customer,
    CustomerLookedUp,
    CustomerTagged,
    Flag,
    Prompt,
    SpeechStarted,
    Utterance,
    Word,
)
from assist.playbook import CallEnded, Fact, Known, Playbook, Tick, Turn, advise, begin, load_playbook
from nlp.phrases import PhraseAnalyser

EXAMPLES = Path(__file__).parents[3] / "examples"
ONSET_MS = 100
HANGOVER_MS = 500
NAMES = sorted(path.stem for path in (EXAMPLES / "calls").glob("*.json"))
TICK_MS = 1_000
OPENED_AT = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def playbook() -> Playbook:
    return load_playbook(EXAMPLES / "playbooks" / "telecom.yaml")


def ground_truth(name: str) -> dict[str, Any]:
    return json.loads((EXAMPLES / "calls" / f"{name}.json").read_text(encoding="utf-8"))


def utterance_of(index: int, turn: dict[str, Any]) -> Utterance:
    """A final as a perfect recogniser would give it: a word per character, evenly spread."""
    start_ms, end_ms, text = turn["start_ms"], turn["end_ms"], turn["text"]
    edges = [start_ms + (end_ms - start_ms) * at // len(text) for at in range(len(text) + 1)]
    words = tuple(
        Word(text=char, start_ms=edges[at], end_ms=edges[at + 1], confidence=1.0) for at, char in enumerate(text)
    )
    return Utterance(
        utterance_id=f"u{index}", party=turn["party"], text=text, words=words, start_ms=start_ms, end_ms=end_ms,
        decided_ms=end_ms + HANGOVER_MS, confidence=1.0, model="truth@1",
    )  # fmt: skip


def onset_of(utterance: Utterance) -> SpeechStarted:
    start_ms = utterance.start_ms
    return SpeechStarted(
        utterance_id=utterance.utterance_id, party=utterance.party, start_ms=start_ms, decided_ms=start_ms + ONSET_MS
    )


async def facts_of(truth: dict[str, Any], playbook: Playbook) -> list[Fact]:
    """What the session would tell the playbook, in the order of decision."""
    analyser = PhraseAnalyser().open_call(playbook)
    placed: list[tuple[int, Fact]] = []
    for index, turn in enumerate(truth["turns"]):
        utterance = utterance_of(index, turn)
        onset = onset_of(utterance)
        signals = tuple(await analyser.analyse(utterance))
        placed += [(onset.decided_ms, onset), (utterance.decided_ms, Turn(utterance, signals))]
    placed += [(at_ms, Tick(at_ms)) for at_ms in range(TICK_MS, truth["duration_ms"], TICK_MS)]
    facts = [fact for _, fact in sorted(placed, key=lambda pair: pair[0])]
    return [*await known_of(truth), *facts, CallEnded(truth["duration_ms"], "hangup")]


async def known_of(truth: dict[str, Any]) -> list[Fact]:
    """What the opening of the call and the bundled directory tell."""
    customer = Customer.model_validate(truth["customer"])
    record = await CsvDirectory(EXAMPLES / "customers" / "telecom.csv").look_up(customer.customer_id)
    told = CustomerLookedUp(
        at_ms=0, customer_id=customer.customer_id, is_known=record.is_known, name=record.name, fields=record.fields,
        source=record.source, took_ms=1,
    )  # fmt: skip
    assert (record.is_known, record.name) == (True, customer.name)
    return [Known.of(CallOpened(source="file", legs=(), customer=customer), OPENED_AT), Known.of(told)]


def advice_of(facts: list[Fact], playbook: Playbook) -> Iterator[Prompt | Flag | CustomerTagged]:
    state = begin(playbook)
    for fact in facts:
        state, advice = advise(playbook, state, fact)
        yield from (item for item in advice if isinstance(item, Prompt | Flag | CustomerTagged))


@pytest.mark.parametrize("name", NAMES)
async def test_ground_truth_gives_the_expected_prompts_and_flags(name: str, playbook: Playbook) -> None:
    truth = ground_truth(name)
    verdicts: dict[str, str] = {}
    tags: list[str] = []
    prompts: set[str] = set()
    for item in advice_of(await facts_of(truth, playbook), playbook):
        match item:
            case Flag():
                verdicts[item.rule.partition("@")[0]] = item.verdict
            case Prompt():
                prompts.add(item.because.rule.partition("@")[0])
            case CustomerTagged():
                tags = [tag.tag_id for tag in item.tags]
    assert prompts == {rule for turn in truth["turns"] for rule in turn.get("prompts", ())}
    faults = ("breach", "at_risk")
    expected = [*(turn.get("flags", {}) for turn in truth["turns"]), truth.get("at_close", {})]
    flags = {rule for rule, verdict in verdicts.items() if verdict in faults}
    assert flags == {rule for told in expected for rule, verdict in told.items() if verdict in faults}
    assert sorted(tags) == sorted(truth["tags"])
