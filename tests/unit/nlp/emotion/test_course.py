"""The course of one party's feelings."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assist.messages import EmotionSignal, VoiceReading
from nlp.emotion.course import EmotionCourse, Feeling
from nlp.emotion.fusion import WordsFeeling
from nlp.emotion.own_voice import MEMORY
from nlp.labels import EMOTIONS, codes

LABELS = codes(EMOTIONS)


def words(label: str = "neutral", share: float = 0.7, *, text: str = "我想查一下话费", **fields: float) -> WordsFeeling:
    """One feeling by the words, the rest spread evenly."""
    rest = (1 - share) / (len(LABELS) - 1)
    intensity = 0 if label == "neutral" else 2
    shares = {code: share if code == label else rest for code in LABELS}
    return WordsFeeling(shares, intensity, text, **fields)


def voice(
    negative: float = 0.33,
    positive: float = 0.33,
    *,
    level_dbfs: float = -25.0,
    pitch_hz: float | None = 200.0,
    chars_per_min: float = 240.0,
) -> VoiceReading:
    return VoiceReading(
        level_dbfs=level_dbfs,
        pitch_hz=pitch_hz,
        pitch_range=5.0,
        chars_per_min=chars_per_min,
        negative=negative,
        neutral=1 - negative - positive,
        positive=positive,
        source="voice@1",
    )


Said = tuple[WordsFeeling, VoiceReading | None]


def feelings(said: Sequence[Said]) -> list[Feeling]:
    course, found = EmotionCourse(), list[Feeling]()
    for one in said:
        course, feeling = course.next(*one)
        found.append(feeling)
    return found


def labels(*said: WordsFeeling) -> list[str]:
    return [feeling.label for feeling in feelings([(one, None) for one in said])]


def test_one_angry_utterance_changes_nothing_and_two_do() -> None:
    assert labels(words("angry"), words("neutral"), words("angry"), words("angry")) == [
        "neutral",
        "neutral",
        "neutral",
        "angry",
    ]


def test_one_utterance_is_enough_where_it_is_nearly_certain() -> None:
    assert labels(words("neutral"), words("angry", 0.95)) == ["neutral", "angry"]


def test_two_feelings_of_one_side_confirm_each_other_as_the_likelier_one() -> None:
    assert labels(words("anxious", 0.5), words("angry", 0.75)) == ["neutral", "angry"]


def test_feelings_of_different_sides_do_not_confirm_each_other() -> None:
    assert labels(words("happy"), words("angry"), words("hesitant")) == ["neutral"] * 3


def test_two_neutral_utterances_end_a_feeling_and_one_does_not() -> None:
    angry = words("angry", 0.95)
    assert labels(angry, words(), words("angry"), words(), words()) == ["angry", "angry", "angry", "angry", "neutral"]


def test_words_that_are_hardly_heard_do_not_count() -> None:
    assert labels(*[words("angry", 0.95, confidence=0.1)] * 3) == ["neutral"] * 3


def test_a_missing_judgement_of_the_words_is_neutral() -> None:
    assert labels(WordsFeeling({}, 0, ""), WordsFeeling({"unheard-of": 1.0}, 2, "嗯")) == ["neutral", "neutral"]


def test_an_angry_voice_and_angry_words_together_are_certain() -> None:
    half_angry = words("angry", 0.6)
    assert feelings([(half_angry, None)])[-1].label == "neutral"
    both = feelings([(half_angry, voice(0.9, 0.03))])[-1]
    assert both.label == "angry"
    assert both.heard_in == ("words", "voice")


def test_a_voice_alone_does_not_make_neutral_words_angry() -> None:
    assert [f.label for f in feelings([(words("neutral", 0.95), voice(0.85, 0.05))] * 4)] == ["neutral"] * 4


def test_an_angry_voice_under_neutral_words_is_heard_in_the_voice() -> None:
    assert "voice" in feelings([(words("neutral", 0.5), voice(0.95, 0.02))] * 2)[-1].heard_in


def test_doubt_is_heard_in_the_words_only() -> None:
    feeling = feelings([(words("hesitant", 0.97), voice(0.2, 0.2))] * 2)[-1]
    assert (feeling.label, feeling.heard_in) == ("hesitant", ("words",))


def test_a_feeling_that_lasts_rests_on_what_it_came_from() -> None:
    said: list[Said] = [(words("angry", 0.95), None), (words("neutral", 0.9), voice(0.3, 0.2))]
    feeling = feelings(said)[-1]
    assert (feeling.label, feeling.heard_in) == ("angry", ("words",))


def test_louder_than_before_is_evidence() -> None:
    calm: Said = (words(), voice())
    raised: Said = (words("angry", 0.9), voice(0.8, 0.1, level_dbfs=-18.8, chars_per_min=312.0))
    feeling = feelings([calm, calm, calm, raised])[-1]
    assert feeling.label == "angry"
    told = {evidence.kind: evidence for evidence in feeling.evidence}
    assert told["louder"].amount == 6
    assert told["faster"].amount == 30
    assert told["words"].quote == "我想查一下话费"
    assert "higher" not in told


def test_a_raised_voice_makes_a_feeling_more_intense_and_more_excited() -> None:
    calm: Said = (words(), voice())
    angry = words("angry", 0.9)
    level, raised = (
        feelings([calm] * 3 + [(angry, one)])[-1] for one in (voice(), voice(level_dbfs=-18.0, chars_per_min=340.0))
    )
    assert (level.intensity, raised.intensity) == (2, 3)
    assert raised.arousal > level.arousal


def test_there_is_no_comparison_before_three_utterances() -> None:
    early = feelings([(words(), voice()), (words(), voice()), (words("angry", 0.95), voice(level_dbfs=-10.0))])[-1]
    assert [evidence.kind for evidence in early.evidence] == ["words"]


def test_an_angry_voice_is_not_learnt_as_the_usual_one() -> None:
    course = EmotionCourse()
    for _ in range(3):
        course, _feeling = course.next(words(), voice())
    usual = course.own_voice
    for _ in range(9):
        course, _feeling = course.next(words("angry", 0.95), voice(0.9, 0.05, level_dbfs=-10.0))
    assert course.own_voice == usual


def test_short_answers_say_nothing_about_the_rate() -> None:
    calm: Said = (words(), voice())
    short: Said = (words("angry", 0.95, text="嗯"), voice(chars_per_min=60.0))
    assert all(evidence.kind != "slower" for evidence in feelings([calm] * 3 + [short])[-1].evidence)


@pytest.mark.parametrize(
    ("shares", "trend"),
    [
        ([0.1, 0.3, 0.5, 0.7, 0.9], "rising"),
        ([0.9, 0.7, 0.5, 0.3, 0.1], "falling"),
        ([0.3] * 5, "steady"),
        ([0.1, 0.9], "steady"),
    ],
)
def test_the_trend_is_that_of_the_unpleasant(shares: list[float], trend: str) -> None:
    assert feelings([(words("angry", share), None) for share in shares])[-1].trend == trend


def test_valence_follows_the_feeling() -> None:
    happy, angry = (feelings([(words(label, 0.95), None)])[-1] for label in ("happy", "angry"))
    assert happy.valence > 0.5
    assert angry.valence < -0.5
    assert angry.arousal > feelings([(words("neutral", 0.95), None)])[-1].arousal


SHARES = st.floats(0, 1)
READINGS = st.builds(
    voice,
    negative=st.floats(0, 0.5),
    positive=st.floats(0, 0.5),
    level_dbfs=st.floats(-100, 0),
    pitch_hz=st.none() | st.floats(60, 600),
    chars_per_min=st.floats(0, 10_000),
)
WORDS = st.builds(
    WordsFeeling,
    st.dictionaries(st.sampled_from([*LABELS, "unheard-of"]), SHARES),
    st.integers(0, 3),
    st.text(max_size=50),
    SHARES,
)


@given(st.lists(st.tuples(WORDS, st.none() | READINGS), max_size=40))
def test_any_call_gives_bounded_feelings_the_same_each_time(said: list[Said]) -> None:
    found = feelings(said)
    assert found == feelings(said)
    for feeling in found:
        signal = EmotionSignal(
            utterance_id="u",
            party="customer",
            label=feeling.label,
            score=feeling.score,
            start_ms=0,
            end_ms=1,
            source="s@1",
            intensity=feeling.intensity,
            valence=feeling.valence,
            arousal=feeling.arousal,
            trend=feeling.trend,
            heard_in=feeling.heard_in,
            evidence=feeling.evidence,
        )
        assert signal.label in LABELS
        assert 0 <= signal.score <= 1
        assert -1 <= signal.valence <= 1
        assert 0 <= signal.arousal <= 1
        assert (signal.intensity == 0) == (signal.label == "neutral")
        assert signal.intensity <= 3
        assert signal.heard_in
        assert all(evidence.amount >= 0 for evidence in signal.evidence)


@given(st.lists(st.tuples(WORDS, st.none() | READINGS), max_size=60))
def test_what_is_remembered_is_bounded(said: list[Said]) -> None:
    course = EmotionCourse()
    for one in said:
        course, _feeling = course.next(*one)
    assert len(course.negatives) <= 5
    assert len(course.own_voice.levels_dbfs) <= MEMORY


@given(WORDS, st.none() | READINGS)
def test_the_first_utterance_sets_a_feeling_only_if_it_is_nearly_certain(
    said: WordsFeeling, heard: VoiceReading | None
) -> None:
    (feeling,) = feelings([(said, heard)])
    # Three feelings may share the certainty of their side.
    assert feeling.label == "neutral" or feeling.score >= 0.8 / 3
