"""One whole call, fact by fact: what the fold says today is what it said when the file was written."""

from __future__ import annotations

import json

from tests.support import golden


def test_the_golden_call_gives_the_golden_advice() -> None:
    expected = golden.LINES.read_text(encoding="utf-8").splitlines()
    actual = list(golden.lines(golden.playbook(), golden.read_facts()))
    assert [json.loads(line) for line in actual] == [json.loads(line) for line in expected]


def test_the_golden_call_meets_every_rule_that_says_something() -> None:
    playbook = golden.playbook()
    advice = [
        item for line in golden.LINES.read_text(encoding="utf-8").splitlines() for item in json.loads(line)["advice"]
    ]
    heard_of = {item["because"]["rule"].partition("@")[0] for item in advice if "because" in item}
    assert heard_of == {rule.rule_id for rule in playbook.rules if rule.prompt or rule.flag}
    assert {item["verdict"] for item in advice if item["type"] == "flag"} == {"met", "breach", "abstained", "at_risk"}
