"""What a running utterance seems to mean is told once it is stable, and never after its final."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from pathlib import Path
from typing import Protocol

import pytest

from assist.errors import OverloadedError
from assist.foresight import Foresight
from assist.journal import Journal
from assist.messages import IntentSignal, PartialTranscript, PhraseSignal, Signal, SilenceSignal, Utterance
from assist.spool import CallSpool, read_events
from tests.support.fakes import STEREO, FakeBus, FakeStore, ticking_clock

Wanted = Callable[[str], Sequence[Signal]]


class ScriptedAnalyser:
    """Finds what the script says of a text; ``gate`` holds it back."""

    def __init__(self, script: Wanted) -> None:
        self.script = script
        self.heard: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def analyse(self, utterance: Utterance) -> Sequence[Signal]:
        raise AssertionError("only what runs is asked for")

    async def foresee(self, heard: Utterance) -> Sequence[Signal]:
        self.heard.append(heard.text)
        await self.gate.wait()
        return self.script(heard.text)


def intent(label: str) -> IntentSignal:
    return IntentSignal(
        utterance_id="u1", party="customer", label=label, score=0.9, start_ms=0, end_ms=1, source="scripted@1"
    )


def phrase(label: str) -> PhraseSignal:
    return PhraseSignal(
        utterance_id="u1", party="customer", label=label, score=1.0, start_ms=0, end_ms=1, source="phrases@1",
        match="exact", span=(0, 2), quote=label,
    )  # fmt: skip


def partial(text: str, end_ms: int, *, stable: int | None = None, utterance_id: str = "u1") -> PartialTranscript:
    return PartialTranscript(
        utterance_id=utterance_id,
        party="customer",
        revision=1,
        text=text,
        stable_chars=len(text) if stable is None else stable,
        start_ms=0,
        end_ms=end_ms,
    )


class Scene:
    """A foresight at work, and what it logged."""

    def __init__(self, directory: Path, script: Wanted, words: Wanted | None = None) -> None:
        self.analyser = ScriptedAnalyser(script)
        self.analysers = {"scripted": self.analyser}
        self.sureness: list[float] = []
        if words is not None:
            self.analysers["phrases"] = ScriptedAnalyser(words)
        self.spool = CallSpool(directory / "c1", STEREO)
        self.journal = Journal("c1", self.spool, bus=FakeBus(), store=FakeStore(), now=ticking_clock())
        self.looks: list[tuple[str, int]] = []
        self.foresight = Foresight(self.journal, self.analysers, self.looked)
        self.task = asyncio.create_task(self.foresight.run())

    def looked(self, heard: Utterance, found: Sequence[Signal]) -> None:
        self.looks.append((heard.text, len(found)))
        self.sureness = [word.confidence for word in heard.words]

    @property
    def phrases_logged(self) -> int:
        return sum(isinstance(envelope.event, PhraseSignal) for envelope in read_events(self.spool.directory))

    @property
    def logged(self) -> list[tuple[str, bool]]:
        events = [envelope.event for envelope in read_events(self.spool.directory)]
        return [(event.label, event.from_partial) for event in events if isinstance(event, IntentSignal)]

    async def hear(self, *partials: PartialTranscript) -> None:
        for one in partials:
            self.foresight.hear(one)
        await settle()

    async def end(self) -> None:
        self.foresight.close()
        await self.task
        self.spool.close()


class MakeScene(Protocol):
    def __call__(self, script: Wanted, words: Wanted | None = None) -> Scene: ...


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncGenerator[MakeScene]:
    made: list[Scene] = []

    def make(script: Wanted, words: Wanted | None = None) -> Scene:
        made.append(Scene(tmp_path / str(len(made)), script, words))
        return made[-1]

    yield make
    for one in made:
        await one.end()


async def test_stable_words_give_early_signals_and_only_those_that_are_new(scene: MakeScene) -> None:
    here = scene(lambda text: (intent("query_bill"),) if len(text) < 12 else (intent("complain_billing"),))
    await here.hear(partial("我想问一下话费", 400, stable=6))
    await here.hear(partial("我想问一下话费怎么", 1_000))
    await here.hear(partial("我想问一下话费怎么又多扣了二十", 2_000))
    assert here.analyser.heard == ["我想问一下话", "我想问一下话费怎么又多扣了二十"]
    assert here.logged == [("query_bill", True), ("complain_billing", True)]


async def test_what_each_look_gave_is_handed_on_for_advice(scene: MakeScene) -> None:
    here = scene(lambda text: (intent("query_bill"),))
    await here.hear(partial("我想查话费啊", 400, stable=5), partial("我想查话费", 500))
    assert here.looks == [("我想查话费", 1)]
    here.foresight.forget("u1")
    assert here.looks == [("我想查话费", 1)]


async def test_few_new_characters_or_little_new_sound_are_not_looked_at(scene: MakeScene) -> None:
    here = scene(lambda text: ())
    await here.hear(partial("话费话费", 400))
    await here.hear(partial("话费话费怎么又", 900))
    await here.hear(partial("话费话费怎么又多", 600))
    assert here.analyser.heard == ["话费话费"]


async def test_the_newest_words_win_while_a_look_takes_its_time(scene: MakeScene) -> None:
    here = scene(lambda text: ())
    here.analyser.gate.clear()
    await here.hear(partial("一二三四", 400), partial("一二三四五六七八", 900))
    await here.hear(partial("一二三四五六七八九十零一", 1_500), partial("一二三四五六七八九十零一二三四五", 2_000))
    here.analyser.gate.set()
    await settle()
    assert here.analyser.heard[-1] == "一二三四五六七八九十零一二三四五"
    assert len(here.analyser.heard) == 2


async def test_nothing_is_told_of_an_utterance_that_is_decided(scene: MakeScene) -> None:
    here = scene(lambda text: (intent("query_bill"),))
    here.analyser.gate.clear()
    await here.hear(partial("我想查话费", 400))
    here.foresight.forget("u1")
    here.analyser.gate.set()
    await settle()
    assert here.logged == []


async def test_an_engine_without_time_is_asked_again_and_a_broken_analyser_is_not(scene: MakeScene) -> None:
    errors: list[Exception] = [OverloadedError("Full."), RuntimeError("broken")]

    def script(text: str) -> Sequence[Signal]:
        raise errors.pop(0)

    here = scene(script)
    await here.hear(partial("一二三四", 400))
    await here.hear(partial("一二三四五六七八", 900))
    await here.hear(partial("一二三四五六七八九十零一", 1_500))
    assert here.analyser.heard == ["一二三四", "一二三四五六七八"]
    assert "scripted" in here.analysers


async def test_signals_that_belong_to_no_utterance_are_left_out(scene: MakeScene) -> None:
    here = scene(lambda text: (SilenceSignal(start_ms=0, end_ms=5), intent("query_bill")))
    await here.hear(partial("我想查话费", 400))
    assert here.logged == [("query_bill", True)]


async def test_words_are_looked_for_in_all_that_is_shown_with_how_sure_each_character_is(scene: MakeScene) -> None:
    here = scene(lambda text: (), lambda text: (phrase("太贵"),) if "太贵" in text else ())
    here.foresight.hear(partial("那太贵了", 400, stable=1), (0.2, 0.9, 0.8))
    await settle()
    assert here.looks == [("那太贵了", 1)]
    assert here.sureness == [1.0, 0.9, 0.8, 0.0]
    assert here.analyser.heard == []
    assert here.phrases_logged == 0


async def test_words_do_not_wait_for_a_model_that_is_busy(scene: MakeScene) -> None:
    here = scene(lambda text: (intent("price_objection"),), lambda text: (phrase("太贵"),) if "太贵" in text else ())
    here.analyser.gate.clear()
    await here.hear(partial("这个也太贵了", 400), partial("这个也太贵了吧我不要", 1_000))
    assert here.looks == [("这个也太贵了吧我不要", 1)]
    here.analyser.gate.set()
    await settle()
    assert here.looks[1:] == [("这个也太贵了吧我不要", 2)]


async def test_words_of_an_utterance_that_is_over_are_not_taken_for_those_of_the_next(scene: MakeScene) -> None:
    here = scene(lambda text: (intent("query_bill"),))
    here.analyser.gate.clear()
    await here.hear(partial("我想查话费", 400))
    here.foresight.hear(partial("我想查话费还有别的", 900))
    here.foresight.hear(partial("嗯", 1_500, utterance_id="u2"))
    here.analyser.gate.set()
    await settle()
    assert here.logged == []
