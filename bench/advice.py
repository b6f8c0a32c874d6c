"""What playbooks say in calls whose truth is known, per rule: ``livecue eval advice``.

As text: the words of the truth, perfectly recognised. As heard: logs of the same calls, printed by ``livecue transcribe
--json``. Either way a log is replayed under the playbook of today, every prompt in its own words and none held out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from assist.backtest import RecordedCall, Ruleset, read_call, replay, said_in
from assist.backtest.recorded import Spoken
from assist.customers import open_customers
from assist.errors import InputError
from assist.messages import (
    CallClosed,
    CallOpened,
    CustomerHistory,
    CustomerLookedUp,
    Envelope,
    Event,
    Leg,
    Prompt,
    PromptUpdated,
    Signal,
    SpeechStarted,
    Utterance,
    Word,
)
from assist.playbook import Playbook, PlaybookLibrary, Told
from assist.ports import Analyser, CustomerDirectory
from bench.conditions import versions
from bench.earlier_calls import history_of
from bench.early_advice import early_prompts
from bench.judged_calls import DECISION_MS, JudgedCall, read_judged_calls
from gateway.demo import CUSTOMERS_FILE
from gateway.record import Unread, Wanted, calls_in_files
from gateway.settings import Settings
from gateway.wiring import open_understanding, phrase_listener
from models.engine import Engine

OPENED_AT = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
"""When the calls are taken to come in: what is known of their customers is written for these weeks."""
ONSET_MS = 100
HANGOVER_MS = 500
SELLING = ("offer", "close")
"""Kinds of prompts that sell."""

ToldInOrder = tuple[tuple[Told, tuple[Signal, ...]], ...]
Kind = Literal["prompt", "flag", "selling", "early"]
Wrong = Literal["missed", "wrong", "forbidden"]


@dataclass(slots=True)
class Tally:
    """One rule over all calls."""

    expected: int = 0
    found: int = 0
    right: int = 0

    def as_values(self) -> dict[str, float | int | None]:
        """Counts, and precision and recall where there is anything to divide by."""
        return {
            "expected": self.expected,
            "found": self.found,
            "right": self.right,
            "precision": round(self.right / self.found, 3) if self.found else None,
            "recall": round(self.right / self.expected, 3) if self.expected else None,
        }


@dataclass(frozen=True, slots=True)
class Mistake:
    """One place where playbook and truth differ."""

    call: str
    turn: int
    """From 1; one more than there are: the end of the call."""
    kind: Kind
    rule: str
    mistake: Wrong
    at_ms: int
    words: str
    """What was said there."""


@dataclass(slots=True)
class Score:
    """What has been counted so far."""

    rules: dict[tuple[str, Kind, str], Tally] = field(default_factory=dict[tuple[str, Kind, str], Tally])
    offers: Tally = field(default_factory=Tally)
    mistakes: list[Mistake] = field(default_factory=list[Mistake])
    may_not_sell_ms: int = 0
    early: list[Prompt] = field(default_factory=list[Prompt])
    """Shown while words went on, of calls as text."""

    def take(self, call: JudgedCall, playbook: Playbook, spoken: Sequence[Spoken]) -> None:
        """Judge what a playbook said in a call."""
        prompts = [one for one in spoken if isinstance(one, Prompt) and not one.from_partial]
        self._judge_prompts(call, playbook, prompts, _gone_ms(call, spoken))
        self._judge_flags(call, playbook, spoken)
        self._judge_selling(call, spoken)

    def _judge_prompts(
        self, call: JudgedCall, playbook: Playbook, prompts: Sequence[Prompt], gone_ms: Mapping[str, int]
    ) -> None:
        """One that is called for is there, too, where it came a little before by right and is still open."""
        offers = {offer.offer_id for offer in playbook.catalogue.offers} if playbook.catalogue else set[str]()
        shown: dict[str, list[Prompt]] = {}
        for prompt in {prompt.prompt_id: prompt for prompt in reversed(prompts)}.values():
            shown.setdefault(prompt.because.rule_id, []).append(prompt)
        for rule in {*shown, *call.prompts}:
            tally = self._tally(call, "prompt", rule)
            left = sorted(shown.get(rule, ()), key=lambda prompt: prompt.at_ms)
            right = 0
            for moment in call.prompts.get(rule, ()):
                stands = (one for one in left if one.at_ms < moment.start_ms < gone_ms[one.prompt_id])
                by_right = (one for one in stands if any(when.holds(one.at_ms) for when in call.allowed[rule]))
                hit = next((one for one in left if moment.holds(one.at_ms)), next(by_right, None))
                if hit is None:
                    self._note(call, moment.turn + 1, "prompt", rule, "missed", moment.start_ms)
                else:
                    left.remove(hit)
                    right += 1
            wrong = [one for one in left if not any(when.holds(one.at_ms) for when in call.allowed.get(rule, ()))]
            for prompt in wrong:
                self._note(call, call.turn_at(prompt.said_ms), "prompt", rule, "wrong", prompt.at_ms)
            for one in (tally, self.offers) if rule in offers else (tally,):
                one.expected += len(call.prompts.get(rule, ()))
                one.found += right + len(wrong)
                one.right += right

    def _judge_flags(self, call: JudgedCall, playbook: Playbook, spoken: Sequence[Spoken]) -> None:
        notes = {rule.rule_id for rule in playbook.rules if rule.flag and rule.flag.verdict == "met"}
        left = [
            said
            for said in said_in(spoken).values()
            if said.kind == "flag" and (said.standing in ("breach", "at_risk") or said.rule_id in notes)
        ]
        for said in left:
            self._tally(call, "flag", said.rule_id).found += 1
        for rule, verdict, moment in call.flags:
            tally = self._tally(call, "flag", rule)
            tally.expected += 1
            places = [
                (said, [said.first_ms, said.at_ms, *(piece.end_ms for piece in said.because.evidence)])
                for said in left
                if (said.rule_id, said.standing) == (rule, verdict)
            ]
            hit = next((said for said, at in places if any(moment.holds(at_ms) for at_ms in at)), None)
            if hit is None:
                self._note(call, moment.turn + 1, "flag", rule, "missed", moment.start_ms)
            else:
                left.remove(hit)
                tally.right += 1
        for said in left:
            self._note(call, call.turn_at(said.at_ms), "flag", said.rule_id, "wrong", said.at_ms)

    def _judge_selling(self, call: JudgedCall, spoken: Sequence[Spoken]) -> None:
        """Prompts that sell, shown where nothing may be sold, or still there once the words were decided."""
        gone = _gone_ms(call, spoken)
        for span in call.no_selling:
            self.may_not_sell_ms += span.end_ms - span.start_ms
            decided_ms = DECISION_MS + (call.turns[span.turn].end_ms if span.turn else 0)
            for prompt in spoken:
                if not isinstance(prompt, Prompt) or prompt.kind not in SELLING:
                    continue
                until_ms = gone.get(prompt.prompt_id, call.duration_ms)
                if span.holds(prompt.at_ms) or prompt.at_ms < span.start_ms <= decided_ms < until_ms:
                    at_ms = max(prompt.at_ms, span.start_ms)
                    self._note(call, call.turn_at(at_ms), "selling", prompt.because.rule_id, "forbidden", at_ms)

    def take_early(self, call: JudgedCall, prompts: Sequence[Prompt]) -> None:
        """Judge what was shown while words went on; a final may have withdrawn it."""
        self.early += prompts
        for prompt in prompts:
            rule = prompt.because.rule_id
            if prompt.kind in SELLING and any(span.holds(prompt.at_ms) for span in call.no_selling):
                self._note(call, call.turn_at(prompt.at_ms), "early", rule, "forbidden", prompt.at_ms)
            elif not any(moment.holds(prompt.at_ms) for moment in call.allowed.get(rule, ())):
                self._note(call, call.turn_at(prompt.at_ms), "early", rule, "wrong", prompt.at_ms)

    def _tally(self, call: JudgedCall, kind: Kind, rule: str) -> Tally:
        return self.rules.setdefault((call.playbook, kind, rule), Tally())

    def _note(self, call: JudgedCall, turn: int, kind: Kind, rule: str, mistake: Wrong, at_ms: int) -> None:
        words = call.turns[turn - 1].text if 0 < turn <= len(call.turns) else ""
        self.mistakes.append(Mistake(call.name, turn, kind, rule, mistake, at_ms, words))


async def measure_advice(settings: Settings, paths: Sequence[Path], logs: Sequence[Path] = ()) -> Mapping[str, Any]:
    """Each rule of the playbooks against the truth of the calls; ``logs`` hold the same calls as heard, by name.

    Raises InputError "bad-truth", "unreadable-events", "call-not-heard"; PlaybookError; ConfigurationError.
    """
    calls = read_judged_calls(paths)
    library = PlaybookLibrary(settings.playbooks_dir, default=settings.playbook)
    library.reload()
    books = [library.get(name) for name in sorted({call.playbook for call in calls})]
    rulesets = {book.name: Ruleset(book, phrase_listener(book)) for book in books}
    source = _heard(calls, logs) if logs else None
    score = Score()
    engine = Engine(workers=1)
    try:
        understanding = None if source else await open_understanding(settings, engine)
        url = settings.customers or f"csv:{CUSTOMERS_FILE}"
        async with open_customers(url) as customers:
            for call in calls:
                rules = rulesets[call.playbook]
                recorded = source[call.name] if source else read_call(
                    await log_of(call, rules.playbook, understanding, customers, opened_at=OPENED_AT)
                )  # fmt: skip
                score.take(call, rules.playbook, replay(recorded, rules))
                if source is None:
                    score.take_early(call, await early_prompts(recorded, rules, understanding))
    finally:
        await engine.close()
    return {
        "calls": len(calls),
        "turns": sum(len(call.turns) for call in calls),
        "words": "heard" if source else "text",
        "understanding": settings.nlu.model,
        "playbooks": sorted(rules.playbook.reference for rules in rulesets.values()),
        **report(score),
        "versions": versions(),
    }


def report(score: Score) -> Mapping[str, Any]:
    """What was counted, for people and machines."""
    rows = [
        {"playbook": playbook, "kind": kind, "rule": rule, **tally.as_values()}
        for (playbook, kind, rule), tally in sorted(score.rules.items())
        if tally.expected or tally.found
    ]
    forbidden = [one for one in score.mistakes if one.mistake == "forbidden" and one.kind == "selling"]
    early = [one.mistake for one in score.mistakes if one.kind == "early"]
    return {
        "selling": {
            "forbidden_s": score.may_not_sell_ms // 1_000,
            "shown_while_forbidden": len(forbidden),
            **{f"offers_{name}": value for name, value in score.offers.as_values().items()},
        },
        "early": {
            "shown": len(score.early),
            "wrong": early.count("wrong"),
            "sold_while_forbidden": early.count("forbidden"),
        },
        "prompts": _sum(tally for (_, kind, _), tally in score.rules.items() if kind == "prompt"),
        "flags": _sum(tally for (_, kind, _), tally in score.rules.items() if kind == "flag"),
        "rules": rows,
        "mistakes": [asdict(one) for one in sorted(score.mistakes, key=lambda one: (one.call, one.at_ms))],
    }


def _gone_ms(call: JudgedCall, spoken: Sequence[Spoken]) -> Mapping[str, int]:
    """When each prompt was no longer there, by id."""
    until_ms = {one.prompt_id: min(one.expires_ms, call.duration_ms) for one in spoken if isinstance(one, Prompt)}
    gone = ((one.prompt_id, one.at_ms) for one in spoken if isinstance(one, PromptUpdated))
    return {**until_ms, **{prompt_id: min(until_ms.get(prompt_id, at_ms), at_ms) for prompt_id, at_ms in gone}}


def _sum(tallies: Iterator[Tally]) -> Mapping[str, float | int | None]:
    known = list(tallies)
    return Tally(*(sum(getattr(one, name) for one in known) for name in ("expected", "found", "right"))).as_values()


def _heard(calls: Sequence[JudgedCall], logs: Sequence[Path]) -> Mapping[str, RecordedCall]:
    heard: dict[str, RecordedCall] = {}
    remembered = {call.name: history for call in calls if (history := history_of(call, OPENED_AT))}
    for call in calls_in_files(logs, Wanted()):
        if isinstance(call, Unread):
            raise InputError(f"{call.name} cannot be judged: {call.reason}", code=call.code)
        history = remembered.get(call.call_id)
        told = _remembering(call.told, history) if history else call.told
        heard[call.call_id] = replace(call, told=told, assignments=())
    missing = [call.name for call in calls if call.name not in heard or not call.is_timed]
    if missing:
        raise InputError(
            f"Not in the logs, or without the times of a recording: {', '.join(missing)}. Give the JSON files beside"
            " the recordings, and what `livecue transcribe --json` prints of them.",
            code="call-not-heard",
        )
    return heard


def _remembering(told: ToldInOrder, history: CustomerHistory) -> ToldInOrder:
    """What a recording brought with it knows nothing of earlier calls: the truth's stands first."""
    opened, *rest = [one for one in told if not isinstance(one[0], CustomerHistory)]
    return (opened, (history, ()), *rest)


