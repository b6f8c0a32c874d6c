"""Order of waiting requests, without loop or threads."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.backlog import Backlog, Pending, Priority


@dataclass(frozen=True)
class PlainRunner:
    """Only what ordering asks of a runner."""

    name: str = "plain@1"
    batch_limit: int = 1

    def batch_key(self, request: object) -> Hashable:
        return None

    def run(self, batch: Sequence[object]) -> Sequence[object]:
        return batch


@dataclass
class PlainAnswer:
    is_done: bool = False
    results: list[Any] = field(default_factory=list[Any])

    def done(self) -> bool:
        return self.is_done

    def set_result(self, result: Any, /) -> None:
        self.results.append(result)

    def set_exception(self, exception: BaseException, /) -> None:
        self.results.append(exception)


ONE_BY_ONE = PlainRunner()


def pending(
    priority: Priority = Priority.FINAL,
    *,
    runner: PlainRunner = ONE_BY_ONE,
    deadline_s: float | None = None,
    lane: Hashable | None = None,
    key: Hashable = None,
    since_s: float = 0.0,
    expires_s: float = float("inf"),
    request: object = None,
) -> Pending:
    return Pending(
        runner=runner,
        request=request,
        priority=priority,
        answer=PlainAnswer(),
        since_s=since_s,
        deadline_s=deadline_s,
        expires_s=expires_s,
        lane=lane,
        key=key,
    )


def backlog_of(*items: Pending, patience_s: float = 30.0) -> Backlog:
    backlog = Backlog(patience_s=patience_s)
    for item in items:
        backlog.add(item)
    return backlog


def drain(backlog: Backlog, now_s: float = 0.0) -> list[Pending]:
    served: list[Pending] = []
    while batch := backlog.take(now_s):
        served += batch
    return served


def test_higher_priority_goes_first_whatever_the_deadline() -> None:
    partial = pending(Priority.PARTIAL, deadline_s=1.0)
    classifier = pending(Priority.CLASSIFIER, deadline_s=2.0)
    final = pending(Priority.FINAL, deadline_s=3.0)
    signal = pending(Priority.SIGNAL, deadline_s=4.0)
    assert drain(backlog_of(partial, classifier, final, signal)) == [signal, final, classifier, partial]


def test_the_archive_waits_for_everything_else_and_is_never_dropped() -> None:
    archive = pending(Priority.ARCHIVE)
    foresight = pending(Priority.FORESIGHT)
    assert drain(backlog_of(archive, foresight)) == [foresight, archive]
    assert not Priority.ARCHIVE.is_preview
    assert backlog_of(archive).take(0.0, last=Priority.SPECULATION) == []


def test_earliest_deadline_goes_first_and_none_comes_last() -> None:
    patient, late, early = pending(), pending(deadline_s=9.0), pending(deadline_s=3.0)
    assert drain(backlog_of(patient, late, early)) == [early, late, patient]


def test_request_without_deadline_stops_yielding_when_its_patience_ends() -> None:
    patient, hurried = pending(since_s=0.0), pending(since_s=29.0, deadline_s=31.0)
    assert drain(backlog_of(patient, hurried), now_s=30.0) == [patient, hurried]


def test_lanes_take_turns_when_deadlines_tie() -> None:
    first = [pending(lane="a") for _ in range(3)]
    second = [pending(lane="b") for _ in range(3)]
    served = drain(backlog_of(*first, *second))
    assert [p.lane for p in served] == ["a", "b", "a", "b", "a", "b"]


def test_lane_that_comes_back_at_once_does_not_overtake_one_that_waits() -> None:
    backlog = backlog_of(*(pending(lane="long") for _ in range(3)))
    served: list[Hashable] = []
    for _ in range(3):
        backlog.add(pending(lane="quick"))
        served += [p.lane for _ in range(2) for p in backlog.take(0.0)]
    assert served == ["long", "quick"] * 3


def test_batch_takes_turns_between_lanes_too() -> None:
    runner = PlainRunner(batch_limit=2)
    backlog = backlog_of(*(pending(runner=runner, lane=lane) for lane in "aaab"))
    assert [p.lane for p in backlog.take(0.0)] == ["a", "b"]


def test_batch_holds_one_key_and_one_runner() -> None:
    runner, other = PlainRunner(batch_limit=8), PlainRunner("other@1", batch_limit=8)
    short, long = pending(runner=runner, key=200), pending(runner=runner, key=400)
    foreign, mate = pending(runner=other, key=200), pending(runner=runner, key=200)
    assert backlog_of(short, long, foreign, mate).take(0.0) == [short, mate]


def test_expired_and_abandoned_requests_are_passed_over() -> None:
    expired, abandoned, good = pending(expires_s=1.0), pending(), pending()
    abandoned.answer = PlainAnswer(is_done=True)
    assert drain(backlog_of(expired, abandoned, good), now_s=1.0) == [good]


def test_partial_is_superseded_by_a_partial_or_final_of_its_lane_only() -> None:
    waiting = pending(Priority.PARTIAL, lane="a")
    backlog = backlog_of(waiting)
    assert backlog.superseded_by(pending(Priority.PARTIAL, lane="a")) is waiting
    assert backlog.superseded_by(pending(Priority.FINAL, lane="a")) is waiting
    assert backlog.superseded_by(pending(Priority.SIGNAL, lane="a")) is None
    assert backlog.superseded_by(pending(Priority.CLASSIFIER, lane="a")) is None
    assert backlog.superseded_by(pending(Priority.PARTIAL, lane="b")) is None
    assert backlog.superseded_by(pending(Priority.PARTIAL)) is None


def test_final_is_never_superseded() -> None:
    backlog = backlog_of(pending(Priority.FINAL, lane="a"))
    assert backlog.superseded_by(pending(Priority.FINAL, lane="a")) is None


def test_discarding_twice_is_noticed() -> None:
    item = pending()
    backlog = backlog_of(item)
    assert backlog.discard(item)
    assert not backlog.discard(item)
    assert len(backlog) == 0


def test_lanes_that_do_not_wait_are_forgotten() -> None:
    backlog = backlog_of(*(pending(Priority.PARTIAL, lane=lane) for lane in range(50)))
    drain(backlog)
    assert vars(backlog)["_turns"] == {}


def test_patience_must_be_positive() -> None:
    with pytest.raises(ValueError, match="patience_s"):
        Backlog(patience_s=0)


requests = st.builds(
    pending,
    st.sampled_from(Priority),
    runner=st.sampled_from([PlainRunner("a@1", 3), PlainRunner("b@1", 1)]),
    deadline_s=st.none() | st.sampled_from([1.0, 2.0, 3.0]),
    lane=st.none() | st.sampled_from("xyz"),
    key=st.sampled_from([200, 400]),
)


@given(st.lists(requests, max_size=30))
def test_everything_that_waits_is_taken_once_in_batches_that_may_be_mixed_by_nothing(items: list[Pending]) -> None:
    backlog = backlog_of(*items)
    served: list[Pending] = []
    while batch := backlog.take(0.0):
        assert len(batch) <= batch[0].runner.batch_limit
        assert len({(p.runner, p.key) for p in batch}) == 1
        served += batch
    assert sorted(map(id, served)) == sorted(map(id, items))
    assert sum(backlog.counts().values()) == 0


@given(st.lists(requests, min_size=1, max_size=30))
def test_nothing_left_behind_outranks_the_head_of_a_batch(items: list[Pending]) -> None:
    def urgency(p: Pending) -> tuple[int, float]:
        return p.priority, float("inf") if p.deadline_s is None else p.deadline_s

    backlog = backlog_of(*items)
    waiting = set(items)
    while batch := backlog.take(0.0):
        waiting.difference_update(batch)
        assert [urgency(p) for p in batch] == sorted(urgency(p) for p in batch)
        assert all(urgency(batch[0]) <= urgency(p) for p in waiting)
        mates = [p for p in waiting if (p.runner, p.key) == (batch[0].runner, batch[0].key)]
        assert all(urgency(batch[-1]) <= urgency(p) for p in mates)


@given(st.lists(st.sampled_from(["add a", "add b", "add c", "take"]), max_size=60))
def test_no_lane_is_served_twice_while_another_waits_since_before(steps: list[str]) -> None:
    backlog = Backlog()
    waiting: dict[str, int] = {}
    passed_over: dict[str, set[str]] = {}
    for step in steps:
        if step == "take":
            for served in backlog.take(0.0):
                lane = str(served.lane)
                waiting[lane] -= 1
                passed_over[lane] = set()
                for other in (name for name, left in waiting.items() if left and name != lane):
                    assert lane not in passed_over[other]
                    passed_over[other].add(lane)
        else:
            lane = step.removeprefix("add ")
            if not waiting.get(lane):
                passed_over[lane] = set()
            waiting[lane] = waiting.get(lane, 0) + 1
            backlog.add(pending(lane=lane))
