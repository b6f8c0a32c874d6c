"""From a case to the facts of a call: what its author declared, and phrases; nothing else is found in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypedDict

from assist.messages import (
    ActSignal,
    Decided,
    EmotionSignal,
    EntitySignal,
    IntentSignal,
    Judgement,
    MeaningSignal,
    Party,
    Signal,
    SpeechStarted,
    Utterance,
    Word,
)
from assist.playbook.cases.case import Case, Line
from assist.playbook.clock import facts_of
from assist.playbook.facts import CallEnded, Fact, Known
from assist.playbook.meaning import Meaning
from assist.playbook.phrase import Listen
from assist.playbook.question import UNCLEAR, Question

SOURCE = "case@1"
ONSET_MS = 100
HANGOVER_MS = 600
MINUTE_MS = 60_000


class _Place(TypedDict):
    utterance_id: str
    party: Party
    start_ms: int
    end_ms: int
    source: str


def facts_in(
    case: Case, listen: Listen, meanings: Sequence[Meaning] = (), questions: Sequence[Question] = ()
) -> Iterator[Fact]:
    """The case as a call: every line an utterance, evenly spoken; meanings and questions are those of its playbook."""
    labels = {meaning.name: meaning.label for meaning in meanings}
    decided: list[tuple[Decided, Sequence[Signal]]] = []
    now_ms = 0
    for number, line in enumerate(case.lines, start=1):
        start_ms = max(0, now_ms + line.gap_ms)
        if line.party is None:
            now_ms = start_ms
            continue
        utterance = _utterance(f"u{number}", line, line.party, start_ms)
        onset = SpeechStarted(
            utterance_id=utterance.utterance_id,
            party=utterance.party,
            start_ms=start_ms,
            decided_ms=start_ms + ONSET_MS,
        )
        decided += [(onset, ()), (utterance, (*listen(utterance), *_declared(line, utterance, labels)))]
        now_ms = max(now_ms, utterance.end_ms)
    decided.sort(key=lambda pair: pair[0].decided_ms)
    end_ms = max([now_ms, *(event.decided_ms for event, _ in decided)])
    if case.known:
        yield Known(case.known)
    for question in questions:
        if question.name in case.judged:
            yield Known({}, judgement=_judgement(question, case.judged[question.name], end_ms))
    yield from facts_of(decided, None if case.end is None else CallEnded(end_ms, case.end))


def _utterance(utterance_id: str, line: Line, party: Party, start_ms: int) -> Utterance:
    chars = [char for char in line.text if char.isalnum()]
    edges = [start_ms + at * MINUTE_MS // line.chars_per_min for at in range(len(chars) + 1)]
    words = tuple(
        Word(text=char, start_ms=edges[at], end_ms=edges[at + 1], confidence=line.confidence)
        for at, char in enumerate(chars)
    )
    return Utterance(
        utterance_id=utterance_id,
        party=party,
        text=line.text,
        words=words,
        start_ms=start_ms,
        end_ms=edges[-1],
        decided_ms=edges[-1] + HANGOVER_MS,
        confidence=line.confidence,
        model=SOURCE,
    )


def _judgement(question: Question, answer: str, at_ms: int) -> Judgement:
    return Judgement(
        at_ms=at_ms,
        label=question.label,
        question=question.text,
        answer=None if answer == UNCLEAR else answer,
        code=UNCLEAR if answer == UNCLEAR else "",
        source=SOURCE,
    )


def _declared(line: Line, utterance: Utterance, labels: Mapping[str, str]) -> Iterator[Signal]:
    """The signals of a line, each over all of its words; of several intents the first is what is wanted."""
    place: _Place = {
        "utterance_id": utterance.utterance_id,
        "party": utterance.party,
        "start_ms": utterance.start_ms,
        "end_ms": utterance.end_ms,
        "source": SOURCE,
    }
    for number, intent in enumerate(line.intents):
        yield IntentSignal(**place, label=intent.label, score=intent.score, is_primary=number == 0)
    for act in line.acts:
        yield ActSignal(**place, label=act.label, score=act.score)
    for entity in line.entities:
        yield EntitySignal(**place, label=entity.label, score=entity.score, value=entity.value)
    for meaning in line.means:
        yield MeaningSignal(**place, label=labels[meaning.label], score=meaning.score)
    if line.feeling is not None:
        feeling = line.feeling
        yield EmotionSignal(
            **place,
            label=feeling.label,
            score=feeling.score,
            intensity=feeling.intensity,
            valence=feeling.valence,
            trend=feeling.trend,
        )
