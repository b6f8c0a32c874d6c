"""Who says what where voices are told apart: by the words of all turns of a voice."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from assist.messages import Party, RoleSignal, SpeakerChange, SpeakerLabel, SpeakerReading, Utterance
from nlp.roles.analyser import CallRoles
from nlp.roles.model import load_roles
from nlp.roles.voices import NAMED, RIGHT_VOICE, Turn, guess, odds_of_first_voice
from tests.support.fakes import utterance

MODEL = load_roles()
CALL = (
    ("a", "您好请问有什么可以帮您"),
    ("b", "嗯。"),
    ("b", "我想查一下这个月的话费"),
    ("a", "好的我帮您查一下请您稍等"),
    ("b", "好的"),
    ("a", "请问还有什么可以帮您的吗"),
)


def said(at: int, speaker: SpeakerLabel | None, text: str, earlier: Sequence[SpeakerChange] = ()) -> Utterance:
    reading = speaker and SpeakerReading(speaker=speaker, earlier=tuple(earlier), source="speaker-vectors@1.0.0")
    return utterance("mixed", at, text, at * 3_000, at * 3_000 + 2_000).model_copy(update={"speaker": reading})


async def signals(turns: Sequence[Utterance]) -> list[list[RoleSignal]]:
    """What is told with each turn."""
    roles = CallRoles(MODEL)
    return [[one for one in await roles.analyse(turn) if isinstance(one, RoleSignal)] for turn in turns]


def standing(told: Sequence[Sequence[RoleSignal]]) -> dict[str, RoleSignal]:
    """The latest of each utterance."""
    return {signal.utterance_id: signal for step in told for signal in step}


async def test_short_replies_are_told_by_their_voice() -> None:
    turns = [said(at, "a" if speaker == "a" else "b", text) for at, (speaker, text) in enumerate(CALL)]
    last = standing(await signals(turns))
    assert [last[turn.utterance_id].label for turn in turns] == [
        "agent" if speaker == "a" else "customer" for speaker, _ in CALL
    ]
    assert all(NAMED < signal.score <= RIGHT_VOICE + 0.03 for signal in last.values())
    assert {signal.heard_in for signal in last.values()} == {("voice", "words")}


async def test_guess_that_changes_is_told_again_and_another_is_not() -> None:
    turns = [said(at, "unsure", text) for at, (_, text) in enumerate(CALL[:3])]
    now: tuple[SpeakerLabel, ...] = ("a", "b", "b")
    found = [SpeakerChange(utterance_id=one.utterance_id, speaker=which) for one, which in zip(turns, now, strict=True)]
    turns += [said(3, "a", CALL[3][1], found), said(4, "b", CALL[4][1])]
    told = await signals(turns)
    assert [len(step) for step in told[:3]] == [1, 0, 1]  # 嗯 says nothing by itself
    assert {one.utterance_id for one in told[3]} == {turn.utterance_id for turn in turns[:4]}
    assert [one.utterance_id for one in told[4]] == [turns[4].utterance_id]


async def test_utterance_of_nobody_s_voice_is_guessed_from_its_words_alone() -> None:
    turns = [said(at, "a" if speaker == "a" else "b", text) for at, (speaker, text) in enumerate(CALL)]
    (mine,) = (await signals([*turns, said(9, "unsure", "那你帮我取消了吧")]))[-1]
    (alone,) = (await signals([said(9, None, "那你帮我取消了吧")]))[-1]
    assert mine == alone
    assert (mine.label, mine.heard_in) == ("customer", ("words",))


async def test_utterance_of_both_names_nobody_whatever_its_words_say() -> None:
    turns = [said(0, "a", CALL[0][1]), said(1, "b", CALL[2][1]), said(2, "both", CALL[3][1])]
    (found,) = (await signals(turns))[-1]
    assert (found.score, found.heard_in) == (0.5, ("voice",))


async def test_voices_without_words_name_nobody() -> None:
    turns = [said(0, "a", "嗯。"), said(1, "b", "哦。")]
    assert [signal.score for signal in standing(await signals(turns)).values()] == [0.5, 0.5]


def turn(at: int, speaker: SpeakerLabel, agent: float, party: Party = "mixed") -> Turn:
    return Turn(f"mixed-{at}", party, 0, 1_000, agent, True, speaker)


TURNS = st.lists(st.tuples(st.sampled_from(("a", "b", "both", "unsure")), st.floats(0, 1)), max_size=12).map(
    lambda made: [turn(at, speaker, agent) for at, (speaker, agent) in enumerate(made)]
)
OTHER: dict[SpeakerLabel, SpeakerLabel] = {"a": "b", "b": "a", "both": "both", "unsure": "unsure"}


@given(TURNS)
def test_names_of_the_voices_and_the_order_of_turns_do_not_matter(turns: list[Turn]) -> None:
    odds = odds_of_first_voice(turns)
    renamed = [one.of(OTHER[one.speaker]) for one in reversed(turns)]
    assert abs(odds + odds_of_first_voice(renamed)) < 1e-9
    for one in turns:
        mine, same = guess(one, odds), guess(one.of(OTHER[one.speaker]), -odds)
        assert mine is not None
        assert same is not None
        assert abs(mine.agent - same.agent) < 1e-9
        assert 0 <= mine.agent <= 1