async def log_of(
    call: JudgedCall,
    playbook: Playbook,
    understanding: Analyser | None,
    customers: CustomerDirectory | None,
    *,
    opened_at: datetime,
) -> list[Envelope]:
    """The log of a call whose words are recognised as they were said."""
    legs = tuple(Leg(party=party, codec="pcm_s16le", rate_hz=8_000) for party in ("agent", "customer"))
    events: list[Event] = [
        CallOpened(source="truth", legs=legs, agent=call.agent, customer=call.customer, playbook=playbook.reference)
    ]
    if customers is not None:
        events.append(await _look_up(call, customers))
    if history := history_of(call, opened_at):
        events.append(history)
    analyser = understanding.open_call(playbook) if understanding else None
    decided: list[tuple[int, Sequence[Event]]] = []
    for number, turn in enumerate(call.turns):
        said = utterance_of(number, turn.party, turn.text, turn.start_ms, turn.end_ms)
        onset = SpeechStarted(
            utterance_id=said.utterance_id,
            party=said.party,
            start_ms=said.start_ms,
            decided_ms=said.start_ms + ONSET_MS,
        )
        decided += [
            (onset.decided_ms, [onset]),
            (said.decided_ms, [said, *(await analyser.analyse(said) if analyser else ())]),
        ]
    events += (event for _, told in sorted(decided, key=lambda pair: pair[0]) for event in told)
    events.append(CallClosed(at_ms=max(call.duration_ms, decided[-1][0]), cause="hangup", ledger=()))
    return [
        Envelope(call_id=call.name, seq=seq, at=opened_at, event=event) for seq, event in enumerate(events, start=1)
    ]


async def _look_up(call: JudgedCall, customers: CustomerDirectory) -> CustomerLookedUp:
    record = await customers.look_up(call.customer.customer_id)
    return CustomerLookedUp(
        at_ms=0,
        customer_id=call.customer.customer_id,
        is_known=record.is_known,
        name=record.name,
        fields=record.fields,
        source=record.source,
        took_ms=0,
    )


def utterance_of(number: int, party: Literal["agent", "customer"], text: str, start_ms: int, end_ms: int) -> Utterance:
    """A final as a perfect recogniser would give it: a word per character, evenly spread."""
    edges = [start_ms + (end_ms - start_ms) * at // len(text) for at in range(len(text) + 1)]
    words = tuple(
        Word(text=char, start_ms=edges[at], end_ms=edges[at + 1], confidence=1.0) for at, char in enumerate(text)
    )
    return Utterance(
        utterance_id=f"u{number}", party=party, text=text, words=words, start_ms=start_ms, end_ms=end_ms,
        decided_ms=end_ms + HANGOVER_MS, confidence=1.0, model="truth@1",
    )  # fmt: skip
