"""Reviews over REST: who sees and does what, from the choice of a call to the rule's case."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

from assist.messages import REVIEW_EVENTS
from tests.integration.gateway.review_world import PLAYBOOK, SCORES, world_of


async def test_a_call_is_chosen_taken_scored_and_accepted(tmp_path: Path) -> None:
    async with world_of(tmp_path) as world:
        chosen = await world.chosen()
        path = f"/reviews/{chosen['review_id']}"
        before = await world.get("qa", path)
        taken = await world.post("qa", f"{path}/take", version=1)
        assert (await world.get("qa", "/reviews/inbox"))["counts"] == {"score": 1}
        scored = await world.post("qa", f"{path}/score", version=2, items=SCORES, summary="解决了")
        inbox = await world.get("agent", "/reviews/inbox")
        told = await world.get("agent", path)
        accepted = await world.post("agent", f"{path}/accept", version=3)
        after = await world.get("qa", path)
    assert (chosen["state"], chosen["origin"], chosen["inclusion"]) == ("queued", "chosen", None)
    assert before["may"] == ["take"]
    items = {item["item_id"]: item for item in before["items"]}
    assert (items["solving"]["auto_because"], items["solving"]["guidance"]) == ("no-rule", "一次解决得满分")
    assert (items["waiting"]["auto"], items["waiting"]["flags"][0]["evidence"][0]["quote"]) == (0, "请稍等")
    assert (taken["state"], taken["reviewer_name"]) == ("in_review", "qa")
    assert (scored["state"], scored["score"]) == ("with_agent", 48.0)
    assert [(entry["what"], entry["review"]["score"]) for entry in inbox["entries"]] == [("answer", 48.0)]
    assert (told["may"], told["summary"], told["review"]["origin"]) == (["accept", "appeal"], "解决了", None)
    assert (accepted["state"], after["may"]) == ("closed", ["coach"])
    assert [step["step"] for step in after["history"]] == ["opened", "take", "score", "accept"]


async def test_an_appeal_is_decided_and_the_rule_learns(tmp_path: Path) -> None:
    async with world_of(tmp_path) as world:
        appealed = await world.appealed()
        path = f"/reviews/{appealed['review_id']}"
        before = await world.get("qa", "/rule-precision", playbook="small")
        waiting = await world.get("lead", "/reviews/inbox")
        decided = await world.post(
            "lead",
            f"{path}/decide",
            version=appealed["version"],
            outcome="granted",
            reason="两秒不算",
            items=[{"item_id": "waiting", "value": 1}],
            rule_errors=[{"flag_id": "says-wait", "expected": "silent", "reason": "只等了两秒"}],
        )
        again = await world.post("agent", f"{path}/appeal", version=decided["version"], text="还要说明")
        final = await world.post(
            "quality", f"{path}/decide", version=again["version"], outcome="rejected", reason="已经改正"
        )
        after = await world.get("qa", "/rule-precision", playbook="small")
        failing = await world.get("qa", "/rule-cases", replay=True)
        detail = await world.get("quality", path)
        playbook = world.service.settings.playbooks_dir / "small.yaml"
        playbook.write_text(PLAYBOOK.replace("请稍等", "等半天").replace('"3"', '"4"'), encoding="utf-8")
        await world.service.reload_playbooks()
        passing = await world.get("qa", "/rule-cases", replay=True, playbook="small", rule="says-wait")
    assert (appealed["state"], waiting["counts"]) == ("with_lead", {"decide-lead": 1})
    assert (decided["state"], decided["score"]) == ("answered", 88.0)
    assert (again["state"], final["state"], final["score"]) == ("with_quality", "closed", 88.0)
    assert [(rule["judged"], rule["right"], rule["precision"]) for rule in before["rules"]] == [(1, 1, 1.0)]
    assert [(rule["judged"], rule["right"], rule["cases"]) for rule in after["rules"]] == [(1, 0, 1)]
    assert [(case["now"], case["found"], case["expected"]) for case in failing["cases"]] == [
        ("failing", "breach", "silent")
    ]
    assert [(case["now"], case["found"]) for case in passing["cases"]] == [("passing", "silent")]
    first, second = detail["appeals"]
    assert first["points"][0]["flag_id"] == "says-wait"
    assert first["decision"]["changes"] == [{"item_id": "waiting", "before": 0, "after": 1}]
    assert (second["level"], second["decision"]["outcome"]) == ("quality", "rejected")


async def test_scores_that_are_not_told_are_nobodys_but_the_reviewers(tmp_path: Path) -> None:
    async with world_of(tmp_path) as world:
        chosen = await world.chosen(reviewer="qa")
        path = f"/api/v1/reviews/{chosen['review_id']}"
        unseen = {who: (await world.clients[who].get(path)).status_code for who in ("agent", "mate", "train", "lead")}
        lists = {who: (await world.get(who, "/reviews"))["reviews"] for who in ("agent", "train")}
        await world.post("qa", f"/reviews/{chosen['review_id']}/score", version=1, items=SCORES)
        seen = {who: (await world.clients[who].get(path)).status_code for who in ("agent", "mate", "train")}
        note = {"note_id": "note-0001", "at_ms": 0, "text": "好"}
        await world.post("lead", "/calls/c1/notes", **note)
        events = await world.get("agent", "/calls/c1/events", limit=5_000)
    assert unseen == {"agent": 404, "mate": 404, "train": 404, "lead": 200}
    assert lists == {"agent": [], "train": []}
    assert seen == {"agent": 200, "mate": 404, "train": 404}
    assert events["envelopes"][-1]["event"]["type"] == "note-left"
    assert not REVIEW_EVENTS & {envelope["event"]["type"] for envelope in events["envelopes"]}


async def test_two_who_take_a_review_at_the_same_time_do_not_both_have_it(tmp_path: Path) -> None:
    async with world_of(tmp_path) as world:
        chosen = await world.chosen()
        path = f"/api/v1/reviews/{chosen['review_id']}/take"
        answers = await asyncio.gather(
            *(world.clients[who].post(path, json={"version": 1}) for who in ("qa", "qa2", "lead", "quality"))
        )
    refusals = [answer.json()["error"]["code"] for answer in answers if answer.status_code == 409]
    assert (sorted(answer.status_code for answer in answers), set(refusals)) == ([200, 409, 409, 409], {"review-taken"})


async def test_what_has_changed_meanwhile_is_not_written_over(tmp_path: Path) -> None:
    async with world_of(tmp_path) as world:
        chosen = await world.chosen(reviewer="qa")
        path = f"/reviews/{chosen['review_id']}"
        await world.post("lead", f"{path}/assign", version=1, reviewer_id=world.ids["qa2"])
        assert await world.refused("qa2", f"{path}/score", version=1, items=SCORES) == (409, "review-changed")
        assert await world.refused("qa", f"{path}/score", version=2, items=SCORES) == (403, "not-permitted")


async def test_steps_that_are_not_for_one_are_refused(tmp_path: Path) -> None:
    async with world_of(tmp_path) as world:
        assert await world.refused("qa", "/reviews", call_id="c1") == (403, "not-permitted")
        assert await world.refused("lead", "/reviews", call_id="none") == (404, "unknown-call")
        assert await world.refused("lead", "/reviews", call_id="c1", scorecard="x") == (404, "unknown-scorecard")
        nobody = {"call_id": "c1", "reviewer_id": world.ids["agent"]}
        assert await world.refused("lead", "/reviews", **nobody) == (404, "unknown-reviewer")
        appealed = await world.appealed()
        path, version = f"/reviews/{appealed['review_id']}", appealed["version"]
        assert await world.refused("lead", "/reviews", call_id="c1") == (409, "call-has-review")
        decision = {"version": version, "outcome": "rejected", "reason": "维持"}
        assert await world.refused("qa", f"{path}/decide", **decision) == (403, "not-permitted")
        assert await world.refused("quality", f"{path}/decide", **decision) == (403, "not-permitted")
        assert await world.refused("agent", f"{path}/accept", version=version) == (409, "wrong-state")
        assert await world.refused("mate", f"{path}/appeal", version=1, text="x") == (404, "unknown-review")
        assert await world.refused("lead", f"{path}/withdraw", version=version) == (400, "reason-needed")
        assert await world.refused("lead", f"{path}/dance", version=version) == (422, "bad-input")
        granted = decision | {"outcome": "granted"}
        assert await world.refused("lead", f"{path}/decide", **granted) == (400, "bad-scores")
        wrong = decision | {"rule_errors": [{"flag_id": "none", "expected": "met"}]}
        assert await world.refused("lead", f"{path}/decide", **wrong) == (400, "unknown-evidence")


async def test_bad_scores_are_refused_with_what_is_wrong(tmp_path: Path) -> None:
    async with world_of(tmp_path) as world:
        chosen = await world.chosen(reviewer="qa")
        path = f"/reviews/{chosen['review_id']}/score"
        assert await world.refused("qa", path, version=1, items=SCORES[:1]) == (400, "bad-scores")
        overruled = [SCORES[0], {"item_id": "waiting", "value": 1}]
        assert await world.refused("qa", path, version=1, items=overruled) == (400, "reason-needed")
        nothing = [{"item_id": item, "value": None, "reason": "x"} for item in ("solving", "waiting")]
        assert await world.refused("qa", path, version=1, items=nothing) == (400, "nothing-scored")


async def test_a_coaching_note_is_acknowledged(tmp_path: Path) -> None:
    async with world_of(tmp_path) as world:
        review = await world.scored()
        path = f"/reviews/{review['review_id']}"
        noted = await world.post("qa", f"{path}/coaching", version=2, text="先说明要等多久", item_ids=["waiting"])
        detail = await world.get("agent", path)
        (note,) = detail["coaching"]
        counts = (await world.get("agent", "/reviews/inbox"))["counts"]
        acknowledged = [await world.post("agent", f"{path}/coaching/{note['note_id']}/acknowledge") for _ in range(2)]
        assert await world.refused("agent", f"{path}/coaching/none/acknowledge") == (404, "unknown-note")
        assert await world.refused("qa", f"{path}/coaching", version=2, text="x") == (409, "review-changed")
    assert (noted["unacknowledged"], counts) == (1, {"answer": 1, "acknowledge": 1})
    assert [answer["unacknowledged"] for answer in acknowledged] == [0, 0]
    assert acknowledged[0]["version"] == acknowledged[1]["version"]


async def test_who_does_not_answer_in_time_has_accepted(tmp_path: Path) -> None:
    async with world_of(tmp_path) as world:
        review = await world.scored()
        world.clock.now += timedelta(days=4)
        (entry,) = (await world.get("agent", "/reviews/inbox"))["entries"]
        late = await world.refused("agent", f"/reviews/{review['review_id']}/appeal", version=2, text="晚了")
        overdue = await world.get("qa", "/reviews", overdue=True)
        await world.service.reviews.lapse()
        detail = await world.get("agent", f"/reviews/{review['review_id']}")
    assert (entry["is_overdue"], late, len(overdue["reviews"])) == (True, (409, "too-late"), 1)
    assert (detail["review"]["state"], detail["history"][-1]["step"]) == ("closed", "lapse")


async def test_scorecards_are_read_as_the_files_are(tmp_path: Path) -> None:
    async with world_of(tmp_path) as world:
        cards = world.service.settings.playbooks_dir / "scorecards"
        (cards / "broken.yaml").write_text("name: x\n", encoding="utf-8")
        listed = await world.get("agent", "/scorecards")
        one = await world.get("qa", "/scorecards/service")
        unknown = await world.clients["qa"].get("/api/v1/scorecards/none")
    assert [card["name"] for card in listed["scorecards"]] == ["service"]
    assert [(card["file"], card["line"]) for card in listed["broken"]] == [("broken.yaml", 1)]
    assert one["sections"][0]["items"][1]["rules"] == ["says-wait"]
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "unknown-scorecard")


async def test_private_words_in_what_people_write_are_masked(tmp_path: Path) -> None:
    async with world_of(tmp_path) as world:
        review = await world.scored()
        path = f"/reviews/{review['review_id']}"
        said = "客户电话13912345678，不应该扣分"
        await world.post("agent", f"{path}/appeal", version=2, text=said, points=[{"text": said}])
        detail = await world.clients["lead"].get(f"/api/v1{path}")
    assert "13912345678" not in detail.text
    assert detail.json()["appeals"][0]["text"].startswith("客户电话")


async def test_who_reviews_a_call_of_another_team_sees_it(tmp_path: Path) -> None:
    async with world_of(tmp_path) as world:
        await world.service.teams.put("days", agents=["1001"], people=["lead"], by="root")
        hidden = await world.clients["qa"].get("/api/v1/calls/c1")
        chosen = await world.chosen(reviewer="qa")
        seen = await world.get("qa", "/calls/c1")
        listed = await world.get("qa", "/calls")
        found = await world.get("qa", "/archive/count")
        rows = await world.get("qa", "/reviews", reviewer="me")
        other = await world.get("qa2", "/reviews")
    assert (hidden.status_code, seen["call"]["call_id"]) == (403, "c1")
    assert [call["call_id"] for call in listed["calls"]] == ["c1"]
    assert found["calls"] == 1
    assert [row["review_id"] for row in rows["reviews"]] == [chosen["review_id"]]
    assert other["reviews"] == []
