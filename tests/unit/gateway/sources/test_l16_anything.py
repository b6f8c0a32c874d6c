"""The doors of mod_audio_stream, mod_audio_fork, jambonz and Vonage: anything at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from assist.errors import InputError, OverloadedError
from assist.messages import Party
from gateway.sources.audio_fork import door as fork_door
from gateway.sources.codec import Join, JoinedCall, Sound
from gateway.sources.l16_text import REMARKS
from gateway.sources.vonage import door as vonage_door
from tests.support.envelopes import log, partial, utterance
from tests.support.l16 import Driven, interleaved
from tests.unit.gateway.sources.l16_wire import metadata

TEXTS = st.sampled_from(
    [
        *(metadata(), metadata(role="agent"), "{}", "x"),
        *('{"event":"dtmf","dtmf":"1"}', '{"event":"new"}', '{"a":1}{"b":2}'),
        *('{"event":{}}', '{"type":["mark"],"call":"1"}'),
    ]
) | st.text(max_size=40)


class AnyOrder(RuleBasedStateMachine):
    """Whatever comes in whatever order: nothing is raised, every byte is given once or not at all, in order."""

    door = fork_door

    def __init__(self) -> None:
        super().__init__()
        self.driven = Driven(self.door)
        self.sent = b""
        self.is_refused = False
        self.has_ended = False

    @precondition(lambda self: not self.has_ended)
    @rule(count=st.integers(0, 50))
    def sound(self, count: int) -> None:
        data = bytes((len(self.sent) + number) % 251 for number in range(count))
        if self.driven.codec.state not in ("flushing", "over", "refused", "deaf"):
            self.sent += data
        self.driven.send(data)

    @precondition(lambda self: not self.has_ended)
    @rule(text=TEXTS)
    def text(self, text: str) -> None:
        self.driven.send(text)

    @precondition(lambda self: not self.has_ended)
    @rule(seconds=st.floats(0.0, 30.0))
    def time(self, seconds: float) -> None:
        self.driven.wait(seconds)

    @precondition(lambda self: not self.has_ended)
    @rule(is_slow=st.booleans(), is_refused=st.booleans())
    def service(self, is_slow: bool, is_refused: bool) -> None:
        self.driven.is_slow = is_slow
        self.driven.refusal = OverloadedError("Full.") if is_refused else None
        self.is_refused |= is_refused

    @rule()
    def join(self) -> None:
        self.driven.perform(self.driven.codec.joined(JoinedCall("c-1", {})))

    @rule()
    def fail(self) -> None:
        self.is_refused = True
        self.driven.perform(self.driven.codec.failed(InputError("No.", code="something")))

    @rule()
    def hear(self) -> None:
        self.driven.hear(*log("c-1", utterance("u1"), partial("u2", 1)))

    @rule()
    def close(self) -> None:
        self.driven.perform(self.driven.codec.closed(()))

    @precondition(lambda self: not self.has_ended)
    @rule(is_clean=st.booleans())
    def end(self, is_clean: bool) -> None:
        self.has_ended = True
        self.driven.perform(self.driven.codec.end(is_clean))

    @invariant()
    def sound_is_whole(self) -> None:
        driven = self.driven
        if not driven.all(Sound) or self.is_refused:
            return
        parties: list[Party] = [leg.party for leg in driven.all(Join)[-1].introduction.legs]
        whole = len(self.sent) - len(self.sent) % (2 * len(parties))
        legs = [driven.heard(party) for party in parties]
        if self.driven.codec.state == "live":
            assert (interleaved(*legs) if len(legs) == 2 else legs[0]) == self.sent[:whole]

    @invariant()
    def remarks_are_known(self) -> None:
        assert {code for code in self.driven.remarks if not code.startswith("metadata-")} <= REMARKS.keys()

    @invariant()
    def nothing_binary_is_sent(self) -> None:
        assert all(isinstance(text, str) for text in self.driven.texts)


class AnyOrderOfVonage(AnyOrder):
    door = vonage_door


TestAnyOrder = AnyOrder.TestCase
TestAnyOrderOfVonage = AnyOrderOfVonage.TestCase


@pytest.mark.parametrize("page", ["freeswitch", "drachtio", "jambonz"])
def test_remarks_are_explained(page: str) -> None:
    text = (Path(__file__).parents[4] / "docs" / "connect" / f"{page}.md").read_text("utf-8")
    assert not [code for code in REMARKS if code != "content-type" and f"`{code}`" not in text]
