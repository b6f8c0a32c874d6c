"""The memory of failed log-ins."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.throttle import FailureThrottle


def test_key_is_blocked_until_the_oldest_failure_leaves_the_window() -> None:
    throttle = FailureThrottle(failure_limit=2, window_s=10)
    throttle.failed("a", 0)
    assert throttle.blocked_for_s("a", 1) == 0
    throttle.failed("a", 4)
    assert throttle.blocked_for_s("a", 5) == 5
    assert throttle.blocked_for_s("b", 5) == 0
    assert throttle.blocked_for_s("a", 10) == 0


def test_success_forgets_the_failures() -> None:
    throttle = FailureThrottle(failure_limit=1)
    throttle.failed("a", 0)
    throttle.succeeded("a")
    assert throttle.blocked_for_s("a", 0) == 0


@given(st.lists(st.integers(0, 20), max_size=200))
def test_memory_is_bounded_whatever_is_tried(keys: list[int]) -> None:
    throttle = FailureThrottle(failure_limit=3, key_limit=5)
    for now, key in enumerate(keys):
        throttle.failed(key, float(now))
    blocked = [key for key in range(21) if throttle.blocked_for_s(key, float(len(keys))) > 0]
    assert len(blocked) <= 5
