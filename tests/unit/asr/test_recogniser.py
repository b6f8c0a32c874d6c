"""Which decode of a segment stands."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Mapping
from dataclasses import replace
from typing import Protocol

import numpy as np
import pytest

from asr.confidence import WHISPER_BASE
from asr.guards import Acoustics
from asr.recogniser import Recogniser, Rejected, Transcript
from asr.speech import Effort, Hypothesis, SpeechRequest, Voice
from asr.text import letters
from asr.voice.judge import EVERYBODY, VoiceJudge, VoiceModel, features_of
from asr.voice.prosody import Prosody
from asr.voice.sound import Sound
from assist.messages import Party
from models.engine import Engine
from tests.support.speech import WHISPER_LIKE, FakeRunner, hypothesis

CLEAR = Acoustics(speech_ms=4_000, speech_share=0.95, level_dbfs=-22.0, noise_dbfs=-63.0)
SAMPLES = np.random.default_rng(1).uniform(-0.1, 0.1, 4 * 16_000).astype(np.float32)
PART = hypothesis("半")
LOOP = hypothesis("你只能选择两个" * 4)
SURE = hypothesis("北京楼市反应究竟如何，你来说说")


class Recognise(Protocol):
    def __call__(self, heard: Mapping[Effort, Hypothesis], part: Hypothesis = PART) -> Scene: ...


class Scene:
    """A recogniser that hears what it is told for each effort."""

    def __init__(self, engine: Engine, heard: Mapping[Effort, Hypothesis], part: Hypothesis) -> None:
        self.runner = FakeRunner(self._answer, capabilities=replace(WHISPER_LIKE, calibration=WHISPER_BASE))
        self._heard = heard
        self._part = part
        self.samples = SAMPLES
        self._recogniser = Recogniser(engine, self.runner)

    @property
    def efforts(self) -> list[Effort]:
        return [request.effort for request in self.runner.requests]

    async def final(self, acoustics: Acoustics = CLEAR) -> Transcript | Rejected:
        return await self._recogniser.final(self.samples, acoustics, lane="lane", deadline_s=None)

    async def transcript(self, acoustics: Acoustics = CLEAR) -> Transcript:
        outcome = await self.final(acoustics)
        assert isinstance(outcome, Transcript)
        return outcome

    def _answer(self, request: SpeechRequest) -> Hypothesis:
        return self._part if len(request.samples) < len(self.samples) else self._heard[request.effort]


@pytest.fixture
async def scene() -> AsyncGenerator[Recognise]:
    engine = Engine()
    yield lambda heard, part=PART: Scene(engine, heard, part)
    await engine.close()


async def test_a_sure_text_is_decoded_once(scene: Recognise) -> None:
    asked = scene({"final": SURE})
    transcript = await asked.transcript()
    assert (transcript.text, transcript.guards, transcript.raw_text) == (SURE.text, (), None)
    assert asked.efforts == ["final"]


async def test_words_say_how_likely_they_are_right_and_the_utterance_how_much_of_it_is(scene: Recognise) -> None:
    hazy = replace(SURE, log_probability=-1.2)
    sure, unsure = await scene({"final": SURE}).transcript(), await scene({"final": hazy}).transcript()
    assert not any(word.is_doubtful for word in sure.words)
    assert all(word.is_doubtful for word in unsure.words)
    assert unsure.confidence == pytest.approx(sum(word.confidence for word in unsure.words) / len(unsure.words))


async def test_the_first_sound_decode_replaces_a_broken_one(scene: Recognise) -> None:
    asked = scene({"final": LOOP, "careful": LOOP, "full": SURE})
    transcript = await asked.transcript()
    assert transcript.text == SURE.text
    assert transcript.guards == ("repetition", "redecoded")
    assert transcript.raw_text == LOOP.text
    assert asked.efforts == ["final", "careful", "full"]


async def test_what_loops_as_a_whole_is_decoded_in_halves(scene: Recognise) -> None:
    asked = scene({"final": LOOP, "careful": LOOP, "full": LOOP}, part=hypothesis("前半句话是这样"))
    transcript = await asked.transcript()
    assert transcript.text == "前半句话是这样前半句话是这样"
    assert transcript.guards == ("repetition", "redecoded", "halved")
    assert transcript.words[7].start_ms > 1_000


async def test_a_doubled_short_text_is_decoded_again(scene: Recognise) -> None:
    asked = scene({"final": hypothesis("西马庄学校西马庄学校"), "careful": hypothesis("西马庄学校")})
    asked.samples = SAMPLES[:32_000]
    transcript = await asked.transcript(replace(CLEAR, speech_ms=1_200))
    assert (transcript.text, transcript.guards[0]) == ("西马庄学校", "doubled")


async def test_one_copy_of_a_text_that_never_comes_single_is_kept_and_all_of_it_doubted(scene: Recognise) -> None:
    doubled = replace(hypothesis("西马庄学校西马庄学校"), log_probability=-0.9)
    asked = scene({"final": doubled, "careful": doubled, "full": doubled})
    asked.runner.hear = lambda request: doubled
    asked.samples = SAMPLES[:40_000]
    transcript = await asked.transcript(replace(CLEAR, speech_ms=1_200))
    assert transcript.text == "西马庄学校"
    assert transcript.guards == ("doubled", "repetition-trimmed", "uncertain")
    assert all(word.is_doubtful for word in transcript.words)


async def test_a_text_that_stops_too_early_is_decoded_in_halves_first(scene: Recognise) -> None:
    asked = scene({"final": hypothesis("前半")}, part=hypothesis("前半句话后半"))
    transcript = await asked.transcript()
    assert (transcript.text, transcript.guards) == (
        "前半句话后半前半句话后半",
        ("too-slow", "gap", "redecoded", "halved"),
    )
    assert asked.efforts == ["final", "final", "final"]


async def test_a_text_that_stops_in_a_pause_is_kept_and_goes_on_from_there(scene: Recognise) -> None:
    early = hypothesis("北京楼市反应究竟如何，中国现在处于")
    later = "绝对安全位置没有任何变化请您放心等待我们"
    asked = scene({"final": early}, part=hypothesis(later))
    asked.samples = np.concatenate([SAMPLES, SAMPLES])
    transcript = await asked.transcript(replace(CLEAR, speech_ms=8_000))
    assert transcript.guards == ("gap", "redecoded", "continued")
    whole, rest = (len(request.samples) for request in asked.runner.requests)
    cut_ms = (whole - rest) // 16
    assert abs(cut_ms - 3_400) <= 850
    kept = len([each for each in early.characters if each.start_ms + each.end_ms < 2 * cut_ms])
    assert letters(transcript.text) == letters(early.text[:kept] + later)
    assert transcript.words[-1].end_ms > cut_ms + 3_900


async def test_a_rest_that_stops_as_well_goes_on_again(scene: Recognise) -> None:
    asked = scene({})
    told = iter(["北京楼市反应究竟如何", "现在处于绝对安全位置", "请您放心等待我们回复电话的通知"])
    asked.runner.hear = lambda _: hypothesis(next(told))
    asked.samples = np.concatenate([SAMPLES, SAMPLES])
    for pause_s in (2, 4):
        asked.samples[pause_s * 16_000 : pause_s * 16_000 + 3_200] = 0.0
    transcript = await asked.transcript(replace(CLEAR, speech_ms=8_000))
    assert transcript.guards[-1] == "continued"
    whole, rest, last = (len(request.samples) for request in asked.runner.requests)
    assert [(whole - each) // 16_000 for each in (rest, last)] == [2, 4]
    assert transcript.text.endswith("请您放心等待我们回复电话的通知")


async def test_a_silent_stretch_within_the_words_is_cut_where_it_begins(scene: Recognise) -> None:
    early = hypothesis("北京楼市反应究竟如何，中国现在处于")
    last = replace(early.characters[-1], start_ms=7_400, end_ms=7_600)
    stretched = replace(early.characters[-2], end_ms=7_400)
    asked = scene(
        {"final": replace(early, characters=(*early.characters[:-2], stretched, last))},
        part=hypothesis("北京楼市" * 2 + "反应究竟如何，" + "中国现在处于绝对安全"),
    )
    asked.samples = np.concatenate([SAMPLES, SAMPLES])
    transcript = await asked.transcript(replace(CLEAR, speech_ms=8_000))
    assert transcript.guards == ("gap", "redecoded", "halved")
    whole, before, after = (len(request.samples) for request in asked.runner.requests)
    assert abs(before // 16 - 3_000) <= 850
    assert before + after == whole


async def test_of_texts_that_all_stop_too_early_the_longest_stands(scene: Recognise) -> None:
    asked = scene({"final": hypothesis("想听"), "careful": hypothesis("想听歌曲爱"), "full": hypothesis("想")})
    transcript = await asked.transcript()
    assert (transcript.text, transcript.guards) == ("想听歌曲爱", ("too-slow", "gap", "redecoded", "uncertain"))
    assert asked.efforts == ["final", "final", "final", "careful", "full"]


async def test_an_echo_of_the_prompt_in_poor_sound_is_dropped(scene: Recognise) -> None:
    asked = scene({"final": hypothesis("以下是普通话的句子。")})
    assert await asked.final(replace(CLEAR, speech_share=0.2)) == Rejected("prompt-echo")


async def test_a_recogniser_without_calibration_is_taken_at_its_word() -> None:
    engine = Engine()
    recogniser = Recogniser(engine, FakeRunner(lambda _request: SURE))
    outcome = await recogniser.final(SAMPLES, CLEAR, lane="lane", deadline_s=None)
    await engine.close()
    assert isinstance(outcome, Transcript)
    assert {word.confidence for word in outcome.words} == {0.9}
    assert not any(word.is_doubtful for word in outcome.words)


# --- the voice -----------------------------------------------------------------------------------------------------


class Judged:
    """A recogniser whose decodes have a sound, and a judge of it."""

    def __init__(
        self,
        engine: Engine,
        heard: Mapping[Effort, Hypothesis],
        *,
        knows: str = "fake",
        parties: Collection[Party] = EVERYBODY,
    ) -> None:
        self.runner = FakeRunner(
            lambda request: replace(heard[request.effort], sound=SOUND if request.wants_sound else None)
        )
        self._recogniser = Recogniser(engine, self.runner, judge=VoiceJudge(voice_model(knows), parties))

    async def final(self, party: Party = "customer") -> Transcript | Rejected:
        return await self._recogniser.final(SAMPLES, CLEAR, lane=Voice("call", party), deadline_s=None)


SOUND = Sound(np.zeros(4, np.float32), Prosody(-25.0, 200.0, 4.0, 0.8, 6.0, -8.0))


def voice_model(recogniser: str) -> VoiceModel:
    size = len(features_of(SOUND))
    nothing, one = np.zeros((3, size), np.float32), np.ones(size, np.float32)
    return VoiceModel(nothing[0], one, nothing, np.array([2, 0, 0], np.float32), "voice-test@1", recogniser)


@pytest.fixture
async def engine() -> AsyncGenerator[Engine]:
    engine = Engine()
    yield engine
    await engine.close()


async def test_an_utterance_says_how_it_sounded(engine: Engine) -> None:
    judged = Judged(engine, {"final": SURE})
    transcript = await judged.final()
    assert isinstance(transcript, Transcript)
    assert transcript.voice is not None
    assert transcript.voice.negative > 0.7
    # Fourteen characters in four seconds.
    assert transcript.voice.chars_per_min == 210
    assert [request.wants_sound for request in judged.runner.requests] == [True]


async def test_the_voice_is_that_of_the_first_decode_whatever_the_words_became(engine: Engine) -> None:
    judged = Judged(engine, {"final": LOOP, "careful": SURE})
    transcript = await judged.final()
    assert isinstance(transcript, Transcript)
    assert transcript.text == SURE.text
    assert transcript.voice is not None
    assert [request.wants_sound for request in judged.runner.requests] == [True, False]


async def test_a_voice_that_the_model_was_not_taught_with_is_not_judged(engine: Engine) -> None:
    transcript = await Judged(engine, {"final": SURE}, knows="another").final()
    assert isinstance(transcript, Transcript)
    assert transcript.voice is None


async def test_only_the_parties_that_may_be_judged_are(engine: Engine) -> None:
    judged = Judged(engine, {"final": SURE}, parties=("customer",))
    customer, agent = await judged.final("customer"), await judged.final("agent")
    assert isinstance(customer, Transcript)
    assert isinstance(agent, Transcript)
    assert customer.voice is not None
    assert agent.voice is None
    assert [request.wants_sound for request in judged.runner.requests] == [True, False]


async def test_nobody_asks_for_the_sound_without_a_judge(scene: Recognise) -> None:
    asked = scene({"final": SURE})
    assert (await asked.transcript()).voice is None
    assert not any(request.wants_sound for request in asked.runner.requests)
