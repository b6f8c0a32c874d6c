"""Playbooks and stored calls made up for the benchmark of rules, from the dialogues that the models are trained on.

The rules are of every common kind; what they listen for are stretches of what is said in such calls, now and then an
everyday word, so that some rule hears something in most utterances. The same seed gives the same rules and calls.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from typing import TypedDict

from assist.messages import (
    ActSignal,
    Agent,
    CallClosed,
    CallOpened,
    Customer,
    EmotionSignal,
    EntitySignal,
    Envelope,
    Event,
    IntentSignal,
    Judgement,
    Leg,
    LegLedger,
    MeaningSignal,
    PartialTranscript,
    Party,
    SpeechStarted,
    Utterance,
    VoiceReading,
    Word,
)
from assist.playbook import Meaning, Question
from models.train.scenes import Turn, read_scenes

SCENES = Path(__file__).parents[1] / "models" / "train" / "data"
PHRASES_PER_RULE = 6
CHAR_MS = 200
MINUTE_MS = 60_000
GAP_MS = 600
ONSET_MS = 100
HANGOVER_MS = 600
PARTIALS = 4
"""Of each utterance."""
OPENED_AT = datetime(2026, 3, 2, tzinfo=UTC)
BADLY_HEARD = 0.1
"""Share of utterances with a few characters that were."""
WEAK_CHARS = 5
WEAK, SURE = (0.2, 0.5), (0.7, 1.0)
"""Confidence of words, from and to."""
MEANT = 0.1
"""Share of utterances that mean something that rules ask for."""
MEANINGS = range(5, 21)
"""Numbers of the sets of sentences that rules ask for."""
SOLVED = Question("solved", "问题解决了吗？", ("解决", "没有"))
EVERYDAY = ("套餐", "流量", "话费", "不用", "好的", "可以", "多少钱", "办理", "谢谢", "您好")
"""Words that many utterances hold."""
ENTITIES = ("amount", "data_volume", "plan", "duration")
CUSTOMER = Customer(customer_id="1", attributes={"arpu": "12"})
LEGS = (Leg(party="agent", codec="mulaw", rate_hz=8_000), Leg(party="customer", codec="mulaw", rate_hz=8_000))


class _Place(TypedDict):
    utterance_id: str
    party: Party
    score: float
    start_ms: int
    end_ms: int
    source: str


COMMON = (
    "party: customer, phrase: {p}",
    "party: customer, phrase: {p}",
    "party: agent, phrase: {p}",
    "party: agent, phrase: {{any: {p}, none: {q}}}",
    "party: customer, phrase: {p}, state: {{upset: true}}",
    "party: customer, phrase: {{at_least: {{n: 2, of: {p}}}}}",
    "party: customer, intent: [{intent}], phrase: {{none: {q}}}",
    "party: customer, any: [{{intent: [{intent}]}}, {{phrase: {p}}}]",
    "party: customer, emotion: [{emotion}]",
    "party: agent, act: [{act}], state: {{upset: true}}",
    "sequence: {{steps: [{{party: customer, phrase: {p}}}, {{party: agent, phrase: {q}}}], within_ms: 60000}}",
    "party: agent, followed_by: {{after: {{party: customer, phrase: {p}}}, expect: {{phrase: {q}}}}}",
    "party: agent, preceded_by: {{before: {{phrase: {p}}}, require: {{phrase: {q}}}}}",
    "party: agent, not_after: {{after: {{party: customer, phrase: {p}}}, forbid: {{phrase: {q}}}}}",
    "party: agent, absent: {{what: {{phrase: {p}}}, by_turn: {number}}}",
    "party: agent, absent: {{what: {{phrase: {p}}}, close: true}}",
    "party: customer, count: {{what: {{phrase: {p}}}, min: 2, within_ms: 120000}}",
    "party: agent, silence: {{min_ms: {number}000, unless_before: {{party: agent, phrase: {p}}}}}",
    "party: agent, overtalk: {{min_ms: {number}00}}",
    "party: customer, all: [{{phrase: {p}}}, {{not: {{state: {{upset: true}}}}}}]",
    "party: customer, repeats: {{nth: 2, last_turns: {number}}}",
    "party: customer, means: bench-{number}",
    "party: customer, phrase: {p}, expression: 'double(customer.arpu) > {number}.0 && turns.customer > 2'",
    "party: customer, expression: 'said.chars > {number} && said.intent == \"{intent}\"'",
    "party: customer, phrase: {p}, scope: {{first_turns: {number}}}",
    "party: agent, phrase: {p}, scope: {{after: {{party: customer, phrase: {q}}}}}",
    "party: customer, phrase: {p}, clock: {{from: '08:00', to: '{number}:30'}}, fired: upset",
    "party: agent, speech_rate: {{above: 400, for_utterances: 2}}",
)
RARE = (
    "party: customer, condition: asks-more",
    "party: agent, pattern: {{match: '保证|肯定', unless: 不能, within_utterances: 2}}",
    "party: customer, length: {{min_chars: {number}, min_ms: 2000}}",
    "party: customer, phrase: {{any: {p}, min_hits: 2, within_utterances: 3}}",
    "party: customer, emotion_trend: {{is: rising, over_utterances: {number}}}",
    "party: customer, emotion: {{any_of: [{emotion}], for_ms: {number}000}}",
    "party: agent, entity: {{any_of: [{entity}], other_than_fact: customer.arpu, tolerance: {number}}}",
    "party: customer, silence: {{min_ms: {number}000, before_party: agent, unless_after: {{phrase: {p}}}}}",
    "party: agent, hold: {{min_ms: {number}000}}",
    "party: agent, hold: {{begins: {{phrase: {p}}}, max_ms: {number}000}}",
    "party: agent, hold: {{min_percent: {number}}}",
    "party: agent, reply_gap: {{min_ms: {number}00}}",
    "party: customer, first_words: {{max_ms: {number}000}}",
    "hang_up: {{after_party: customer, max_ms: {number}00}}",
    "party: customer, speech_rate: {{change_ratio: 1.3}}",
    "party: agent, speech_rate: {{above: 300, over: window}}",
    "party: agent, speech_rate: {{above: 300, over: call}}",
    "party: customer, loudness: {{above_own_db: 6, for_utterances: 2}}",
    "party: customer, loudness: {{span_db: {number}}}",
    "talk_share: {{party: agent, min_percent: 80}}, call_length: {{min_ms: {number}0000}}",
    "talk_share: {{party: any, max_percent: {number}}}",
    "party: customer, phrase: {p}, turn_count: {{min: {number}}}, fact: {{path: customer.arpu, max: {number}}}",
    "party: customer, phrase: {p}, tag: heavy",
    "held_for: {{what: {{state: {{upset: true}}}}, min_ms: {number}000}}",
    "party: customer, phrase: {p}, reaction: {{is: [refused, hesitant], of: any-offer}}",
    "cue_said: {{of: r0}}, result: {{is: sold, of: any-offer}}",
    "judge: {{solved: 没有}}",
    "party: customer, at_least: {{n: 2, of: [{{phrase: {p}}}, {{phrase: {q}}}, {{act: [{act}]}}]}}",
    "party: customer, phrase: {p}, scope: {{percent: {{from: {number}}}}}",
    "party: customer, count: {{what: {{phrase: {p}}}, min: 2}}, scope: {{while: {{state: {{upset: true}}}}}}",
    "party: customer, phrase: {p}, scope: {{after: {{phrase: {q}}}, within_turns: {number}}}",
    "party: agent, phrase: {p}, scope: {{turns: {{from: -{number}}}}}",
)
TIMES_AS_COMMON = 10
"""Of the 177 rules of the bundled playbooks, 17 have an operator that the common kinds do not."""
CONDITIONS = (*COMMON * TIMES_AS_COMMON, *RARE)
"""Kinds of rules, each as often as it stands here, with every operator; ``p`` and ``q`` are lists of phrases."""


def read_turns() -> Sequence[Turn]:
    """All turns of the dialogues, in order."""
    paths = sorted(SCENES.glob("w*/*.scenes"))
    return [turn for path in paths for turn in read_scenes(path, writer=path.parent.name)]


def rules_text(turns: Sequence[Turn], count: int, *, seed: int) -> str:
    """A playbook of so many rules as YAML: half of them with prompts, half with flags, two that set a state."""
    random = Random(seed)
    lines = ["name: bench", "version: 1", "title: 测速", "language: zh-CN", "meanings:"]
    lines += [
        f"  bench-{number}: {{examples: [说法{number}甲, 说法{number}乙, 说法{number}丙]}}" for number in MEANINGS
    ]
    lines += ["questions: {solved: {ask: 问题解决了吗？, answers: [解决, 没有]}}"]
    lines += ["tags: [{id: heavy, title: 用得多, fact: {path: customer.arpu, min: 10}}]"]
    lines += ["conditions: {asks-more: {any: [{intent: query_usage}, {phrase: [流量不够, 话费多了]}]}}"]
    lines += ["rules:"]
    lines += [
        "  - {id: upset, party: customer, emotion: [angry], set: {upset: true}}",
        "  - {id: calmed, party: customer, emotion: [happy], set: {upset: false}}",
    ]
    for number in range(count - 2):
        kind = CONDITIONS[number % len(CONDITIONS)]
        condition = kind.format(
            p=_phrases(turns, random),
            q=_phrases(turns, random),
            intent=random.choice([turn.intents[0] for turn in random.sample(turns, 50) if turn.intents]),
            act=random.choice([turn.acts[0] for turn in random.sample(turns, 50) if turn.acts]),
            entity=random.choice(ENTITIES),
            emotion=random.choice(("angry", "anxious", "confused", "disappointed")),
            number=random.randint(5, 20),
        )
        said = "flag: {}" if number % 2 else "prompt: {kind: say, title: 提示, body: 请这样说}"
        lines.append(f"  - {{id: r{number}, title: 规则, {condition}, because: 因为, emit: {{{said}}}}}")
    return "\n".join(lines) + "\n"


def calls(turns: Sequence[Turn], count: int, *, utterances: int, seed: int) -> Iterator[Sequence[Envelope]]:
    """Logs of calls of so many utterances each, as a service would have stored them, without what its rules said."""
    random = Random(seed)
    for number in range(count):
        begin = random.randrange(len(turns) - utterances)
        agent = Agent(agent_id=str(1000 + number % 20))
        events = _events(turns[begin : begin + utterances], agent, random)
        opened_at = OPENED_AT + timedelta(seconds=number)
        yield [
            Envelope(call_id=f"bench-{number}", seq=seq, at=opened_at + timedelta(milliseconds=seq), event=event)
            for seq, event in enumerate(events, start=1)
        ]


def _phrases(turns: Sequence[Turn], random: Random) -> str:
    """A YAML list of stretches of three to five characters, now and then with an everyday word."""
    found = set(islice(_stretches(turns, random), PHRASES_PER_RULE))
    if random.random() < 0.1:
        found.add(random.choice(EVERYDAY))
    return f"[{', '.join(sorted(found))}]"


def _stretches(turns: Sequence[Turn], random: Random) -> Iterator[str]:
    while True:
        text = "".join(char for char in random.choice(turns).text if "\u4e00" <= char <= "\u9fff")
        length = random.randint(3, 5)
        if len(text) > length:
            start = random.randrange(len(text) - length)
            yield text[start : start + length]


def _events(turns: Sequence[Turn], agent: Agent, random: Random) -> Iterator[Event]:
    yield CallOpened(
        source="bench", legs=LEGS, agent=agent, customer=CUSTOMER, playbook="bench@1", recogniser="bench@1"
    )
    now_ms = 0
    for number, turn in enumerate(turns):
        utterance = _utterance(f"u{number}", turn, now_ms + random.randint(0, 2 * GAP_MS), random)
        now_ms = utterance.end_ms
        yield SpeechStarted(
            utterance_id=utterance.utterance_id,
            party=turn.party,
            start_ms=utterance.start_ms,
            decided_ms=utterance.start_ms + ONSET_MS,
        )
        yield from (_partial(utterance, revision) for revision in range(1, PARTIALS + 1))
        yield utterance
        yield from _signals(turn, utterance, random)
    end_ms = now_ms + HANGOVER_MS
    legs = tuple(
        LegLedger(party=leg.party, received_ms=end_ms, transcribed_ms=0, silence_ms=end_ms, gaps_ms=0) for leg in LEGS
    )
    answer = random.choice(SOLVED.answers)
    yield Judgement(at_ms=end_ms, label=SOLVED.label, question=SOLVED.text, answer=answer, source="bench@1")
    yield CallClosed(at_ms=end_ms, cause="hangup", ledger=legs)


def _partial(utterance: Utterance, revision: int) -> PartialTranscript:
    heard = len(utterance.text) * revision // (PARTIALS + 1)
    return PartialTranscript(
        utterance_id=utterance.utterance_id,
        party=utterance.party,
        revision=revision,
        text=utterance.text[:heard],
        stable_chars=heard // 2,
        start_ms=utterance.start_ms,
        end_ms=utterance.start_ms + heard * CHAR_MS,
    )


def _utterance(utterance_id: str, turn: Turn, start_ms: int, random: Random) -> Utterance:
    doubtful = random.randrange(len(turn.text)) if random.random() < BADLY_HEARD else len(turn.text)
    words = tuple(
        Word(
            text=char,
            start_ms=start_ms + at * CHAR_MS,
            end_ms=start_ms + (at + 1) * CHAR_MS,
            confidence=round(random.uniform(*(WEAK if doubtful <= at < doubtful + WEAK_CHARS else SURE)), 2),
        )
        for at, char in enumerate(turn.text)
    )
    end_ms = words[-1].end_ms
    return Utterance(
        utterance_id=utterance_id, party=turn.party, text=turn.text, words=words, start_ms=start_ms, end_ms=end_ms,
        decided_ms=end_ms + HANGOVER_MS, confidence=0.8, model="bench@1", voice=_voice(random),
    )  # fmt: skip


def _voice(random: Random) -> VoiceReading:
    return VoiceReading(
        level_dbfs=round(random.uniform(-30.0, -12.0), 1), pitch_hz=None, pitch_range=None,
        chars_per_min=MINUTE_MS / CHAR_MS, negative=0.1, neutral=0.8, positive=0.1, source="bench@1",
    )  # fmt: skip


def _meaning(number: int) -> Meaning:
    return Meaning(f"bench-{number}", "any", tuple(f"说法{number}{mark}" for mark in "甲乙丙"))


def _signals(turn: Turn, utterance: Utterance, random: Random) -> Iterator[Event]:
    place: _Place = {
        "utterance_id": utterance.utterance_id,
        "party": turn.party,
        "score": 0.9,
        "start_ms": utterance.start_ms,
        "end_ms": utterance.end_ms,
        "source": "bench@1",
    }
    yield from (IntentSignal(**place, label=label, is_primary=at == 0) for at, label in enumerate(turn.intents))
    yield from (ActSignal(**place, label=label) for label in turn.acts)
    if random.random() < MEANT:
        yield MeaningSignal(**place, label=_meaning(random.choice(MEANINGS)).label)
    for label in sorted({entity.label for entity in turn.entities}):
        yield EntitySignal(**place, label=label, value=str(random.randint(1, 100)))
    yield EmotionSignal(**place, label=turn.emotion, intensity=turn.intensity)
