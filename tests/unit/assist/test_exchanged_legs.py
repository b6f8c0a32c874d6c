"""A call whose legs somebody puts the right way round while it goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from assist.errors import InputError, NotFoundError
from assist.messages import AudioFrame, AudioGap, CallDegraded, LegsExchanged, Party
from assist.supervisor import CallRequest
from tests.support.fakes import STEREO
from tests.support.supervised import assert_adds_up, world

SOUND: dict[Party, bytes] = {"agent": b"\x01\x00", "customer": b"\x02\x00"}
"""One sample of each stream."""


def stream(party: Party, start_ms: int, end_ms: int) -> AudioFrame:
    return AudioFrame(party, start_ms, 8_000, SOUND[party] * (end_ms - start_ms) * 8)


def samples(pcm: bytes, at_ms: int) -> bytes:
    return pcm[at_ms * 16 : at_ms * 16 + 2]


async def test_from_then_on_each_stream_is_the_other_party_and_positions_stay_aligned(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        call = w.supervisor.open(CallRequest(source="test", legs=STEREO, call_id="c1"))
        await call.feed([stream("agent", 0, 1_000), stream("customer", 0, 1_020)])
        live = w.supervisor.live("c1")
        live.session.streams.exchange(by="u1", by_name="林晓")
        assert live.session.streams.is_exchanged
        assert [call.position_ms(leg) for leg in (0, 1)] == [1_000, 1_020]
        await call.feed([stream("agent", 1_000, 2_000), stream("customer", 1_020, 2_000)])
        agent = live.spool.leg("agent").path.read_bytes()
        customer = live.spool.leg("customer").path.read_bytes()
        call.close()
        closed = await call.closed()
    assert (samples(agent, 990), samples(customer, 990)) == (SOUND["agent"], SOUND["customer"])
    assert samples(agent, 1_010) == b"\x00\x00"
    assert (samples(agent, 1_020), samples(customer, 1_020)) == (SOUND["customer"], SOUND["agent"])
    assert len(agent) == len(customer) == 2_000 * 16
    assert_adds_up(closed.ledger)
    assert [leg.lost_ms for leg in closed.ledger] == [20, 0]
    events = [envelope.event for envelope in w.log("c1")]
    assert LegsExchanged(at_ms=1_020, by="u1", by_name="林晓") in events
    assert AudioGap(party="agent", start_ms=1_000, end_ms=1_020, cause="lost") in events


async def test_party_that_is_away_stays_away_as_the_other_one(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        call = w.supervisor.open(CallRequest(source="test", legs=STEREO, call_id="c1"))
        call.leave("customer")
        await call.feed([stream("agent", 0, 3_000)])
        w.supervisor.live("c1").session.streams.exchange(by="u1", by_name="林晓")
        assert call.is_away("customer")
        assert not call.is_away("agent")
        assert [call.position_ms(leg) for leg in (0, 1)] == [3_000, 0]
        assert call.miss("customer", 3_500, "lost", inferred=True) == 3_500
        await call.feed([stream("agent", 3_000, 4_000), stream("customer", 3_500, 4_000)])
        assert [call.position_ms(leg) for leg in (0, 1)] == [4_000, 4_000]
        call.close()
        closed = await call.closed()
    assert [leg.received_ms for leg in closed.ledger] == [4_000, 4_000]
    assert_adds_up(closed.ledger)
    assert [leg.lost_ms for leg in closed.ledger] == [500, 3_000]


async def test_an_absence_is_counted_once_however_often_the_parties_are_exchanged(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        call = w.supervisor.open(CallRequest(source="test", legs=STEREO, call_id="c1"))
        call.leave("customer")
        for second in (1, 2):
            await call.feed([stream("agent", second * 1_000 - 1_000, second * 1_000)])
            w.supervisor.live("c1").session.streams.exchange(by="u1", by_name="林晓")
            assert [call.position_ms(leg) for leg in (0, 1)] == [second * 1_000, 0]
        assert call.miss("customer", 2_500, "lost", inferred=True) == 2_500
        await call.feed([stream("agent", 2_000, 3_000), stream("customer", 2_500, 3_000)])
        assert [call.position_ms(leg) for leg in (0, 1)] == [3_000, 3_000]
        call.close()
        assert [leg.received_ms for leg in (await call.closed()).ledger] == [3_000, 3_000]


async def test_who_missed_less_than_was_padded_goes_on_where_it_is_after_what_was_cut_off(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        call = w.supervisor.open(CallRequest(source="test", legs=STEREO, call_id="c1"))
        call.leave("customer")
        await call.feed([stream("agent", 0, 2_000)])
        w.supervisor.live("c1").session.streams.exchange(by="u1", by_name="林晓")
        assert call.miss("customer", 1_500, "lost", inferred=True) == 1_500
        assert [call.position_ms(leg) for leg in (0, 1)] == [2_000, 1_500]
        await call.feed([stream("customer", 1_500, 2_200), stream("agent", 2_000, 3_000)])
        await call.feed([stream("customer", 2_200, 3_000)])
        assert [call.position_ms(leg) for leg in (0, 1)] == [3_000, 3_000]
        call.close()
        closed = await call.closed()
    assert_adds_up(closed.ledger)
    assert [(leg.received_ms, leg.lost_ms) for leg in closed.ledger] == [(3_000, 1), (3_000, 2_000)]


async def test_a_leg_without_sound_is_told_of_and_taken_back(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        call = w.supervisor.open(CallRequest(source="test", legs=STEREO, call_id="c1"))
        await call.feed([stream("agent", 0, 9_000)])
        view = w.supervisor.live("c1").journal.view
        assert [(one.part, one.code, one.party, one.at_ms) for one in view.degraded] == [
            ("legs", "leg-missing", "customer", 8_000)
        ]
        await call.feed([stream("customer", 0, 9_000)])
        assert w.supervisor.live("c1").journal.view.degraded == ()
        call.close()
        await call.closed()
    assert [e.event.restored for e in w.log("c1") if isinstance(e.event, CallDegraded)] == [False, True]


async def test_what_comes_after_the_end_is_not_looked_at(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        call = w.supervisor.open(CallRequest(source="test", legs=STEREO, call_id="c1"))
        await call.feed([stream("agent", 0, 4_000), stream("customer", 0, 1_000)])
        call.close()
        await call.feed([stream("agent", 4_000, 20_000)])
        await call.closed()
    assert not any(isinstance(envelope.event, CallDegraded) for envelope in w.log("c1"))


async def test_only_legs_of_two_parties_in_a_running_call_can_be_exchanged(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        call = w.supervisor.open(CallRequest(source="test", legs=STEREO[:1], call_id="c1"))
        with pytest.raises(InputError) as caught:
            w.supervisor.live("c1").session.streams.exchange(by="u1", by_name="林晓")
        assert caught.value.code == "legs-not-exchangeable"
        call.close()
        await call.closed()
        with pytest.raises(NotFoundError):
            w.supervisor.live("c1")
