"""What goes back to Genesys Cloud: lines on the clock of the session."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from assist.messages import (
    AudioGap,
    Envelope,
    Event,
    PartialTranscript,
    Party,
    Utterance,
    UtteranceDropped,
    Word,
)
from gateway.source_settings import ToldResults
from gateway.sources.audiohook.introduction import Preferences
from gateway.sources.audiohook.messages import duration, duration_us
from gateway.sources.audiohook.session import AudioHookCodec, Identity
from gateway.sources.codec import Action, JoinedCall, Send
from tests.support.platforms.audiohook import MEDIA, AudioHookStream, pcmu

CLIENTS_DURATION = re.compile(r"^PT(?:\d*\.)?\d+S$")
"""How the reference client reads a duration."""
AT = datetime(2026, 1, 1, tzinfo=UTC)


def line(
    party: Party,
    start_ms: int,
    end_ms: int,
    text: str = "查一下流量",
    *,
    number: str = "u1",
    words: Sequence[tuple[str, int, int]] = (),
    display_text: str | None = None,
    confidence: float = 0.93,
) -> Utterance:
    return Utterance(
        utterance_id=number,
        party=party,
        text=text,
        words=tuple(Word(text=word, start_ms=start, end_ms=end, confidence=0.9) for word, start, end in words),
        start_ms=start_ms,
        end_ms=end_ms,
        decided_ms=end_ms,
        confidence=confidence,
        model="m@1",
        display_text=display_text,
    )


def partial(party: Party, start_ms: int, end_ms: int, text: str, number: str = "u1") -> PartialTranscript:
    return PartialTranscript(
        utterance_id=number,
        party=party,
        revision=1,
        text=text,
        stable_chars=0,
        start_ms=start_ms,
        end_ms=end_ms,
    )


def dropped(party: Party, number: str = "u1") -> UtteranceDropped:
    return UtteranceDropped(utterance_id=number, party=party, start_ms=0, end_ms=1, decided_ms=1, reason="no-speech")


class Told:
    """A session that has joined its call, and what it tells of it."""

    def __init__(
        self,
        results: ToldResults = "utterances",
        *,
        positions_ms: dict[Party, int] | None = None,
        channels: Sequence[str] = ("external", "internal"),
        joined: bool = True,
        **parameters: Any,
    ) -> None:
        self.stream = AudioHookStream()
        identity = Identity(self.stream.session_id, self.stream.organization_id)
        self.codec = AudioHookCodec(identity, Preferences(results=results))
        opening = self.codec.receive(self.stream.open([pcmu(*channels), *MEDIA[1:]], **parameters), 0.0)
        self.seq = len([action for action in opening if isinstance(action, Send)])
        if joined:
            self.codec.joined(JoinedCall("c1", positions_ms or {"customer": 0, "agent": 0}))

    def hear(self, event: Event) -> list[dict[str, Any]]:
        return self.entities(self.codec.hear(Envelope(call_id="c1", seq=1, at=AT, event=event)))

    def at(self, elapsed_s: float) -> list[dict[str, Any]]:
        """What is told when sound arrives at this time."""
        return self.entities(self.codec.receive(bytes(320), elapsed_s))

    def entities(self, actions: Sequence[Action]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for action in actions:
            if not isinstance(action, Send) or '"event"' not in str(action.message):
                continue
            text = cast(str, action.message)
            assert len(text.encode("utf-16-le")) // 2 <= 65_535
            message = json.loads(text)
            self.seq += 1
            assert message["seq"] == self.seq
            (entity,) = message["parameters"]["entities"]
            assert entity["type"] == "transcript"
            found.append(entity["data"])
        return found


def texts(found: Sequence[dict[str, Any]]) -> list[str]:
    return [data["alternatives"][0]["interpretations"][0]["transcript"] for data in found]


def test_a_line_goes_back_as_the_protocol_has_it() -> None:
    told = Told(language="cmn-CN")
    words = [("查", 1000, 1200), ("流", 1200, 1400)]
    (data,) = told.hear(line("customer", 1000, 3000, "一百", display_text="100", words=words))
    identifier = data.pop("id")
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", identifier)
    assert data == {
        "channelId": 0,
        "isFinal": True,
        "offset": "PT1S",
        "duration": "PT2S",
        "alternatives": [
            {
                "confidence": 0.93,
                "languages": ["cmn-CN"],
                "interpretations": [
                    {
                        "type": "display",
                        "transcript": "100",
                        "tokens": [
                            {
                                "type": "word",
                                "value": "查",
                                "confidence": 0.9,
                                "offset": "PT1S",
                                "duration": "PT0.2S",
                            },
                            {
                                "type": "word",
                                "value": "流",
                                "confidence": 0.9,
                                "offset": "PT1.2S",
                                "duration": "PT0.2S",
                            },
                        ],
                    }
                ],
            }
        ],
    }


def test_nothing_goes_back_unless_it_is_wanted() -> None:
    told = Told("off")
    assert not told.codec.wants_events
    assert not told.hear(line("customer", 0, 1000))
    assert Told("off", customConfig={"results": "utterances"}).codec.wants_events
    assert not Told("all", customConfig={"results": "off"}).codec.wants_events


def test_a_line_is_on_the_channel_of_its_party() -> None:
    for channels, expected in ((("external", "internal"), [0, 1]), (("internal", "external"), [1, 0])):
        told = Told(channels=channels)
        found = [*told.hear(line("customer", 0, 100)), *told.hear(line("agent", 0, 100, number="u2"))]
        assert [data["channelId"] for data in found] == expected
    alone = Told(channels=["external"], positions_ms={"customer": 0})
    assert not alone.hear(line("agent", 0, 100)), "another connection's"
    assert [data["channelId"] for data in alone.hear(line("customer", 0, 100))] == [0]


def test_offsets_count_from_where_the_session_began() -> None:
    told = Told(positions_ms={"customer": 60_000, "agent": 61_000})
    assert not told.hear(line("customer", 59_000, 60_500)), "said before this session"
    (first,) = told.hear(line("customer", 61_500, 62_000, words=[("好", 61_500, 61_600)], number="u2"))
    (second,) = told.hear(line("agent", 61_500, 62_000, number="u3"))
    assert (first["offset"], second["offset"]) == ("PT1.5S", "PT0.5S")
    assert first["alternatives"][0]["interpretations"][0]["tokens"][0]["offset"] == "PT1.5S"


def test_offsets_count_the_platforms_own_gaps_and_none_that_the_call_inferred() -> None:
    told = Told()
    told.hear(AudioGap(party="customer", start_ms=1000, end_ms=11_000, cause="paused"))
    assert [data["offset"] for data in told.hear(line("customer", 12_000, 12_500))] == ["PT12S"]
    told.hear(AudioGap(party="customer", start_ms=13_000, end_ms=14_000, cause="lost", inferred=True))
    assert [data["offset"] for data in told.hear(line("customer", 15_000, 15_500, number="u2"))] == ["PT14S"]


def test_no_two_words_begin_at_once() -> None:
    same = [("a", 1000, 1000), ("b", 1000, 1100), ("c", 1000, 1100), ("d", 1500, 1400)]
    (data,) = Told().hear(line("customer", 1000, 2000, words=same))
    tokens = data["alternatives"][0]["interpretations"][0]["tokens"]
    assert [token["offset"] for token in tokens] == ["PT1S", "PT1.001S", "PT1.002S", "PT1.5S"]
    assert all(CLIENTS_DURATION.match(token["duration"]) for token in tokens)


@pytest.mark.parametrize(("length", "has_words"), [(200, True), (2_000, False), (70_000, False)])
def test_long_lines_lose_their_words_and_then_their_end(length: int, has_words: bool) -> None:
    words = [("好", number, number + 1) for number in range(length)]
    (data,) = Told().hear(line("customer", 0, length, "好" * length, words=words))
    assert bool(data["alternatives"][0]["interpretations"][0]["tokens"]) == has_words
    assert texts([data]) == ["好" * min(length, 4_095) if length > 60_000 else "好" * length]


def test_words_of_two_utf_16_units_count_twice() -> None:
    (data,) = Told().hear(line("customer", 0, 100, "𠮷" * 40_000))
    assert len(texts([data])[0]) < 40_000


def test_confidence_is_a_share() -> None:
    for given, told in ((1.5, 1.0), (-0.1, 0.0), (0.123456, 0.1235)):
        (data,) = Told().hear(line("customer", 0, 100, confidence=given))
        assert data["alternatives"][0]["confidence"] == told


def test_lines_before_the_call_is_joined_are_no_ones() -> None:
    assert not Told(joined=False).hear(line("customer", 0, 1000))


def test_update_names_another_language() -> None:
    told = Told()
    told.codec.receive(told.stream.message("update", language="cmn-CN"), 1.0)
    (data,) = told.hear(line("customer", 0, 1000))
    assert data["alternatives"][0]["languages"] == ["cmn-CN"]
    told.codec.receive(told.stream.message("update", language="en-US"), 1.0)
    (data,) = told.hear(line("customer", 2000, 3000, number="u2"))
    assert data["alternatives"][0]["languages"] == ["zh-CN"]


# --- what is heard so far ----------------------------------------------------------------------------------------


def test_partials_go_back_where_they_are_wanted_and_finals_always() -> None:
    for results, expected in (("utterances", 0), ("all", 1)):
        told = Told(cast(ToldResults, results))
        assert len(told.hear(partial("customer", 0, 500, "查"))) == expected
        assert [data["isFinal"] for data in told.hear(line("customer", 0, 1000))] == [True]


def test_a_partial_bears_the_id_of_its_line() -> None:
    told = Told("all")
    (so_far,) = told.hear(partial("customer", 200, 500, "查"))
    (final,) = told.hear(line("customer", 200, 1000))
    (other,) = told.hear(line("customer", 1200, 2000, number="u2"))
    assert so_far["id"] == final["id"] != other["id"]
    assert (so_far["isFinal"], so_far["offset"], so_far["duration"]) == (False, "PT0.2S", "PT0.3S")
    assert so_far["alternatives"][0]["interpretations"][0]["tokens"] == []
    elsewhere = Told("all")
    assert elsewhere.hear(line("customer", 200, 1000))[0]["id"] != final["id"]


def test_of_partials_the_newest_goes_once_a_second() -> None:
    told = Told("all")
    assert texts(told.hear(partial("customer", 0, 100, "a"))) == ["a"]
    assert not told.hear(partial("customer", 0, 200, "ab"))
    assert not told.hear(partial("customer", 0, 300, "abc"))
    assert texts(told.hear(partial("agent", 0, 300, "other", "u2"))) == ["other"]
    assert not told.at(0.9)
    assert texts(told.at(1.0)) == ["abc"]
    assert not told.at(3.0)


def test_a_final_takes_the_place_of_the_partial_that_waits_and_of_no_other() -> None:
    told = Told("all")
    told.hear(partial("customer", 0, 100, "a"))
    told.hear(partial("customer", 0, 200, "ab"))
    assert texts(told.hear(line("customer", 0, 300, "abc"))) == ["abc"]
    assert not told.at(1.0)
    told.hear(partial("customer", 500, 600, "d", "u2"))
    told.hear(partial("customer", 500, 700, "de", "u2"))
    assert texts(told.hear(line("customer", 0, 300, "late", number="u0"))) == ["late"]
    assert texts(told.at(2.5)) == ["de"]


def test_a_line_that_is_none_takes_its_partial_along() -> None:
    told = Told("all")
    told.hear(partial("customer", 0, 100, "a"))
    told.hear(partial("customer", 0, 200, "ab"))
    assert not told.hear(dropped("customer"))
    assert not told.at(5.0)


@pytest.mark.parametrize(
    ("parameters", "until_s"), [({"retryAfter": "PT30S"}, 40.0), ({}, 15.0), ({"retryAfter": 3}, 15.0)]
)
def test_partials_wait_while_the_platform_has_too_many_and_finals_do_not(
    parameters: dict[str, Any], until_s: float
) -> None:
    told = Told("all")
    told.codec.receive(told.stream.message("error", code=429, message="slow down", **parameters), 10.0)
    assert not told.hear(partial("customer", 0, 100, "a"))
    assert texts(told.hear(line("agent", 0, 300, "final", number="u2"))) == ["final"]
    assert not told.at(until_s - 0.1)
    assert texts(told.at(until_s)) == ["a"]


def test_lines_follow_close_until_closed() -> None:
    told = Told("all")
    told.codec.receive(told.stream.message("paused"), 1.0)
    assert texts(told.hear(line("customer", 0, 1000, "paused"))) == ["paused"]
    told.codec.receive(told.stream.close(), 2.0)
    assert texts(told.hear(line("customer", 2000, 3000, "last", number="u2"))) == ["last"]
    told.codec.closed(())
    assert not told.hear(line("customer", 4000, 5000, number="u3"))


# --- durations ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("length_ms", "text"),
    [
        (0, "PT0S"),
        (1, "PT0.001S"),
        (100, "PT0.1S"),
        (1000, "PT1S"),
        (10_000, "PT10S"),
        (61_250, "PT61.25S"),
    ],
)
def test_a_duration_is_written_in_seconds(length_ms: int, text: str) -> None:
    assert duration(length_ms) == text
    assert CLIENTS_DURATION.match(text)
    assert duration_us(text) == length_ms * 1000
