"""What the record of a call says of how its platform is connected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from asr.audio.samples import Int16Array
from assist.messages import (
    AudioGap,
    CallClosed,
    CallDegraded,
    CallOpened,
    CloseCause,
    Envelope,
    Event,
    Leg,
    LegLedger,
    Party,
    SpeechStarted,
)
from gateway.diagnosis.findings import TEXTS, Finding
from gateway.diagnosis.record import CallRecord, judge
from tests.support.envelopes import START

LEGS = (Leg(party="customer", codec="mulaw", rate_hz=8000), Leg(party="agent", codec="mulaw", rate_hz=8000))
Timed = tuple[float, Event]


def onset(number: int, position_ms: int) -> SpeechStarted:
    return SpeechStarted(utterance_id=f"u{number}", party="agent", start_ms=position_ms, decided_ms=position_ms)


def closed(received_ms: int, cause: CloseCause = "hangup") -> CallClosed:
    ledger = tuple(
        LegLedger(party=leg.party, received_ms=received_ms, transcribed_ms=0, silence_ms=received_ms, gaps_ms=0)
        for leg in LEGS
    )
    return CallClosed(at_ms=received_ms, cause=cause, ledger=ledger)


def record(
    *events: Timed,
    wall_s: float = 60.0,
    received_ms: int = 60_000,
    cause: CloseCause = "hangup",
    sound: Mapping[Party, Int16Array] | None = None,
    platform: str = "twilio",
) -> CallRecord:
    opened = CallOpened(source=f"{platform}/1", legs=LEGS)
    timed: Sequence[Timed] = [(0.0, opened), *events, (wall_s, closed(received_ms, cause))]
    log = [
        Envelope(call_id="c1", seq=seq, at=START + timedelta(seconds=at_s), event=event)
        for seq, (at_s, event) in enumerate(timed, 1)
    ]
    return CallRecord(platform, "c1", log, sound or {})


def found(*events: Timed, **call: object) -> list[tuple[str, str]]:
    return [(finding.code, finding.state) for finding in judge(record(*events, **call))]  # type: ignore[arg-type]


def degraded(code: str, party: Party | None, *, restored: bool = False) -> CallDegraded:
    return CallDegraded(at_ms=9_000, part="legs", code=code, reason="x", party=party, restored=restored)


def test_a_call_in_which_nothing_is_wrong_says_so_with_its_legs() -> None:
    (finding,) = judge(record())
    assert (finding.code, finding.state) == ("call-fits", "ok")
    assert finding.values["legs"] == "customer (mulaw, 8000 Hz), agent (mulaw, 8000 Hz)"


@pytest.mark.parametrize("code", ["leg-missing", "leg-silent", "legs-identical", "legs-swapped"])
def test_what_the_call_itself_found_wrong_with_its_legs(code: str) -> None:
    party: Party | None = "customer" if code.startswith("leg-") else None
    assert found((9.0, degraded(code, party))) == [(code, "fail")]
    assert found((9.0, degraded(code, party)), (20.0, degraded(code, party, restored=True))) == [("call-fits", "ok")]


@pytest.mark.parametrize(("received_ms", "code"), [(30_000, "clock-slow"), (120_000, "clock-fast")])
def test_a_rate_that_is_wrong_by_two(received_ms: int, code: str) -> None:
    assert found(received_ms=received_ms) == [(code, "fail")]


def test_a_client_that_replays_has_no_clock() -> None:
    assert found(received_ms=120_000, platform="funasr") == [("call-fits", "ok")]


def test_a_clock_that_drifts_is_measured_by_the_smallest_delays() -> None:
    events = [(at_s + (at_s % 3) / 5, onset(number, round(at_s * 950))) for number, at_s in enumerate(range(2, 58, 2))]
    (finding,) = judge(record(*events, received_ms=57_000))
    assert (finding.code, finding.state) == ("clock-drift", "warn")
    assert finding.values["drift"].startswith("+1.")


def test_recognition_that_is_late_now_and_then_is_no_drift() -> None:
    events = [(at_s + (at_s % 7), onset(number, at_s * 1000)) for number, at_s in enumerate(range(2, 54, 2))]
    assert found(*sorted(events, key=lambda event: event[0])) == [("call-fits", "ok")]


def test_what_happens_to_a_call_after_its_end_is_not_its_time() -> None:
    whole = record()
    late = Envelope(call_id="c1", seq=9, at=START + timedelta(days=3), event=degraded("legs-swapped", None))
    restored = late.model_copy(update={"event": degraded("legs-swapped", None, restored=True)})
    assert [finding.code for finding in judge(CallRecord("twilio", "c1", [*whole.log, late, restored]))] == [
        "call-fits"
    ]


@pytest.mark.parametrize(("lost_ms", "state"), [(700, "warn"), (4_000, "fail")])
def test_losses_are_a_share_of_the_call(lost_ms: int, state: str) -> None:
    gap = AudioGap(party="customer", start_ms=1_000, end_ms=1_000 + lost_ms, cause="lost")
    assert found((5.0, gap)) == [("losses", state)]


def test_small_losses_and_pauses_are_nothing_to_tell() -> None:
    lost = AudioGap(party="customer", start_ms=1_000, end_ms=1_060, cause="lost")
    paused = AudioGap(party="customer", start_ms=2_000, end_ms=12_000, cause="paused")
    assert found((5.0, lost), (12.0, paused)) == [("call-fits", "ok")]


def test_stalls_that_nobody_explained_are_told_apart_from_losses() -> None:
    gap = AudioGap(party="agent", start_ms=1_000, end_ms=5_000, cause="lost", inferred=True)
    assert found((6.0, gap)) == [("stalls", "warn")]


def test_a_connection_that_was_lost_has_no_clock() -> None:
    assert found(received_ms=20_000, cause="source-lost") == [("broken-off", "warn")]


def test_a_short_call_tells_of_its_legs_alone() -> None:
    assert found((1.0, degraded("leg-missing", "agent")), received_ms=3_000) == [
        ("leg-missing", "fail"),
        ("call-short", "warn"),
    ]


def test_a_leg_that_was_read_with_another_codec_is_named() -> None:
    steps = np.arange(160_000, dtype=np.float64)
    voice = np.sin(steps * 0.17) * (np.sin(steps * 0.0004) > 0.3) * 6_000
    misread = np.frombuffer(voice.astype(">i2").tobytes(), "<i2").astype(np.int16)
    linear = LEGS[0].model_copy(update={"codec": "pcm_s16le"})
    whole = record(sound={"customer": misread})
    opening = whole.log[0].model_copy(update={"event": CallOpened(source="twilio/1", legs=(linear,))})
    (finding,) = judge(CallRecord("twilio", "c1", [opening, *whole.log[1:]], whole.sound))
    assert (finding.code, finding.values["party"], finding.values["likely"]) == ("wrong-codec", "customer", "pcm_s16be")


def test_an_open_call_is_judged_by_what_there_is() -> None:
    whole = record((30.0, onset(1, 29_500)))
    assert [finding.code for finding in judge(CallRecord("twilio", "c1", whole.log[:-1]))] == ["call-fits"]


@pytest.mark.parametrize("code", sorted(TEXTS))
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_finding_can_be_told_in_both_languages(code: str, language: str) -> None:
    names = ("url", "public_url", "port", "reason", "status", "ms", "call", "length_s", "legs", "party", "party_zh")
    names += ("codec", "likely", "sound_s", "wall_s", "rate_hz", "drift", "percent", "gaps", "lost_s")
    told = Finding("twilio", code, "warn", dict.fromkeys(names, "x")).told("zh" if language == "zh" else "en")
    assert told.found
    assert "{" not in told.found + told.remedy
    assert not told.remedy or told.remedy.endswith("(docs/connect/twilio.md)")


def test_every_code_is_documented() -> None:
    page = Path("docs/connect/doctor.md").read_text(encoding="utf-8")
    assert not [code for code in TEXTS if f"`{code}`" not in page]
