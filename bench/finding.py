"""How well calls are found: questions with the utterances that answer them, asked of written calls in every way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory
from typing import Any, Literal, get_args

import yaml
from sqlalchemy import insert

from assist.messages import Party
from assist.search.archive import CallArchive
from assist.search.document import ArchivedCall, CallDocument, Line
from assist.search.places import Placer
from assist.search.query import By, PageWanted, Said, Search
from assist.stores import open_stores, schema
from assist.stores.archive import write_archived
from assist.stores.database import Database
from bench.search import summary_row
from models.train.scenes import read_scenes
from models.train.splits import DATA

QUESTIONS = Path(__file__).with_name("relevance") / "questions.yaml"
DIALOGUES = Path(__file__).with_name("dialogues")
JUDGED = (".", "held-out", "held-out-2", "held-out-3")
"""Directories of dialogues whose utterances were judged; what came later is left out."""
TEST_WRITERS = ("t1", "t2")
"""Nothing of theirs trains a model."""
FIRST = 10
"""Calls of a page that somebody reads."""
PAGE = 100
LINE_MS = 3_000
OPENED_AT = datetime(2026, 3, 2, tzinfo=UTC)

Form = Literal["sentence", "words"]
"""A question as a sentence, and as the words that somebody would type instead."""


@dataclass(frozen=True, slots=True)
class FindingQuestion:
    """What somebody looks for, and what answers it."""

    sentence: str
    words: str
    party: Party
    said: frozenset[str]

    def conditions(self, form: Form) -> tuple[Said, ...]:
        """As the box has them."""
        asked = self.words.split() if form == "words" else [self.sentence]
        return tuple(Said(one, self.party) for one in asked)


async def measure_finding(placer: Placer, *, on_progress: Callable[[str], None]) -> Mapping[str, object]:
    """Recall among the first calls and mean reciprocal rank, by way and form of the question."""
    calls, questions = read_calls(), read_questions(QUESTIONS)
    relevant = {one: {call for call, lines in calls.items() if _answers(lines, one)} for one in questions}
    report: dict[str, object] = {"calls": len(calls), "utterances": sum(map(len, calls.values()))}
    report |= {"questions": len(questions), "relevant_calls_mean": round(fmean(map(len, relevant.values())), 1)}
    with TemporaryDirectory() as directory:
        url = f"sqlite:///{Path(directory)}/finding.db"
        async with open_stores(url, placer=placer) as stores:
            await _fill(url, calls)
            if stores.meanings is None:
                raise ValueError("stores with a placer have meanings")
            while await stores.meanings.place_some(limit=50):
                on_progress("placing utterances")
            for by in get_args(By):
                for form in get_args(Form):
                    on_progress(f"asking by {by}")
                    found = [await _ask(stores.archive, Search(one.conditions(form), by=by)) for one in questions]
                    report[f"{by}_asked_as_{form}"] = figures_of(found, [relevant[one] for one in questions])
    return report


async def _ask(archive: CallArchive, search: Search) -> list[str]:
    """The calls of a long page, the best first."""
    page = await archive.find(search, PageWanted(limit=PAGE, order="relevance"))
    return [call.document.call_id for call in page.calls]


def figures_of(found: Sequence[Sequence[str]], relevant: Sequence[set[str]]) -> Mapping[str, float]:
    """Means over questions: of the relevant calls those among the first, and one by the place of the first of them."""
    answers = list(zip(found, relevant, strict=True))
    recalls = [len(some & set(calls[:FIRST])) / min(FIRST, len(some)) for calls, some in answers]
    ranks = [
        next((1 / place for place, call in enumerate(calls, start=1) if call in some), 0.0) for calls, some in answers
    ]
    return {
        "recall_at_10": round(fmean(recalls), 3),
        "mrr": round(fmean(ranks), 3),
        "without_answer": sum(not set(calls[:FIRST]) & some for calls, some in answers),
    }


def read_questions(path: Path) -> list[FindingQuestion]:
    rows: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [FindingQuestion(row["sentence"], row["words"], row["party"], frozenset(row["said"])) for row in rows]


def read_calls() -> dict[str, tuple[Line, ...]]:
    """Scenes of the test writers and dialogues, by name."""
    said: dict[str, list[tuple[Party, str]]] = {}
    for path in sorted(path for writer in TEST_WRITERS for path in (DATA / writer).glob("*.scenes")):
        for turn in read_scenes(path, writer=path.parent.name):
            said.setdefault(turn.scene, []).append((turn.party, turn.text))
    for path in sorted(path for directory in JUDGED for path in (DIALOGUES / directory).glob("*.yaml")):
        turns: list[dict[Party, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))["turns"]
        parties: tuple[Party, ...] = ("agent", "customer")
        said[path.stem] = [(party, turn[party]) for turn in turns for party in parties if party in turn]
    return {
        call: tuple(
            Line(f"{party}-{place}", party, place * LINE_MS, (place + 1) * LINE_MS, text)
            for place, (party, text) in enumerate(lines)
        )
        for call, lines in said.items()
    }


def _answers(lines: Sequence[Line], question: FindingQuestion) -> bool:
    return any(line.party == question.party and line.text in question.said for line in lines)


async def _fill(url: str, calls: Mapping[str, Sequence[Line]]) -> None:
    archived = {
        call: ArchivedCall(_document(call, number, lines), tuple(lines))
        for number, (call, lines) in enumerate(calls.items())
    }
    database = await Database.open(url)
    try:
        async with database.writing() as connection:
            rows = [summary_row(call.document, "written") for call in archived.values()]
            await connection.execute(insert(schema.calls), rows)
            await write_archived(connection, archived)
    finally:
        await database.close()


def _document(call_id: str, number: int, lines: Sequence[Line]) -> CallDocument:
    return CallDocument(
        call_id=call_id,
        opened_at=OPENED_AT + timedelta(hours=number),
        duration_ms=lines[-1].end_ms,
        direction="inbound",
        cause="hangup",
        agent_id="1",
        agent_name="",
        customer_id=None,
        customer_name="",
        playbook="telecom@1",
        utterances=len(lines),
        silence_ms=0,
        longest_silence_ms=0,
        overtalk_ms=0,
    )
