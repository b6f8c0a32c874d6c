"""What FunASR's clients are answered with: deltas, sentences, and one last result."""

from __future__ import annotations

import json
from typing import Any

import pytest

from assist.errors import InputError
from assist.messages import Word
from gateway.sources.codec import Hang, Join, JoinedCall, Leave, Sound
from gateway.sources.funasr.codec import FunasrCodec, FunasrLimits
from tests.support.funasr import (
    CHUNK,
    END,
    END_ACKNOWLEDGED,
    PYPI,
    PYTHON_FILE,
    Client,
    dropped,
    joins,
    live,
    partial,
    pcm,
    remarks,
    sent,
    utterance,
)

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
