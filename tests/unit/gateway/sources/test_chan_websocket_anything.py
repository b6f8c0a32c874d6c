"""chan_websocket's codec without a socket: anything."""

from __future__ import annotations

import itertools
import json

from hypothesis import given
from hypothesis import strategies as st

from gateway.sources.codec import (
    Hang,
    Join,
    Leave,
)
from tests.unit.gateway.sources.chan_websocket_wire import LONG_LINE, SHORT_LINE, codec_of, fed, pcm, sent, start


@given(sound=st.binary(max_size=600), cuts=st.lists(st.integers(0, 600), max_size=10))
def test_any_split_of_the_sound_gives_the_same_samples(sound: bytes, cuts: list[int]) -> None:
    codec = codec_of()
    fed(codec, start(format="slin"))
    places = [0, *sorted(cut % (len(sound) + 1) for cut in cuts), len(sound)]
    parts = [sound[begin:end] for begin, end in itertools.pairwise(places)]
    assert pcm(fed(codec, *parts)) == sound[: len(sound) - len(sound) % 2]


TEXTS = st.one_of(
    st.text(max_size=60),
    st.sampled_from([start(), LONG_LINE, SHORT_LINE, start(format="opus"), "ERROR error_text:x", "MEDIA_XOFF"]),
    st.dictionaries(st.sampled_from(["event", "format", "channel_variables", "channel_id"]), st.text(max_size=9)).map(
        json.dumps
    ),
)


@given(
    messages=st.lists(st.one_of(TEXTS, st.binary(max_size=50)), max_size=15),
    query=st.dictionaries(st.sampled_from(["call", "role", "channels", "agent_id"]), st.text(max_size=9)),
)
def test_anything_in_any_order_is_survived(messages: list[str | bytes], query: dict[str, str]) -> None:
    codec = codec_of(query)
    actions = [action for message in messages for action in fed(codec, message)]
    actions += [*codec.expire(10.0), *codec.end(False)]
    assert sum(isinstance(action, Join) for action in actions) <= 1
    assert sum(isinstance(action, Leave) for action in actions) <= 1
    assert len(sent(actions)) <= 1
    assert not [action for action in actions if isinstance(action, Hang)]
