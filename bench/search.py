"""How fast calls are found: an archive of made-up calls, and the questions that people would ask of it.

What is said are stretches of the dialogues that the models are trained on, so that words are as frequent as in such
calls; sentences recur more often than in real ones. The clock on the wall tells, as the API sees it: the driver's
thread, the reading of documents and the snippets are part of it.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import func, insert, select, text

from assist.errors import InputError
from assist.messages import OfferReaction, Severity, Verdict
from assist.search.archive import CallArchive
from assist.search.document import ArchivedCall, CallDocument, Felt, FoundFlag, FoundOffer, Line
from assist.search.language import conditions_of
from assist.search.places import Placer
from assist.search.query import By, Order, PageWanted, Search
from assist.stores import schema
from assist.stores.archive import SqlCallArchive, write_archived
from assist.stores.archive_by_meaning import ArchiveByMeaning
from assist.stores.database import Database
from assist.stores.meaning_search import MeaningSearch
from assist.stores.meanings import MeaningStore
from bench.known_placer import KnownPlacer, place_all
from bench.rule_material import EVERYDAY, read_turns
from models.load import percentile
from models.train.scenes import Turn

NOW = datetime(2026, 3, 9, 2, tzinfo=UTC)
DAYS = 180
"""Over which calls are spread."""
AGENTS = 200
CUSTOMERS = 40_000
CHAR_MS = 200
BATCH = 500
"""Calls written in one transaction."""
PAGE = 20
SENTENCE_CHARS = 6
"""At least, of a sentence that is looked for by its meaning."""
RULES = tuple(f"rule-{number}" for number in range(40))
OFFERS = tuple(f"offer-{number}" for number in range(12))
VERDICTS: tuple[Verdict, ...] = ("breach", "at_risk", "met", "abstained")
SEVERITIES: tuple[Severity, ...] = ("critical", "major", "minor")
REACTIONS: tuple[OfferReaction, ...] = ("accepted", "hesitant", "refused", "ignored")

_SIGNS = re.compile(r"[^\u4e00-\u9fff]")

QUESTIONS: Mapping[str, tuple[str, Order, By]] = {
    "newest": ("", "newest", "words"),
    "everyday_word": ("{everyday}", "relevance", "words"),
    "everyday_word_newest": ("{everyday}", "newest", "words"),
    "one_character": ("{character}", "newest", "words"),
    "word": ("{word}", "relevance", "words"),
    "two_words": ("{word} {everyday}", "relevance", "words"),
    "phrase": ('"{phrase}"', "relevance", "words"),
    "word_of_party": ("party:customer {word}", "relevance", "words"),
    "word_and_excluded": ("{word} -{everyday}", "newest", "words"),
    "word_of_agent_in_days": ("{word} agent:{agent} date:{days}", "relevance", "words"),
    "customer": ("customer:{customer}", "newest", "words"),
    "flag_of_days": ("flag:{rule} verdict:breach date:{days}", "newest", "words"),
    "intent_and_emotion": ("intent:{intent} emotion:angry", "newest", "words"),
    "refused_offer_and_word": ("offer:{offer} reaction:refused {everyday}", "relevance", "words"),
    "silence_and_word": ("silence>30s silence>=10% {word}", "relevance", "words"),
    "length_and_course": ("duration:1m..4m ends:neutral worst:angry", "longest", "words"),
    "all_together": ("{word} flag:* intent:{intent} emotion:angry silence>5s date:{days}", "relevance", "words"),
    "meaning": ("{sentence}", "relevance", "meaning"),
    "meaning_of_party": ("party:customer {sentence}", "relevance", "meaning"),
    "meaning_of_agent_in_days": ("{sentence} agent:{agent} date:{days}", "relevance", "meaning"),
    "meaning_with_intent": ("{sentence} intent:{intent} emotion:angry", "relevance", "meaning"),
    "meaning_without_word": ("{sentence} -{everyday}", "newest", "meaning"),
    "word_or_meaning": ("{word}", "relevance", "both"),
    "everyday_word_or_meaning": ("{everyday}", "relevance", "both"),
    "sentence_or_meaning": ("{sentence} silence>5s", "relevance", "both"),
}
"""Kinds of questions, as they stand in the box, the order of what is found, and how words are found."""


@dataclass(frozen=True, slots=True)
class Load:
    """What is measured."""

    calls: int = 100_000
    utterances: int = 24
    """Of a call, on average."""
    questions: int = 40
    """Of each kind, with other words each time."""
    seed: int = 1


async def measure_search(
    load: Load, url: str, placer: Placer, *, on_progress: Callable[[str], None]
) -> Mapping[str, object]:
    """Milliseconds from question to page, and to the count, by kind of question.

    ``url``: an empty database, or one that was filled by the same load before; "": one that goes at the end.
    Raises InputError "bench-other-calls" where it holds any others.
    """
    turns = read_turns()
    async with _database(url) as database:
        on_progress(f"writing {load.calls} calls")
        begun_s = time.perf_counter()
        is_filled = await _is_filled(database, load)
        if not is_filled:
            await _fill(database, turns, load, random.Random(load.seed))
        filled_s = time.perf_counter() - begun_s
        pick = random.Random(-load.seed)
        meanings = MeaningSearch(MeaningStore(database), KnownPlacer(placer))
        placed_s, loaded_s = await place_all(meanings, on_progress=on_progress)
        archive = ArchiveByMeaning(database, SqlCallArchive(database), meanings)
        found_ms: dict[str, list[float]] = {}
        counted_ms: dict[str, list[float]] = {}
        found: dict[str, float] = {}
        for kind, (pattern, order, by) in QUESTIONS.items():
            on_progress(f"asking {kind}")
            asked = [pattern.format_map(_Words(turns, pick)) for _ in range(load.questions)]
            found_ms[kind], counted_ms[kind], found[kind] = await _ask(archive, asked, order, by)
        on_progress("turning pages")
        found_ms["fifth_page"] = await _turn_pages(archive, load.questions)
        size_mib = await _size_mib(database)
    every = [ms for times in found_ms.values() for ms in times]
    return {
        **asdict(load),
        "dialect": database.engine.dialect.name,
        "turns_of_material": len(turns),
        "database_mib": size_mib,
        "utterances_placed": meanings.utterances,
        "place_s": placed_s,
        "load_places_s": loaded_s,
        "write_s": None if is_filled else round(filled_s, 1),
        "calls_found_mean": found,
        "find_ms": _times(every),
        "find_by_words_ms": _times([ms for kind, times in found_ms.items() if _by(kind) == "words" for ms in times]),
        "find_by_meaning_ms": _times([ms for kind, times in found_ms.items() if _by(kind) != "words" for ms in times]),
        **{f"{kind}_ms": _times(times) for kind, times in found_ms.items()},
        **{f"{kind}_count_ms": _times(times) for kind, times in counted_ms.items()},
    }


def _by(kind: str) -> By:
    return QUESTIONS[kind][2] if kind in QUESTIONS else "words"


@asynccontextmanager
async def _database(url: str) -> AsyncGenerator[Database]:
    with TemporaryDirectory() as directory:
        database = await Database.open(url or f"sqlite:///{Path(directory)}/search.db")
        try:
            yield database
        finally:
            await database.close()


class _Words(dict[str, str]):
    """Words of a question, each chosen when it is asked for."""

    def __init__(self, turns: Sequence[Turn], pick: random.Random) -> None:
        super().__init__()
        self._turns = turns
        self._pick = pick

    def __missing__(self, name: str) -> str:
        pick = self._pick
        match name:
            case "everyday":
                return pick.choice(EVERYDAY)
            case "character" | "word" | "phrase":
                length = {"character": 1, "word": 2, "phrase": pick.randint(4, 7)}[name]
                return _stretch(self._turns, pick, length)
            case "sentence":
                return _sentence(self._turns, pick)
            case "agent":
                return _agent(pick)
            case "customer":
                return _customer(pick)
            case "days":
                first = NOW - timedelta(days=pick.randrange(7, DAYS))
                return f"{first:%Y-%m-%d}..{first + timedelta(days=7):%Y-%m-%d}"
            case "rule":
                return pick.choice(RULES)
            case "offer":
                return pick.choice(OFFERS)
            case "intent":
                return next(turn.intents[0] for turn in iter(lambda: pick.choice(self._turns), None) if turn.intents)
            case _:
                raise KeyError(name)


def _stretch(turns: Sequence[Turn], pick: random.Random, length: int) -> str:
    """So many characters of a sentence that stand together."""
    while True:
        said = pick.choice(turns).text
        start = pick.randrange(len(said))
        found = said[start : start + length]
        if len(found) == length and all("\u4e00" <= char <= "\u9fff" for char in found):
            return found


def _sentence(turns: Sequence[Turn], pick: random.Random) -> str:
    """What was said in a turn, up to its first sign."""
    while True:
        said = _SIGNS.split(pick.choice(turns).text)[0]
        if len(said) >= SENTENCE_CHARS and ":" not in said:
            return said


async def _ask(
    archive: CallArchive, asked: Sequence[str], order: Order, by: By
) -> tuple[list[float], list[float], float]:
    found_ms, counted_ms, calls = list[float](), list[float](), 0
    for question in asked:
        search = Search(conditions_of(question, zone=UTC, now=NOW), by=by)
        begun_s = time.perf_counter()
        await archive.find(search, PageWanted(limit=PAGE, order=order))
        found_s = time.perf_counter()
        calls += await archive.count(search)
        found_ms.append((found_s - begun_s) * 1000)
        counted_ms.append((time.perf_counter() - found_s) * 1000)
    return found_ms, counted_ms, round(calls / len(asked), 1)


async def _turn_pages(archive: CallArchive, times: int) -> list[float]:
    """The fifth page of all calls, time and again."""
    times_ms: list[float] = []
    for number in range(times):
        after: str | None = None
        for _ in range(4):
            after = (await archive.find(Search(), PageWanted(limit=PAGE + number % 5, after=after))).next
        begun_s = time.perf_counter()
        await archive.find(Search(), PageWanted(limit=PAGE, after=after))
        times_ms.append((time.perf_counter() - begun_s) * 1000)
    return times_ms


async def _is_filled(database: Database, load: Load) -> bool:
    """Whether it holds what the load writes; False: nothing."""
    calls = schema.calls.c
    counted = select(func.count(), func.count().filter(calls.source == _source(load))).select_from(schema.calls)
    async with database.reading() as connection:
        held, own = (await connection.execute(counted)).one()
    if held not in (0, load.calls) or own != held:
        raise InputError("The database holds calls of something else; name an empty one.", code="bench-other-calls")
    return bool(held)


async def _fill(database: Database, turns: Sequence[Turn], load: Load, pick: random.Random) -> None:
    made = _calls(turns, load, pick)
    while batch := list(islice(made, BATCH)):
        async with database.writing() as connection:
            await connection.execute(
                insert(schema.calls), [summary_row(call.document, _source(load)) for call in batch]
            )
            await write_archived(connection, {call.document.call_id: call for call in batch})
    if database.engine.dialect.name == "postgresql":
        async with database.writing() as connection:  # as its autovacuum does after a while
            await connection.execute(text("ANALYZE"))


def _source(load: Load) -> str:
    """By which an archive that was filled before is known again."""
    return f"bench-{load.utterances}-{load.seed}"


def _calls(turns: Sequence[Turn], load: Load, pick: random.Random) -> Iterator[ArchivedCall]:
    for number in range(load.calls):
        length = pick.randint(load.utterances // 2, load.utterances * 3 // 2)
        begin = pick.randrange(len(turns) - length)
        yield _call(f"call-{number}", turns[begin : begin + length], pick)


def _call(call_id: str, turns: Sequence[Turn], pick: random.Random) -> ArchivedCall:
    lines: list[Line] = []
    feelings: list[Felt] = []
    at_ms = 0
    for number, turn in enumerate(turns):
        start_ms = at_ms + pick.randrange(1_500)
        at_ms = start_ms + len(turn.text) * CHAR_MS
        lines.append(Line(f"{turn.party}-{number}", turn.party, start_ms, at_ms, turn.text))
        if turn.party == "customer" and (not feelings or feelings[-1].label != turn.emotion):
            feelings.append(Felt(turn.emotion, turn.intensity, -turn.intensity / 3, start_ms))
    longest_ms = pick.choice((0, 0, 6_000, 12_000, 45_000))
    document = CallDocument(
        call_id=call_id,
        opened_at=NOW - timedelta(seconds=pick.randrange(1, DAYS * 86_400)),
        duration_ms=at_ms + longest_ms,
        direction="inbound",
        cause="hangup",
        agent_id=_agent(pick),
        agent_name="小王",
        customer_id=_customer(pick),
        customer_name="",
        playbook="telecom@1",
        utterances=len(lines),
        silence_ms=longest_ms,
        longest_silence_ms=longest_ms,
        overtalk_ms=pick.choice((0, 0, 800, 4_000)),
        intents=tuple(dict.fromkeys(label for turn in turns for label in turn.intents)),
        feelings=tuple(feelings),
        flags=tuple(_flag(rule, pick) for rule in pick.sample(RULES, pick.randrange(4))),
        offers=tuple(FoundOffer(offer, offer, pick.choice(REACTIONS), False) for offer in pick.sample(OFFERS, 1)),
    )
    return ArchivedCall(document, tuple(lines))


def _flag(rule: str, pick: random.Random) -> FoundFlag:
    return FoundFlag(rule, rule, f"{rule} 的标题", pick.choice(SEVERITIES), pick.choice(VERDICTS), 0)


def _agent(pick: random.Random) -> str:
    return str(8_000 + pick.randrange(AGENTS))


def _customer(pick: random.Random) -> str:
    return f"1380000{pick.randrange(CUSTOMERS):05d}"


def summary_row(document: CallDocument, source: str) -> dict[str, object]:
    """The row of the call list that a document hangs on."""
    return {
        "call_id": document.call_id,
        "source": source,
        "opened_at": document.opened_at,
        "closed_at": document.opened_at + timedelta(milliseconds=document.duration_ms),
        "cause": document.cause,
        "duration_ms": document.duration_ms,
        "agent_id": document.agent_id,
        "agent_name": document.agent_name,
        "customer_id": document.customer_id,
        "customer_name": document.customer_name,
        "external_id": None,
        "playbook": document.playbook,
        "utterances": document.utterances,
        "prompts": 0,
        "flags": 0,
        "last_seq": 1,
        "has_audio": False,
        "standing_flags": (),
    }


async def _size_mib(database: Database) -> float:
    sizes = {
        "sqlite": "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
        "postgresql": "SELECT pg_database_size(current_database())",
    }
    async with database.reading() as connection:
        size = (await connection.execute(text(sizes[database.engine.dialect.name]))).scalar_one()
    return round(size / 2**20, 1)


def _times(times_ms: Sequence[float]) -> Mapping[str, float]:
    return {
        "n": len(times_ms),
        **{f"p{share}": round(percentile(times_ms, share / 100), 2) for share in (50, 95, 99)},
        "max": round(max(times_ms), 2),
    }
