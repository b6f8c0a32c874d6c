"""What gives way under load, and when it comes back; on an invented clock."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from asr.pressure import Pressure, PressureSettings, Stage
from models.engine import EngineLoad, Priority

SETTINGS = PressureSettings()


class Engine:
    """Two workers whose load the test sets."""

    def __init__(self) -> None:
        self.finals = self.speculation = self.final_wait_s = 0.0
        self.partial_s = 0.1
        self.reads = 0

    def load(self) -> EngineLoad:
        self.reads += 1
        shares: Mapping[Priority, float] = {
            Priority.SIGNAL: 0.0,
            Priority.FINAL: self.finals,
            Priority.CLASSIFIER: 0.0,
            Priority.SPECULATION: self.speculation,
            Priority.PARTIAL: 0.0,
            Priority.FORESIGHT: 0.0,
        }
        return EngineLoad(
            queued=dict.fromkeys(Priority, 0),
            workers=2,
            partial_workers=1,
            busy_workers=0,
            stalled_workers=0,
            final_wait_p95_s=self.final_wait_s,
            shares=shares,
            costs_s=dict.fromkeys(Priority, self.partial_s),
        )


def speaking(engine: Engine, lanes: int) -> Pressure:
    pressure = Pressure(engine.load, SETTINGS)
    for lane in range(lanes):
        pressure.open(lane, 0.0)
        pressure.speak(lane, is_speaking=True)
    return pressure


def test_an_idle_engine_gives_partials_as_often_as_wanted() -> None:
    relief = speaking(Engine(), 1).relief(0.0)
    assert (relief.stage, relief.partial_interval_ms) == (Stage.NORMAL, SETTINGS.min_interval_ms)


def test_lanes_that_speak_share_what_finals_leave() -> None:
    engine = Engine()
    engine.finals = 0.6
    pressure = speaking(engine, 12)
    # 12 partials of 0.1 s in 0.3 of two workers.
    assert pressure.relief(0.0).partial_interval_ms == 2_000
    for lane in range(6):
        pressure.speak(lane, is_speaking=False)
    assert pressure.relief(0.0).partial_interval_ms == 1_000


def test_partials_never_get_rarer_than_the_longest_interval() -> None:
    engine = Engine()
    engine.finals = 1.0
    assert speaking(engine, 20).relief(0.0).partial_interval_ms == SETTINGS.max_interval_ms


def test_the_load_is_read_no_more_often_than_it_changes() -> None:
    engine = Engine()
    pressure = speaking(engine, 1)
    for step in range(100):
        pressure.relief(step / 100)
    assert engine.reads == 2


def test_stages_come_in_order_as_finals_need_more() -> None:
    engine = Engine()
    pressure = speaking(engine, 12)
    seen: list[Stage] = []
    for step in range(100):
        engine.finals = step / 100
        stage = pressure.relief(float(step)).stage
        if not seen or seen[-1] is not stage:
            seen.append(stage)
    assert seen == [Stage.NORMAL, Stage.PARTIALS_THINNED, Stage.ENDPOINT_WAITS, Stage.CALLS_REFUSED]


def test_finals_that_wait_long_are_cause_enough() -> None:
    engine = Engine()
    pressure = speaking(engine, 1)
    engine.final_wait_s = 1.2
    assert pressure.relief(0.0).endpoint_waits
    engine.final_wait_s = 2.5
    assert pressure.relief(1.0).refuses_calls


def test_sound_that_goes_on_waiting_to_be_heard_is_cause_enough() -> None:
    pressure = speaking(Engine(), 1)
    for second in range(3):
        pressure.lag(0, 1.2, float(second))
    assert pressure.relief(3.0).stage is Stage.ENDPOINT_WAITS
    for second in range(3, 6):
        pressure.lag(0, 2.5, float(second))
    assert pressure.relief(6.0).refuses_calls
    pressure.lag(0, 0.0, 6.5)
    left = [pressure.relief(float(second)).stage for second in range(7, 20)]
    assert left[-1] is Stage.NORMAL


def test_a_burst_of_sound_is_no_lag() -> None:
    pressure = speaking(Engine(), 1)
    for second in range(10):
        pressure.lag(0, 3.0, float(second))
        assert pressure.relief(second + 0.1).stage is Stage.NORMAL
        pressure.lag(0, 0.1, second + 0.3)
        assert pressure.relief(second + 0.9).stage is Stage.NORMAL


def test_wasted_speculation_is_no_reason_to_let_the_endpoint_wait() -> None:
    engine = Engine()
    engine.finals, engine.speculation = 0.4, 0.6
    assert not speaking(engine, 1).relief(0.0).endpoint_waits


def test_stages_are_left_one_by_one_after_calm() -> None:
    engine = Engine()
    pressure = speaking(engine, 1)
    engine.final_wait_s = 5.0
    assert pressure.relief(0.0).stage is Stage.CALLS_REFUSED
    engine.final_wait_s = 0.0
    left = {step: pressure.relief(float(step)).stage for step in range(1, 12)}
    assert [left[step] for step in (3, 4, 6, 7, 9, 10)] == [3, 2, 2, 1, 1, 0]


def test_a_load_between_the_thresholds_changes_nothing() -> None:
    engine = Engine()
    pressure = speaking(engine, 1)
    engine.finals = 0.7
    assert not pressure.relief(0.0).endpoint_waits
    engine.finals = 0.82
    assert pressure.relief(1.0).endpoint_waits
    engine.finals = 0.7
    assert all(pressure.relief(float(second)).endpoint_waits for second in range(2, 60))


def test_calls_that_come_at_once_are_counted_before_they_cost_anything() -> None:
    pressure = Pressure(Engine().load, SETTINGS)
    admitted = 0
    while pressure.has_room(0.0) and admitted < 100:
        for party in ("agent", "customer"):
            pressure.open((admitted, party), 0.0)
        admitted += 1
    assert 10 <= admitted <= 20


def test_a_call_that_would_fill_the_engine_is_not_taken_on() -> None:
    engine = Engine()
    pressure = speaking(engine, 16)
    engine.finals = 0.45
    assert pressure.has_room(100.0)
    engine.finals = 0.65
    assert not pressure.has_room(101.0)
    for lane in range(8):
        pressure.close(lane)
    engine.finals = 0.33
    assert pressure.has_room(102.0)


def test_the_first_call_is_always_taken_on() -> None:
    engine = Engine()
    engine.finals, engine.final_wait_s = 1.0, 9.0
    pressure = Pressure(engine.load, SETTINGS)
    assert pressure.has_room(0.0)
    pressure.open("agent", 0.0)
    assert not pressure.has_room(1.0)


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 10)), max_size=200))
def test_stages_fall_by_one_and_the_interval_keeps_its_bounds(loads: list[tuple[float, float]]) -> None:
    engine = Engine()
    pressure = speaking(engine, 8)
    before = Stage.NORMAL
    for second, (engine.finals, engine.final_wait_s) in enumerate(loads):
        relief = pressure.relief(float(second))
        assert relief.stage >= before - 1
        assert SETTINGS.min_interval_ms <= relief.partial_interval_ms <= SETTINGS.max_interval_ms
        before = relief.stage
