"""A wrap-up on the terminal."""

from __future__ import annotations

from assist.view import fold_all
from assist.wrapup import wrap_up
from gateway.cli.narration import narrate
from tests.support.envelopes import log, opened
from tests.unit.assist.wrapup.test_template import complaint


def test_a_wrap_up_is_told_sentence_by_sentence() -> None:
    proposal = wrap_up(fold_all("c", complaint().log()), 61_000, "hangup")
    assert proposal is not None
    told = narrate(log("c", opened(), proposal)[1])
    assert told is not None
    lines = told.splitlines()
    assert len(lines) == len(proposal.sentences)
    assert lines[0] == "[01:01]   ✎ 客户来电投诉费用：“你们多扣了我五十块钱！”"
