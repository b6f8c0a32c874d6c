"""``livecue qa`` and the rule cases of ``livecue rules``, over a stored call with a decided appeal."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from assist.messages import Envelope
from assist.playbook import load_playbook, parse_playbook
from assist.quality.judging import GivenError, appeal_decided, appeal_made, judged_in
from assist.quality.scorecard_file import parse_scorecard
from assist.quality.scoring import GivenValue
from assist.stores import open_stores
from gateway.cli import app
from nlp.phrases import PhraseAnalyser
from tests.integration.gateway.test_cli_replay import RULES, SCRIPT
from tests.support.lived_call import live
from tests.support.past_calls import NOW
from tests.support.reviews import AGENT, CARD_TEXT, DEADLINES, LEAD, OTHER_QA, QA, after, opening, review_in, score_of

PLAYBOOKS = Path(__file__).parents[3] / "examples" / "playbooks"
CARD = CARD_TEXT.replace("push-after-refusal", "rude").replace("telecom", "small")


@pytest.fixture
async def data(tmp_path: Path) -> Path:
    """The data directory of a service with one call, whose flag a team's lead has found wrong, and a calibration."""
    book = parse_playbook(RULES)
    log = await live(SCRIPT, 6_000, book, (PhraseAnalyser(),), tmp_path / "spool", call_id="call-1")
    log = appealed(log)
    for actor, review_id in ((QA, "r-2"), (OTHER_QA, "r-3")):
        log = after(log, opening(review_id, kind="calibration", reviewer=actor))
        log = after(log, score_of(log, actor, review_id, pushing=1))
    (tmp_path / "data").mkdir()
    async with open_stores(f"sqlite:///{tmp_path}/data/livecue.db") as stores:
        await stores.calls.append(log)
    return tmp_path / "data"


def appealed(log: list[Envelope]) -> list[Envelope]:
    log = after(log, opening(reviewer=QA))
    log = after(log, score_of(log, card=parse_scorecard(CARD), pushing=0))
    review = review_in(log)
    log = after(log, appeal_made(review, log, AGENT, NOW, text="不是忌语", points=(), version=2, deadlines=DEADLINES))
    flag = judged_in(log).flags[0]
    decided = appeal_decided(
        review_in(log),
        judged_in(log),
        LEAD,
        NOW,
        outcome="granted",
        reason="说的是转给专人",
        given=[GivenValue("pushing", 1)],
        errors=[GivenError(flag.flag_id, "silent")],
        version=3,
        deadlines=DEADLINES,
    )
    return after(log, decided)


async def livecue(*words: object) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, app, [str(word) for word in words])


async def test_a_rule_that_people_found_wrong_fails_the_check_until_it_is_mended(tmp_path: Path, data: Path) -> None:
    book = tmp_path / "small.yaml"
    book.write_text(RULES, encoding="utf-8")
    plain = await livecue("rules", "check", book)
    failing = await livecue("rules", "check", book, "--data", data)
    book.write_text(RULES.replace("不归我管", "与我无关"), encoding="utf-8")
    passing = await livecue("rules", "check", book, "--data", data, "--json")
    assert plain.exit_code == 0
    assert failing.exit_code == 1
    assert "failing case of rude: call-1" in failing.stdout
    assert "expects silent, finds breach: 说的是转给专人" in failing.stdout
    row = json.loads(passing.stdout)
    assert (passing.exit_code, row["ok"], row["rule_cases"]["passing"]) == (0, True, 1)


async def test_a_replay_tells_how_the_cases_stand(tmp_path: Path, data: Path) -> None:
    book = tmp_path / "small.yaml"
    book.write_text(RULES, encoding="utf-8")
    told = await livecue("rules", "replay", book, "--data", data, "--jobs", 1)
    report: Any = json.loads((await livecue("rules", "replay", book, "--data", data, "--jobs", 1, "--json")).stdout)
    assert "rule cases: 0 passing, 1 failing, 0 not tried" in told.stdout
    (case,) = report["rule_cases"]["cases"]
    assert (case["rule"], case["state"], case["found"]) == ("rude", "failing", "breach")


async def test_precision_agreement_and_reviews_are_told(data: Path) -> None:
    precision = json.loads((await livecue("qa", "precision", "small", "--data-dir", data, "--json")).stdout)
    table = await livecue("qa", "precision", "small", "--data-dir", data)
    agreement = json.loads((await livecue("qa", "agreement", "--data-dir", data, "--json")).stdout)
    listed = await livecue("qa", "reviews", "--data-dir", data, "--state", "answered", "--json")
    people = await livecue("qa", "reviews", "--data-dir", data)
    wrong = await livecue("qa", "reviews", "--data-dir", data, "--state", "lost")
    assert (precision["rules"]["rude"]["judged"], precision["rules"]["rude"]["right"]) == (1, 0)
    assert "rude" in table.stdout
    assert (agreement["sessions"], agreement["overall"]["agreement"]) == (1, 1.0)
    assert [json.loads(line)["review_id"] for line in listed.stdout.splitlines()] == ["r-1"]
    assert "r-2" in people.stdout
    assert "over all" in (await livecue("qa", "agreement", "--data-dir", data)).stdout
    assert wrong.exit_code != 0


async def test_reviews_are_made_anew_from_the_logs(data: Path) -> None:
    made = await livecue("qa", "rebuild", "--data-dir", data, "--json")
    assert json.loads(made.stdout) == {"calls": 1, "damaged": []}


async def test_scorecards_are_checked(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(CARD, encoding="utf-8")
    bad.write_text(CARD.replace("weight: 50", "weight: much"), encoding="utf-8")
    result = await livecue("qa", "check", good, bad)
    assert result.exit_code == 1
    assert "good.yaml: service@1, 2 sections, 4 items, ok" in result.stdout
    assert "bad.yaml:14: " in result.stdout


@pytest.mark.parametrize("path", sorted((PLAYBOOKS / "scorecards").glob("*.yaml")), ids=lambda path: path.stem)
def test_a_bundled_scorecard_asks_for_rules_of_its_playbook(path: Path) -> None:
    card = parse_scorecard(path.read_text(encoding="utf-8"))
    rules = {rule.rule_id for rule in load_playbook(PLAYBOOKS / f"{card.playbook}.yaml").rules}
    assert {rule for _, item in card.items for rule in item.rules} <= rules
