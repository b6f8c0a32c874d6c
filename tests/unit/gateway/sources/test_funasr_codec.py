"""The state machine of FunASR's clients: when the call opens, ends, and what is answered."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from assist.errors import InputError, OverloadedError
from assist.messages import Envelope, Event, PartialTranscript, Party, Utterance, UtteranceDropped, Word
from gateway.sources.codec import Action, Hang, Introduction, Join, JoinedCall, Leave, Remark, Send, Sound
from gateway.sources.funasr.codec import FunasrCodec, FunasrLimits
from gateway.sources.funasr.remarks import REMARKS
from gateway.sources.metadata import read_card
from tests.unit.gateway.sources.test_funasr_messages import FIRST_TEXTS, PYPI, PYTHON_FILE

CHUNK = bytes(960)
"""60 ms at 8 kHz."""
END = {"is_speaking": False}
END_ACKNOWLEDGED = {"is_speaking": False, "is_end": True}


def text(fields: dict[str, Any]) -> str:
    return json.dumps(fields, ensure_ascii=False)


def sent(actions: Sequence[Action]) -> list[dict[str, Any]]:
    return [json.loads(action.message) for action in actions if isinstance(action, Send)]


def remarks(actions: Sequence[Action]) -> list[str]:
    return [action.code for action in actions if isinstance(action, Remark)]


def joins(actions: Sequence[Action]) -> list[Introduction]:
    return [action.introduction for action in actions if isinstance(action, Join)]


def pcm(actions: Sequence[Action]) -> bytes:
    return b"".join(action.pcm for action in actions if isinstance(action, Sound))


class Client:
    """A connection whose driver does what it is asked to at once."""

    def __init__(self, codec: FunasrCodec | None = None) -> None:
        self.codec = codec or FunasrCodec()
        self.actions: list[Action] = list(self.codec.begin())
        self.now_s = 0.0
        self._seq = 0

    def says(self, fields: dict[str, Any]) -> Sequence[Action]:
        return self._driven(self.codec.receive(text(fields), self.now_s))

    def sends(self, sound: bytes, *, after_s: float = 0.0) -> Sequence[Action]:
        self.now_s += after_s
        return self._driven(self.codec.receive(sound, self.now_s))

    def speaks(self, chunks: int = 12) -> Sequence[Action]:
        """Sound as it is said."""
        return [action for _ in range(chunks) for action in self.sends(CHUNK, after_s=0.06)]

    def waits(self) -> Sequence[Action]:
        assert self.codec.deadline_s is not None
        self.now_s = self.codec.deadline_s
        return self._driven(self.codec.expire(self.now_s))

    def hears(self, event: Event) -> list[dict[str, Any]]:
        self._seq += 1
        envelope = Envelope(call_id="c", seq=self._seq, at=datetime(2026, 1, 1, tzinfo=UTC), event=event)
        return sent(self._driven(self.codec.hear(envelope)))

    def is_closed(self) -> list[dict[str, Any]]:
        return sent(self._driven(self.codec.closed(())))

    def _driven(self, actions: Sequence[Action]) -> Sequence[Action]:
        self.actions += actions
        for introduction in joins(actions):
            positions_ms: dict[Party, int] = {leg.party: 0 for leg in introduction.legs}
            self.actions += self.codec.joined(JoinedCall("c", positions_ms))
        return actions

    @property
    def introduction(self) -> Introduction:
        (introduction,) = joins(self.actions)
        return introduction


def live(fields: dict[str, Any] | None = None) -> Client:
    client = Client()
    client.says(fields or PYTHON_FILE)
    client.speaks()
    assert joins(client.actions)
    return client


def partial(
    number: int, words: str, stable_chars: int, *, start_ms: int = 0, party: Party = "mixed"
) -> PartialTranscript:
    return PartialTranscript(
        utterance_id=f"u{number}",
        party=party,
        revision=1,
        text=words,
        stable_chars=stable_chars,
        start_ms=start_ms,
        end_ms=start_ms + 500,
    )


def utterance(number: int, words: str, *, start_ms: int = 0, party: Party = "mixed", **more: Any) -> Utterance:
    spoken = [sign for sign in words if sign.isalnum()]
    return Utterance(
        utterance_id=f"u{number}",
        party=party,
        text=words,
        words=tuple(
            Word(text=sign, start_ms=start_ms + 200 * at, end_ms=start_ms + 200 * at + 200, confidence=0.9)
            for at, sign in enumerate(spoken)
        ),
        start_ms=start_ms,
        end_ms=start_ms + 200 * len(spoken),
        decided_ms=start_ms + 200 * len(spoken) + 300,
        confidence=0.9,
        model="ear@1",
        **more,
    )


def dropped(number: int) -> UtteranceDropped:
    return UtteranceDropped(
        utterance_id=f"u{number}", party="mixed", start_ms=0, end_ms=1, decided_ms=2, reason="no-speech"
    )


# --- opening the call ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fields", FIRST_TEXTS.values(), ids=FIRST_TEXTS.keys())
def test_the_call_of_every_client_opens_with_its_first_sound(fields: dict[str, Any]) -> None:
    client = Client()
    assert client.says(fields) == ()
    client.speaks(12)
    introduction = client.introduction
    assert (introduction.source, introduction.key, introduction.others) == ("funasr/1", None, ())
    assert [(leg.party, leg.codec, leg.rate_hz) for leg in introduction.legs] == [
        ("mixed", "pcm_s16le", fields.get("audio_fs", 16_000))
    ]
    assert introduction.pace == ("replay" if fields["mode"] == "offline" else "live")
    assert len(pcm(client.actions)) == 12 * len(CHUNK)


def test_hotwords_are_the_terms_of_the_call() -> None:
    assert live().introduction.terms == ("动感地带", "畅享套餐")


def test_a_client_without_sound_opens_no_call() -> None:
    client = Client()
    client.says(PYPI)
    assert sent(client.says(END)) == [{"mode": "2pass-offline", "wav_name": "call", "text": "", "is_final": True}]
    assert not joins(client.actions)


def test_sound_that_comes_as_it_is_said_is_live() -> None:
    client = live()
    assert client.introduction.pace == "live"
    assert not client.codec.has_timeline


def test_sound_that_nobody_can_have_said_yet_is_a_file() -> None:
    client = Client()
    client.says(PYPI)
    for _ in range(40):
        client.sends(CHUNK, after_s=0.001)
    assert client.introduction.pace == "replay"
    assert client.codec.has_timeline
    assert pcm(client.actions) == CHUNK * 40


def test_messages_of_200_kilobytes_lose_nothing() -> None:
    client = Client()
    client.says({"mode": "2pass", "audio_fs": 8000})
    sound = [bytes([number]) * 204_800 for number in range(5)]
    for piece in sound:
        client.sends(piece)
    client.says(END)
    assert pcm(client.actions) == b"".join(sound)
    assert client.introduction.pace == "replay"


def test_a_call_opens_without_further_messages() -> None:
    client = Client()
    client.says(PYPI)
    client.sends(CHUNK)
    assert client.codec.deadline_s == 0.5
    client.waits()
    assert client.introduction.pace == "live"
    assert pcm(client.actions) == CHUNK


def test_a_recording_shorter_than_the_watch_is_whole() -> None:
    client = Client()
    client.says(PYPI)
    client.sends(CHUNK)
    actions = client.says(END)
    assert [type(action) for action in actions] == [Join, Sound, Leave]
    assert client.introduction.pace == "replay"


def test_sound_before_the_first_text_is_kept() -> None:
    client = Client()
    client.sends(CHUNK)
    client.says(PYPI)
    client.speaks()
    assert client.introduction.legs[0].rate_hz == 8000
    assert pcm(client.actions) == CHUNK * 13


def test_sound_without_a_text_is_taken_with_the_defaults() -> None:
    client = Client()
    client.speaks(15)
    assert not joins(client.actions)
    client.speaks(3)
    assert client.introduction.legs[0].rate_hz == 16_000


def test_sound_without_a_text_is_not_held_without_bound() -> None:
    client = Client(FunasrCodec(limits=FunasrLimits(held_bytes=70_000)))
    for _ in range(73):
        client.sends(CHUNK)
    assert joins(client.actions)


def test_a_sample_may_be_cut_anywhere() -> None:
    client = live()
    before = len(pcm(client.actions))
    for piece in (b"\1", b"\2\3", b"\4\5\6"):
        client.sends(piece)
    assert pcm(client.actions)[before:] == bytes([1, 2, 3, 4, 5, 6])
    client.sends(b"\7")
    assert remarks(client.says(END)) == ["unfinished-sample"]


# --- whose call ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wav_name", "query", "key", "party"),
    [
        ("call-1-agent", {}, "call-1", "agent"),
        ("call-1_customer", {}, "call-1", "customer"),
        ("call-1.Customer", {}, "call-1", "customer"),
        ("call-1", {}, None, "mixed"),
        ("agent", {}, None, "mixed"),
        ("-agent", {}, None, "mixed"),
        ("call-1", {"role": "agent"}, "call-1", "agent"),
        ("microphone", {"role": "agent"}, None, "agent"),
        ("microphone", {"role": "agent", "call": "c"}, "c", "agent"),
        ("call-1-agent", {"call": "c"}, "c", "agent"),
        ("call-1-agent", {"role": "customer"}, "call-1", "customer"),
        ("demo", {"call": "c"}, "c", "mixed"),
    ],
)
def test_wav_name_or_url_say_whose_call_it_is(
    wav_name: str, query: dict[str, str], key: str | None, party: Party
) -> None:
    client = Client(FunasrCodec(card=read_card(query)))
    client.says(PYPI | {"wav_name": wav_name})
    client.speaks()
    introduction = client.introduction
    assert (introduction.key, introduction.legs[0].party) == (key, party)
    others = {"agent": ["customer"], "customer": ["agent"], "mixed": []}[party] if key else []
    assert [leg.party for leg in introduction.others] == others


def test_the_configured_role_is_of_those_who_do_not_say() -> None:
    client = Client(FunasrCodec(role="customer"))
    client.says(PYPI | {"wav_name": "c-9"})
    client.speaks()
    assert (client.introduction.legs[0].party, client.introduction.key) == ("customer", "c-9")


def test_two_channels_are_not_possible() -> None:
    client = Client(FunasrCodec(card=read_card({"channels": "customer,agent"})))
    client.says(PYPI)
    client.speaks()
    assert client.introduction.legs[0].party == "mixed"
    assert "mono-only" in remarks(client.actions)


def test_a_url_names_the_parties() -> None:
    client = Client(FunasrCodec(card=read_card({"agent_id": "1001", "customer_id": "138", "direction": "outbound"})))
    client.says(PYPI)
    client.speaks()
    introduction = client.introduction
    assert introduction.agent is not None
    assert introduction.customer is not None
    assert (introduction.agent.agent_id, introduction.customer.customer_id) == ("1001", "138")
    assert introduction.direction == "outbound"


# --- results -------------------------------------------------------------------------------------------------------


def test_deltas_are_what_is_newly_stable_and_the_sentence_replaces_them() -> None:
    client = live()
    messages = client.hears(partial(1, "我想", 1)) + client.hears(partial(1, "我想查话", 3))
    messages += client.hears(partial(1, "我想查话费", 3)) + client.hears(partial(1, "我想查话费", 5))
    assert [message["mode"] for message in messages] == ["2pass-online"] * 3
    assert "".join(message["text"] for message in messages) == "我想查话费"
    assert all(message["is_final"] is False and "timestamp" not in message for message in messages)
    (sentence,) = client.hears(utterance(1, "我想查话费。"))
    assert (sentence["mode"], sentence["text"], sentence["is_final"]) == ("2pass-offline", "我想查话费。", False)
    assert sentence["wav_name"] == "demo"


def test_timestamps_are_a_text_and_stamped_sentences_are_objects() -> None:
    client = live()
    (sentence,) = client.hears(utterance(1, "你好，再见", start_ms=1000))
    assert json.loads(sentence["timestamp"]) == [[1000, 1200], [1200, 1400], [1400, 1600], [1600, 1800]]
    assert sentence["stamp_sents"] == [
        {"text_seg": "你 好", "punc": "，", "start": 1000, "end": 1400, "ts_list": [[1000, 1200], [1200, 1400]]},
        {"text_seg": "再 见", "punc": "", "start": 1400, "end": 1800, "ts_list": [[1400, 1600], [1600, 1800]]},
    ]


def test_no_timestamp_where_it_could_not_be_counted_by_characters() -> None:
    client = live()
    word = Word(text="VIP", start_ms=0, end_ms=500, confidence=0.9)
    (sentence,) = client.hears(utterance(1, "VIP").model_copy(update={"words": (word,)}))
    assert "timestamp" not in sentence
    assert sentence["stamp_sents"][0]["text_seg"] == "VIP"


def test_times_count_from_where_the_leg_began() -> None:
    client = live()
    client.codec.joined(JoinedCall("c", {"mixed": 700}))
    (sentence,) = client.hears(utterance(1, "好", start_ms=1000))
    assert json.loads(sentence["timestamp"]) == [[300, 500]]


def test_numbers_come_as_digits_unless_the_client_wants_them_as_words() -> None:
    client = live()
    said = utterance(1, "一百元", display_text="100元")
    assert client.hears(said)[0]["text"] == "100元"
    client.says({"itn": False})
    assert client.hears(said)[0]["text"] == "一百元"


def test_the_other_party_is_not_answered_here() -> None:
    client = live()
    assert client.hears(utterance(1, "您好", party="agent")) == []
    assert client.hears(partial(1, "您好", 2, party="agent")) == []


def test_words_that_turn_out_to_be_none_are_replaced_by_nothing() -> None:
    client = live()
    client.hears(partial(1, "嗯", 1))
    (empty,) = client.hears(dropped(1))
    assert (empty["mode"], empty["text"]) == ("2pass-offline", "")
    assert client.hears(dropped(2)) == []


def test_the_next_utterance_begins_after_the_sentence_before() -> None:
    client = live()
    client.hears(partial(1, "第一", 2, start_ms=0))
    assert client.hears(partial(2, "第二", 2, start_ms=3000)) == []
    sentence, delta = client.hears(utterance(1, "第一句。"))
    assert (sentence["mode"], sentence["text"]) == ("2pass-offline", "第一句。")
    assert (delta["mode"], delta["text"]) == ("2pass-online", "第二")


def test_deltas_that_a_late_sentence_wiped_out_are_sent_again() -> None:
    client = live()
    client.hears(partial(2, "第二", 2, start_ms=3000))
    sentence, delta = client.hears(utterance(1, "第一句。"))
    assert (sentence["text"], delta["text"]) == ("第一句。", "第二")


def test_online_sends_deltas_alone_and_all_of_what_was_said() -> None:
    client = live(PYTHON_FILE | {"mode": "online"})
    messages = client.hears(partial(1, "我想查", 2)) + client.hears(utterance(1, "我想查话费。"))
    messages += client.hears(partial(2, "帮我看看", 4, start_ms=9000))
    messages += client.hears(utterance(2, "帮我查查流量。", start_ms=9000))
    assert {message["mode"] for message in messages} == {"online"}
    assert "".join(message["text"] for message in messages) == "我想查话费。帮我看看流量。"
    assert not any("timestamp" in message for message in messages)


def test_offline_sends_sentences_alone() -> None:
    client = live(PYTHON_FILE | {"mode": "offline"})
    assert client.hears(partial(1, "我想", 2)) == []
    (sentence,) = client.hears(utterance(1, "我想查。"))
    assert (sentence["mode"], sentence["text"], sentence["is_final"]) == ("offline", "我想查。", False)


def test_mode_and_name_may_change_while_sound_comes() -> None:
    client = live()
    client.says({"mode": "offline", "wav_name": "other"})
    (sentence,) = client.hears(utterance(1, "好。"))
    assert (sentence["mode"], sentence["wav_name"]) == ("offline", "other")


@pytest.mark.parametrize("fields", [{"audio_fs": 16_000}, {"hotwords": "流量包"}])
def test_what_can_no_longer_change_is_remarked_on(fields: dict[str, Any]) -> None:
    assert remarks(live().says(fields)) == ["configuration-late"]


# --- the end -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("mode", "said"), [("2pass", "2pass-offline"), ("offline", "offline"), ("online", "online")])
def test_the_last_result_alone_is_final(mode: str, said: str) -> None:
    client = live(PYTHON_FILE | {"mode": mode})
    client.says(END)
    client.hears(utterance(1, "再见。"))
    assert client.is_closed() == [{"mode": said, "wav_name": "demo", "text": "", "is_final": True}]
    finals = [message for message in sent(client.actions) if message["is_final"]]
    assert len(finals) == 1


def test_the_acknowledgement_comes_last_and_only_if_asked_for() -> None:
    client = live()
    client.says(END_ACKNOWLEDGED)
    final, acknowledged = client.is_closed()
    assert final["is_final"]
    assert acknowledged == {"mode": "2pass", "wav_name": "demo", "is_final": True, "is_end": True}


@pytest.mark.parametrize("fields", [END, {"is_finished": True}])
def test_the_end_may_be_told_twice(fields: dict[str, Any]) -> None:
    client = live()
    assert [type(action) for action in client.says(fields)] == [Leave]
    assert client.says(fields) == ()
    assert len(client.is_closed()) == 1
    assert client.says(fields) == ()


def test_an_acknowledgement_may_be_asked_for_late() -> None:
    client = live()
    client.says(END)
    client.says(END_ACKNOWLEDGED)
    final, acknowledged = client.is_closed()
    assert (final.get("is_end"), acknowledged.get("is_end")) == (None, True)


def test_the_end_without_sound_is_answered_once() -> None:
    client = Client()
    client.says(PYTHON_FILE)
    assert len(sent(client.says(END_ACKNOWLEDGED))) == 2
    assert sent(client.says(END)) == []


def test_more_sound_after_the_end_is_another_call() -> None:
    client = live()
    client.says(END)
    client.is_closed()
    client.says(PYTHON_FILE | {"wav_name": "second", "audio_fs": 16_000})
    client.speaks(12)
    first, second = joins(client.actions)
    assert (first.legs[0].rate_hz, second.legs[0].rate_hz) == (8000, 16_000)
    client.says(END_ACKNOWLEDGED)
    assert [message["wav_name"] for message in client.is_closed()] == ["second", "second"]


def test_what_comes_while_a_call_is_closing_is_of_the_next() -> None:
    client = live()
    client.says(END)
    client.says(PYTHON_FILE | {"wav_name": "second"})
    client.sends(b"\1\2" * 480, after_s=0.06)
    client.says(END_ACKNOWLEDGED)
    assert len(joins(client.actions)) == 1
    (final,) = client.is_closed()
    assert (final["wav_name"], final["is_final"]) == ("demo", True)
    assert len(joins(client.actions)) == 2
    assert pcm(client.actions).endswith(b"\1\2" * 480)
    assert [message["wav_name"] for message in client.is_closed()] == ["second", "second"]


def test_the_next_call_is_not_held_without_bound() -> None:
    client = Client(FunasrCodec(limits=FunasrLimits(next_bytes=2000)))
    client.says(PYTHON_FILE)
    client.speaks()
    client.says(END)
    client.sends(CHUNK)
    client.sends(CHUNK)
    assert remarks(client.sends(CHUNK)) == ["too-much-after-end"]
    assert Hang(1013, "too-much-after-end") in client.actions


def test_a_client_that_goes_is_left_to_the_call() -> None:
    assert live().codec.end(is_clean=False) == ()
    assert live().codec.end(is_clean=True) == (Leave(),)


def test_a_client_that_goes_at_once_leaves_its_sound() -> None:
    client = Client()
    client.says(PYPI)
    client.sends(CHUNK)
    assert [type(action) for action in client.codec.end(is_clean=False)] == [Join, Sound, Leave]
    assert client.codec.closed(()) == ()


def test_nothing_is_done_after_the_client_has_gone() -> None:
    client = live()
    client.codec.end(is_clean=True)
    assert client.sends(CHUNK) == ()
    assert client.hears(utterance(1, "好")) == []
    assert client.codec.deadline_s is None
    assert client.codec.failed(InputError("no")) == ()


# --- what cannot be served -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("fields", [{"mode": "streaming"}, {"audio_fs": 4000}, {"wav_format": "mp3"}])
def test_what_is_not_supported_is_said_at_the_end(fields: dict[str, Any]) -> None:
    client = Client()
    client.says(PYTHON_FILE | fields)
    assert remarks(client.speaks()) == ["cannot-serve"]
    final, acknowledged = sent(client.says(END_ACKNOWLEDGED))
    assert (final["text"], final["is_final"]) == ("", True)
    assert (acknowledged["is_final"], acknowledged["is_end"]) == (False, True)
    assert acknowledged["error"]
    assert not joins(client.actions)


def test_what_is_put_right_is_served() -> None:
    client = Client()
    client.says(PYTHON_FILE | {"mode": "streaming"})
    client.speaks(2)
    client.says(PYTHON_FILE)
    client.speaks()
    assert client.introduction.pace == "live"


def test_a_refused_call_is_told_and_the_connection_closed() -> None:
    client = live()
    client.codec = FunasrCodec()
    client.codec.receive(text(PYTHON_FILE), 0.0)
    client.codec.receive(CHUNK, 0.0)
    assert joins(client.codec.receive(CHUNK, 1.0))
    actions = client.codec.failed(OverloadedError("Too many calls."))
    assert sent(actions) == [
        {"mode": "2pass", "wav_name": "demo", "is_final": False, "is_end": True, "error": "Too many calls."}
    ]
    assert actions[-1] == Hang(1013, "overloaded")


def test_a_call_that_takes_no_more_is_told_at_the_end() -> None:
    client = live()
    assert client.codec.failed(InputError("It is over.")) == ()
    assert client.sends(CHUNK) == ()
    final, acknowledged = sent(client.says(END_ACKNOWLEDGED))
    assert (final["is_final"], final["error"], acknowledged["is_final"]) == (True, "It is over.", False)


def test_a_call_that_was_closed_elsewhere_is_told_at_the_end() -> None:
    client = live()
    assert client.is_closed() == []
    assert client.sends(CHUNK) == ()
    final, acknowledged = sent(client.says(END_ACKNOWLEDGED))
    assert (final["is_final"], acknowledged["is_final"]) == (True, False)


@pytest.mark.parametrize("frame", ["", "{", "[]", "7", "\0"])
def test_what_is_no_object_is_skipped(frame: str) -> None:
    client = live()
    assert remarks(client.codec.receive(frame, client.now_s)) == ["bad-json"]
    client.says(END)
    assert client.is_closed()


def test_a_flood_of_texts_costs_the_connection() -> None:
    client = Client()
    actions = [action for _ in range(51) for action in client.says({})]
    assert actions == [Remark("text-flood", actions[0].message), Hang(1008, "text-flood")]  # type: ignore[union-attr]
    assert client.says(PYPI) == ()


# --- silence -------------------------------------------------------------------------------------------------------


def test_a_silent_client_is_let_go() -> None:
    client = Client()
    assert client.codec.deadline_s == 300
    assert client.waits()[-1] == Hang(1000, "idle")


def test_a_call_without_sound_is_taken_to_be_over() -> None:
    client = live()
    actions = client.waits()
    assert remarks(actions) == ["sound-stopped"]
    assert actions[-1] == Leave()
    assert client.is_closed()[-1]["is_final"]


def test_a_call_that_goes_on_without_the_leg_is_not_waited_for_without_end() -> None:
    client = live()
    client.says(END_ACKNOWLEDGED)
    client.hears(utterance(1, "好。"))
    assert client.waits() == ()
    actions = client.waits()
    final, acknowledged = sent(actions)
    assert (final["is_final"], acknowledged["is_end"]) == (True, True)
    assert remarks(actions) == ["call-goes-on"]
    assert isinstance(actions[-1], Hang)


def test_every_remark_is_documented() -> None:
    page = (Path(__file__).parents[4] / "docs" / "connect" / "funasr.md").read_text(encoding="utf-8")
    documented = {line.split("`")[1] for line in page.partition("## Remarks")[2].splitlines() if line.startswith("| `")}
    assert documented == set(REMARKS)


def test_a_call_that_fails_while_it_closes_is_told_at_once() -> None:
    client = live()
    client.says(END_ACKNOWLEDGED)
    final, acknowledged = sent(client.codec.failed(InputError("The store is away.")))
    assert (final["is_final"], acknowledged["is_final"], acknowledged["error"]) == (True, False, "The store is away.")
