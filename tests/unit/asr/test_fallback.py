"""Which recogniser decodes while one fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import numpy as np
import pytest

from asr.completion import UNSCORED_CONFIDENCE
from asr.fallback import Breaker, FallbackSettings, RecogniserChain, Standby
from asr.lane import RecogniserTranscriber
from asr.speech import Hypothesis, SpeechRequest
from assist.errors import ModelFilesError, RecogniserError
from assist.messages import Utterance
from models.engine import Engine, Priority
from tests.support.speech import (
    LIVE_LEG,
    CheckingSink,
    FakeRunner,
    LevelDetector,
    filled,
    frames,
    hypothesis,
    sound,
)

SAMPLES = np.zeros(16_000, np.float32)
LONG_REST = FallbackSettings(failures_limit=2, rest_s=3_600.0, longest_rest_s=3_600.0)
NO_REST = FallbackSettings(failures_limit=2, rest_s=1e-9, longest_rest_s=1e-9)


@pytest.fixture
async def engine() -> AsyncGenerator[Engine]:
    engine = Engine()
    yield engine
    await engine.close()


class Frail(FakeRunner):
    """Fails until it is healed."""

    def __init__(self) -> None:
        super().__init__(self._answer, name="frail@1")
        self.is_healed = False

    def _answer(self, _: SpeechRequest) -> Hypothesis | Exception:
        return hypothesis("你好") if self.is_healed else RecogniserError("No.")


def sturdy(_: SpeechRequest) -> Hypothesis:
    return hypothesis("您好")


def standby(runner: FakeRunner) -> Standby:
    return Standby(runner.name, lambda: runner)


async def ask(chain: RecogniserChain, *, priority: Priority = Priority.FINAL, is_urgent: bool = True) -> Hypothesis:
    deadline_s = asyncio.get_running_loop().time() + 60 if is_urgent else None
    effort = "partial" if priority is Priority.PARTIAL else "final"
    return await chain.run(SpeechRequest(SAMPLES, effort), priority=priority, deadline_s=deadline_s)


async def test_a_final_that_one_recogniser_fails_on_is_asked_of_the_next(engine: Engine) -> None:
    chain = RecogniserChain(engine, Frail(), [standby(FakeRunner(sturdy))], settings=LONG_REST)
    heard = await ask(chain)
    assert (heard.text, heard.model) == ("您好", "fake@1")


async def test_a_partial_is_not_worth_asking_twice(engine: Engine) -> None:
    spare = FakeRunner(sturdy)
    chain = RecogniserChain(engine, Frail(), [standby(spare)], settings=LONG_REST)
    with pytest.raises(RecogniserError):
        await ask(chain, priority=Priority.PARTIAL)
    assert not spare.requests


async def test_after_some_failures_in_a_row_the_next_takes_charge(engine: Engine) -> None:
    frail = Frail()
    chain = RecogniserChain(engine, frail, [standby(FakeRunner(sturdy))], settings=LONG_REST)
    for _ in range(5):
        await ask(chain)
    assert len(frail.requests) == LONG_REST.failures_limit
    assert chain.current.name == "fake@1"
    assert (await ask(chain, priority=Priority.PARTIAL)).text == "您好"


async def test_a_success_between_failures_starts_the_count_again(engine: Engine) -> None:
    frail = Frail()
    chain = RecogniserChain(engine, frail, [standby(FakeRunner(sturdy))], settings=LONG_REST)
    for is_healed in (False, True, False, True, False):
        frail.is_healed = is_healed
        await ask(chain)
    assert chain.current is frail


async def test_only_what_nobody_waits_for_tries_a_rested_recogniser(engine: Engine) -> None:
    frail = Frail()
    chain = RecogniserChain(engine, frail, [standby(FakeRunner(sturdy))], settings=NO_REST)
    for _ in range(NO_REST.failures_limit):
        await ask(chain)
    frail.is_healed = True
    assert (await ask(chain)).model == "fake@1"
    assert (await ask(chain, priority=Priority.PARTIAL)).model == "frail@1"
    assert (await ask(chain)).model == "frail@1"


async def test_the_final_of_a_recording_may_try_and_is_not_lost(engine: Engine) -> None:
    frail = Frail()
    chain = RecogniserChain(engine, frail, [standby(FakeRunner(sturdy))], settings=NO_REST)
    for _ in range(NO_REST.failures_limit + 1):
        assert (await ask(chain, is_urgent=False)).model == "fake@1"
    assert len(frail.requests) == NO_REST.failures_limit + 1


async def test_a_standby_is_loaded_once_when_it_is_first_needed(engine: Engine) -> None:
    loads: list[int] = []

    def load() -> FakeRunner:
        loads.append(1)
        return FakeRunner(sturdy)

    frail = Frail()
    frail.is_healed = True
    chain = RecogniserChain(engine, frail, [Standby("fake@1", load)], settings=LONG_REST)
    await ask(chain)
    assert not loads
    frail.is_healed = False
    await asyncio.gather(*(ask(chain) for _ in range(4)))
    assert len(loads) == 1


async def test_a_standby_that_cannot_be_loaded_leaves_the_first_failure(engine: Engine) -> None:
    def load() -> FakeRunner:
        raise ModelFilesError("Gone.")

    chain = RecogniserChain(engine, Frail(), [Standby("gone@1", load)], settings=LONG_REST)
    with pytest.raises(RecogniserError, match="No"):
        await ask(chain)


async def test_what_is_wrong_with_the_request_is_not_held_against_the_recogniser(engine: Engine) -> None:
    too_long = RecogniserError("Too long.", code="utterance-too-long")
    runner = FakeRunner(lambda _: too_long)
    chain = RecogniserChain(engine, runner, [standby(FakeRunner(sturdy, name="other@1"))], settings=LONG_REST)
    for _ in range(3):
        with pytest.raises(RecogniserError, match="Too long"):
            await ask(chain)
    assert chain.current is runner


async def test_a_text_without_probabilities_says_nothing_either_way(engine: Engine) -> None:
    plain = Hypothesis("您好", is_scored=False)
    heard = await ask(RecogniserChain(engine, FakeRunner(lambda _: plain)))
    assert [character.confidence for character in heard.characters] == [UNSCORED_CONFIDENCE] * 2


async def test_a_lane_loses_no_words_and_says_who_wrote_them(engine: Engine) -> None:
    frail, sink = Frail(), CheckingSink()
    broken_ms = 1_800

    def hear(request: SpeechRequest) -> Hypothesis | Exception:
        return RecogniserError("No.") if len(request.samples) < broken_ms * 16 else hypothesis("你好")

    frail.hear = hear
    transcriber = RecogniserTranscriber(engine, frail, LevelDetector, standbys=[standby(FakeRunner(sturdy))])
    turns = b"".join(sound(True, speech_ms) + sound(False, 1_500) for speech_ms in (1_000, 1_200, 1_600, 1_800))
    await transcriber.open_lane("call", LIVE_LEG, pace="replay").run(filled(frames(turns)), sink)
    sink.assert_complete()
    written = [(final.text, final.model) for final in sink.finals if isinstance(final, Utterance)]
    assert written == [("您好", "fake@1"), ("您好", "fake@1"), ("你好", "frail@1"), ("你好", "frail@1")]
    assert sink.health == [("recogniser-fallback", False), ("recogniser-fallback", True)]


def test_every_failed_trial_doubles_the_rest_up_to_its_limit() -> None:
    breaker = Breaker(FallbackSettings(failures_limit=1, rest_s=10, longest_rest_s=30))
    now_s = 0.0
    for rest_s in (10, 20, 30, 30):
        breaker.failed(now_s)
        assert not breaker.lets_in(now_s + rest_s - 1, is_trial=True)
        assert breaker.lets_in(now_s + rest_s, is_trial=True)
        assert not breaker.lets_in(now_s + rest_s, is_trial=False)
        now_s += rest_s
    breaker.succeeded()
    assert not breaker.is_open
    breaker.failed(now_s)
    assert breaker.lets_in(now_s + 10, is_trial=True)


@pytest.mark.parametrize(
    "settings",
    [FallbackSettings(failures_limit=0), FallbackSettings(rest_s=0), FallbackSettings(rest_s=2, longest_rest_s=1)],
)
def test_settings_that_make_no_sense_are_refused(settings: FallbackSettings) -> None:
    with pytest.raises(ValueError):
        Breaker(settings)
