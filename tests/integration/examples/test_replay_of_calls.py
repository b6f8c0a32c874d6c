"""A stored call, replayed under the playbook it ran under, says exactly what was said live."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from assist.backtest import Backtest, Ruleset, read_call, replay
from assist.customers.csv_file import CsvDirectory
from assist.messages import Customer, Envelope
from assist.playbook import Playbook, load_playbook
from assist.ports import Pace
from nlp.phrases import PhraseAnalyser
from tests.support.early import without_early
from tests.support.lived_call import Understander, live, script_of

EXAMPLES = Path(__file__).parents[3] / "examples"
PHRASES = PhraseAnalyser()
NAMES = sorted(path.stem for path in (EXAMPLES / "calls").glob("*.json"))


@pytest.fixture(scope="module")
def rules() -> Ruleset:
    playbook = load_playbook(EXAMPLES / "playbooks" / "telecom.yaml")
    return Ruleset(playbook, PHRASES.open_call(playbook).find)


async def log_of(name: str, playbook: Playbook, spool: Path, *, pace: Pace = "live") -> list[Envelope]:
    truth = EXAMPLES / "calls" / f"{name}.json"
    script, end_ms = script_of(truth)
    customer = Customer.model_validate(json.loads(truth.read_text(encoding="utf-8"))["customer"])
    customers = CsvDirectory(EXAMPLES / "customers" / "telecom.csv")
    analysers = (PHRASES, Understander())
    return await live(script, end_ms, playbook, analysers, spool, pace=pace, customers=customers, customer=customer)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("pace", ["live", "replay"])
async def test_the_same_playbook_says_the_same(name: str, pace: Pace, rules: Ruleset, tmp_path: Path) -> None:
    call = read_call(await log_of(name, rules.playbook, tmp_path, pace=pace))
    assert call.said
    assert list(replay(call, rules)) == without_early(call.said)


async def test_a_rule_taken_away_loses_its_prompts_and_flags(rules: Ruleset, tmp_path: Path) -> None:
    call = read_call(await log_of("02-refused-then-pushed", rules.playbook, tmp_path))
    fewer = replace(rules.playbook, rules=tuple(r for r in rules.playbook.rules if r.rule_id != "push-after-refusal"))
    (change,) = Backtest(Ruleset(fewer, rules.listen)).take(call)
    assert (change.change, change.rule_id, change.before, change.after) == (
        "lost",
        "push-after-refusal",
        "breach",
        None,
    )
    assert change.quote
    (back,) = Backtest(rules, against=Ruleset(fewer, rules.listen)).take(call)
    assert (back.change, back.at_ms) == ("gained", change.at_ms)
