"""Who was let in is remembered for a while, and no longer."""

from __future__ import annotations

from datetime import UTC, datetime

from assist.stores.accounts import User
from gateway.known_sessions import KnownSessions

WANG = User("u1", "wang", "王芳", "agent", "1001", datetime(2026, 1, 5, tzinfo=UTC), False)


def test_a_session_is_known_for_a_while_after_the_store_said_so() -> None:
    known = KnownSessions(keep_s=10)
    known.see("a", WANG, 100)
    assert known.user("a", 109) == WANG
    assert known.user("a", 110) is None
    assert known.user("b", 101) is None


def test_a_session_that_is_over_is_not_known() -> None:
    known = KnownSessions()
    known.see("a", WANG, 1)
    known.see("a", None, 2)
    assert known.user("a", 3) is None
    known.see("a", WANG, 4)
    known.forget_all()
    assert known.user("a", 5) is None


def test_the_sessions_seen_last_are_kept() -> None:
    known = KnownSessions(limit=2)
    for session in ("a", "b", "a", "c"):
        known.see(session, WANG, 1)
    assert [known.user(session, 2) is not None for session in ("a", "b", "c")] == [True, False, True]
